//! What an import says, in Korean and English. One place.

use crate::import::fault::{Fault, FaultKind};
use crate::import::notice::Notice;

pub(crate) struct Words {
    pub(crate) ko: String,
    pub(crate) en: String,
}

fn words(ko: impl Into<String>, en: impl Into<String>) -> Words {
    Words { ko: ko.into(), en: en.into() }
}

/// `3,524,000`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `7줄 2열 number / line 7, column 2 number`
pub(crate) fn place(fault: &Fault) -> String {
    let beside = beside(fault.kind);
    let line = fault.line;
    let (ko, en) = match fault.column {
        Some(column) if column.position == 0 => {
            (format!("{line}줄 {}", column.name), format!("line {line}, {}", column.name))
        }
        Some(column) => (
            format!("{line}줄 {}열 {}", column.position, column.name),
            format!("line {line}, column {} {}", column.position, column.name),
        ),
        None => (format!("{line}줄"), format!("line {line}")),
    };
    format!("{ko}{} / {en}{}", beside.ko, beside.en)
}

/// What differs from place to place within one kind.
pub(crate) fn beside(kind: FaultKind) -> Words {
    match kind {
        FaultKind::Twin { first } => {
            words(format!(" ({first}줄과 같음)"), format!(" (the same as line {first})"))
        }
        _ => words("", ""),
    }
}

const AS_TEXT_KO: &str =
    "엑셀에서 그 열의 서식을 '텍스트'로 바꾼 뒤 원래 자료를 다시 붙여 넣고 'CSV UTF-8'로 저장하십시오.";
const AS_TEXT_EN: &str =
    "In the spreadsheet, format the column as text, paste the original data again and save as \"CSV UTF-8\".";

/// What is wrong, and how to put it right.
pub(crate) fn fault(kind: FaultKind) -> Words {
    spreadsheet(kind).or_else(|| person(kind)).or_else(|| country(kind)).unwrap_or_else(|| file(kind))
}

/// What a spreadsheet does to numbers that are names.
fn spreadsheet(kind: FaultKind) -> Option<Words> {
    let (ko, en) = match kind {
        FaultKind::Exponent => (
            "엑셀이 번호를 6.2E+12처럼 줄여 뒤의 숫자가 사라졌습니다.",
            "A spreadsheet shortened the number to something like 6.2E+12; its last digits are gone.",
        ),
        FaultKind::TrailingDecimal => (
            "번호 끝에 .0이 붙었습니다. 엑셀이 번호를 숫자로 다룬 것입니다.",
            "The number ends in .0: a spreadsheet took it for a quantity.",
        ),
        FaultKind::LostZeros => (
            "번호 앞의 0이 사라졌습니다. 어떤 번호였는지 추측하지 않습니다.",
            "Zeros at the front of the number were lost; we do not guess which number it was.",
        ),
        FaultKind::Grouped => {
            ("번호에 천 단위 쉼표가 들어 있습니다.", "The number has separators of thousands in it.")
        }
        FaultKind::DateSerial => (
            "날짜가 22719 같은 엑셀 일련번호로 바뀌었습니다.",
            "The date was turned into a serial number of the spreadsheet, like 22719.",
        ),
        FaultKind::TimeFraction => (
            "시각이 0.375 같은 소수로 바뀌었습니다. 09:00처럼 적어 주십시오.",
            "The time was turned into a fraction like 0.375; write it as 09:00.",
        ),
        _ => return None,
    };
    Some(words(format!("{ko} {AS_TEXT_KO}"), format!("{en} {AS_TEXT_EN}")))
}

fn person(kind: FaultKind) -> Option<Words> {
    let (ko, en) = match kind {
        FaultKind::NotAName => (
            "이름에 글자가 아닌 것(숫자, 그림문자, 기호)이 있습니다.",
            "The name has something in it that is no letter: a digit, an emoji, a sign.",
        ),
        FaultKind::NumberNotDigits => (
            "번호에 숫자가 아닌 것이 있습니다. YYMMDD-SNNNNNN 또는 숫자 13자리로 적어 주십시오.",
            "The number has something else than digits in it; write YYMMDD-SNNNNNN or 13 digits.",
        ),
        FaultKind::NumberLength => ("번호가 13자리가 아닙니다.", "The number does not have 13 digits."),
        FaultKind::NoNumber => (
            "주민등록번호·외국인등록번호(number)와 임시관리번호(temporary_number)가 모두 비어 있습니다.",
            "Both number (resident or foreigner) and temporary_number are empty.",
        ),
        FaultKind::BothNumbers => {
            ("번호가 둘 이상 있습니다. 하나만 적어 주십시오.", "There is more than one number; leave one.")
        }
        FaultKind::NotTemporary => (
            "임시관리번호는 영문자와 숫자 4~40자입니다.",
            "A temporary number is 4 to 40 letters and digits.",
        ),
        FaultKind::NoSuchDate => (
            "달력에 없는 날짜입니다(예: 평년의 2월 29일).",
            "There is no such day, as the 29th of February of a common year.",
        ),
        FaultKind::DateForm => ("날짜는 1962-03-14처럼 적어 주십시오.", "Write the date as 1962-03-14."),
        FaultKind::DateOutside => (
            "생년월일이 1850년보다 이르거나 오늘보다 늦습니다.",
            "The birth date is before 1850 or after today.",
        ),
        FaultKind::BirthDateDisagrees => {
            ("생년월일이 번호에 든 날짜와 다릅니다.", "The birth date is another one than in the number.")
        }
        FaultKind::PhoneForm => (
            "전화번호를 읽을 수 없습니다. 010-0000-0000처럼 적거나 비워 주십시오.",
            "The phone number cannot be read; write it as 010-0000-0000 or leave it empty.",
        ),
        FaultKind::GroupUnknown => (
            "그런 접종 사업이 없습니다. campaign.toml의 slug를 적거나 비워 주십시오.",
            "There is no such campaign; write the slug of campaign.toml or leave it empty.",
        ),
        _ => return None,
    };
    Some(words(ko, en))
}

fn country(kind: FaultKind) -> Option<Words> {
    let (ko, en) = match kind {
        FaultKind::ZipForm => {
            ("우편번호는 숫자 5자리이거나 비어 있어야 합니다.", "A zip code has five digits or is empty.")
        }
        FaultKind::CodeForm => ("행정구역 코드는 숫자 10자리입니다.", "A region code has ten digits."),
        FaultKind::Level => (
            "단계는 sido(시도), sigungu(시군구), eupmyeondong(읍면동) 가운데 하나입니다.",
            "The level is sido, sigungu or eupmyeondong.",
        ),
        FaultKind::ParentUnknown => {
            ("상위 지역의 코드가 이 파일에 없습니다.", "The code of the region above is not in this file.")
        }
        FaultKind::ParentLevel => (
            "상위 지역의 단계가 맞지 않습니다. 시군구는 시도 아래, 읍면동은 시군구 아래입니다.",
            "The region above is of the wrong level: a sigungu is under a sido, an eupmyeondong under a sigungu.",
        ),
        FaultKind::RegionUnknown => (
            "그런 읍·면·동이 없습니다. 지역 목록을 먼저 가져오거나 코드를 고쳐 주십시오.",
            "There is no such eupmyeondong; import the regions first, or correct the code.",
        ),
        FaultKind::RegionMoved => (
            "이미 예약을 받은 자료 폴더에서 다른 시·도로 옮길 수 없습니다(백신은 시·도별로 나뉘어 있습니다). 의료기관이라면 새 external_id로 넣어 주십시오.",
            "In a data folder that has taken bookings nothing moves to another sido, because doses are shared out by sido. A clinic can come in under a new external_id.",
        ),
        FaultKind::DegreesForm => {
            ("위도·경도는 37.5665 같은 수입니다.", "Latitude and longitude are numbers like 37.5665.")
        }
        FaultKind::DegreesSwapped => {
            ("위도와 경도가 서로 바뀌었습니다.", "Latitude and longitude are the wrong way round.")
        }
        FaultKind::DegreesOutside => ("좌표가 한국 밖입니다.", "The point lies outside Korea."),
        FaultKind::TimeForm => ("시각은 09:30처럼 적어 주십시오.", "Write the time as 09:30."),
        FaultKind::HoursOrder => (
            "진료 시간의 앞뒤가 맞지 않습니다(끝이 시작보다 빠르거나 점심시간이 반만 있습니다).",
            "The hours do not fit together: an end before its start, or half a lunch break.",
        ),
        FaultKind::Weekday => (
            "쉬는 요일은 mon tue wed thu fri sat sun을 빈칸으로 나누어 적습니다.",
            "Closed weekdays are mon tue wed thu fri sat sun, with spaces between.",
        ),
        FaultKind::WholeNumber { min, max } => {
            return Some(words(
                format!("{min}부터 {max}까지의 정수여야 합니다."),
                format!("It must be a whole number from {min} to {max}."),
            ));
        }
        _ => return None,
    };
    Some(words(ko, en))
}

fn file(kind: FaultKind) -> Words {
    match kind {
        FaultKind::NotUtf8 => words(
            "파일이 UTF-8이 아닙니다(아마 CP949/EUC-KR). 엑셀에서 '다른 이름으로 저장 → CSV UTF-8(쉼표로 분리)'로 저장하십시오. 여기서 읽기를 멈췄습니다.",
            "The file is not UTF-8 (probably CP949/EUC-KR). In the spreadsheet use \"Save as → CSV UTF-8 (comma delimited)\". Reading stopped here.",
        ),
        FaultKind::LineTooLong => words(
            "한 줄이 4 MiB를 넘습니다. 닫히지 않은 따옴표(\")가 있는지 보십시오. 여기서 읽기를 멈췄습니다.",
            "The line is longer than 4 MiB; look for a quote (\") that is not closed. Reading stopped here.",
        ),
        FaultKind::OpenQuote => words(
            "따옴표(\")로 연 칸이 스무 줄 넘게 이어집니다. 따옴표를 닫거나 지워 주십시오.",
            "A field that begins with a quote (\") goes on for more than twenty lines; close the quote or take it away.",
        ),
        FaultKind::ColumnCount { expected, found } => words(
            format!(
                "칸이 {found}개입니다. 첫 줄에는 {expected}개가 있습니다. 쉼표가 든 칸은 따옴표로 묶어 주십시오."
            ),
            format!(
                "There are {found} fields where the first line has {expected}; put quotes around a field with a comma in it."
            ),
        ),
        FaultKind::ColumnMissing => words(
            "이 열이 첫 줄에 없습니다. 첫 줄에는 열 이름이 있어야 합니다.",
            "This column is not in the first line; the first line holds the names of the columns.",
        ),
        FaultKind::ColumnTwice => words("같은 열이 두 번 있습니다.", "This column is there twice."),
        FaultKind::TooMany { max } => words(
            format!("이 목록은 {}건까지입니다.", grouped(max as u64)),
            format!("This list may have up to {} entries.", grouped(max as u64)),
        ),
        FaultKind::TooLong { chars_max } => words(
            format!("칸이 너무 깁니다({chars_max}자까지)."),
            format!("The field is too long (up to {chars_max} characters)."),
        ),
        FaultKind::Control => words(
            "보이지 않는 제어 문자(줄바꿈, 탭, NUL)가 들어 있습니다.",
            "There is a control character in it: a line break, a tab, NUL.",
        ),
        FaultKind::Twin { .. } => words("같은 번호가 두 번 있습니다.", "The same number is there twice."),
        FaultKind::Missing => words("비어 있습니다.", "It is empty."),
        other => unreachable!("{other:?} has its words above"),
    }
}

pub(crate) fn notice(notice: Notice, count: u64) -> Words {
    let n = grouped(count);
    match notice {
        Notice::PhoneZero => words(
            format!("전화번호 {n}개의 사라진 앞 0을 되돌렸습니다(예: 10… → 010…)."),
            format!("the lost zero was put back at the front of {n} phone numbers, like 10… → 010…."),
        ),
        Notice::ZipZero => words(
            format!("4자리 우편번호 {n}개의 사라진 앞 0을 되돌렸습니다(예: 3147 → 03147)."),
            format!(
                "the lost zero was put back at the front of {n} zip codes of four digits, like 3147 → 03147."
            ),
        ),
        Notice::NoPhone => {
            words(format!("전화번호가 없는 곳이 {n}곳입니다."), format!("{n} have no phone number."))
        }
        Notice::NoZip => {
            words(format!("우편번호가 없는 곳이 {n}곳입니다."), format!("{n} have no zip code."))
        }
        Notice::DefaultHours => words(
            format!("진료 시간이 없는 {n}곳에 위의 기본 시간을 넣습니다."),
            format!("{n} have no opening hours and get the default ones above."),
        ),
        Notice::DefaultCapacity => words(
            format!("정원이 없는 {n}곳에 위의 기본 정원을 넣습니다."),
            format!("{n} have no capacity and get the default one above."),
        ),
        Notice::DefaultVial => words(
            format!("병당 접종 횟수가 없는 {n}곳에 위의 기본값을 넣습니다."),
            format!("{n} do not say how many doses a vial has and get the default above."),
        ),
        Notice::SharedPoint => words(
            format!("다른 곳과 좌표가 똑같은 곳이 {n}곳입니다(지도에서 겹칩니다)."),
            format!("{n} stand on the same point as another one and cover each other on a map."),
        ),
    }
}
