use super::{Desk, check_faults, packed};
use crate::import::{Mode, Outcome};
use store::Roster as _;
use web::roster::RosterPerson;

const HEAD: &str = "이름,주민등록번호,외국인등록번호,임시관리번호,생년월일,휴대전화,대상군\n";

/// Made up, with wrong check digits.
const PEOPLE: &str = "\
김시험,620314-1000000,,,,010-0000-0001,
박가상,6412312000000,,,1964-12-31,,c55
MARY-ANN O'HARA,,650505-6000000,,,,
이임시,,,T-2021 0001,1966.12.31,010-0000-0003,
";

fn people() -> String {
    format!("{HEAD}{PEOPLE}")
}

#[test]
fn people_are_found_by_number_and_name_together() {
    let desk = Desk::new();
    let said = desk.roster(Mode::Yes, people());
    assert_eq!(said.outcome, Outcome::Imported, "{}", said.text);
    let roster = desk.opened_roster();
    let find = |number: &str, name: &str| {
        let pair = desk.keys.pair_alias(number, name);
        let entry = roster.find(pair).unwrap()?;
        Some(RosterPerson::open(&desk.keys, pair, &entry).unwrap())
    };
    let kim = find("6203141000000", "김 시험").unwrap();
    assert_eq!((kim.born_on.to_string().as_str(), kim.phone.as_deref()), ("1962-03-14", Some("01000000001")));
    assert_eq!(find("6412312000000", "박가상").unwrap().group.as_deref(), Some("c55"));
    assert!(find("6505056000000", "Mary Ann OHara").is_some());
    assert_eq!(find("T20210001", "이임시").unwrap().born_on.to_string(), "1966-12-31");
    assert_eq!(find("6203141000000", "박가상"), None);
    assert_eq!(find("6412312000000", "김시험"), None);
}

#[test]
fn the_file_on_the_disk_tells_nothing() {
    let desk = Desk::new();
    desk.roster(Mode::Yes, people());
    let bytes = desk.roster_bytes().unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for secret in ["6203141000000", "620314", "김시험", "O'HARA", "OHARA", "T20210001", "01000000001", "c55"]
    {
        assert!(!holds(secret), "{secret}");
    }
    assert!(holds("CREATE TABLE person"), "the test looks at the right file");
}

#[test]
fn the_same_list_in_another_form_changes_nothing() {
    let desk = Desk::new();
    desk.roster(Mode::Yes, people());
    let before = desk.roster_bytes();
    let composed_apart =
        people().replace("김시험", "\u{1100}\u{1175}\u{11b7}\u{1109}\u{1175}\u{1112}\u{1165}\u{11b7}");
    let reordered = {
        let mut lines: Vec<&str> = PEOPLE.lines().collect();
        lines.reverse();
        format!("{HEAD}\n\n{}\n", lines.join("\n\n"))
    };
    let forms: [Vec<u8>; 7] = [
        format!("{}{}", people(), ",,,,,,\n".repeat(50)).into_bytes(),
        people().into_bytes(),
        format!("\u{feff}{}", people()).into_bytes(),
        people().replace('\n', "\r\n").into_bytes(),
        packed(&people()),
        composed_apart.into_bytes(),
        reordered.into_bytes(),
    ];
    for (number, form) in forms.iter().enumerate() {
        let said = desk.roster(Mode::Yes, form);
        assert_eq!(said.outcome, Outcome::Unchanged, "{number}: {}", said.text);
        assert_eq!(desk.roster_bytes(), before, "{number}");
    }
}

#[test]
fn a_newer_list_is_a_difference_that_names_nobody() {
    let desk = Desk::new();
    desk.roster(Mode::Yes, people());
    let newer = format!(
        "{HEAD}최새로,620505-1000000,,,,,\n박가상,6412312000000,,,,010-0000-0009,c55\nMARY ANN O'HARA,,650505-6000000,,,,\n"
    );
    let said = desk.roster(Mode::DryRun, &newer);
    assert_eq!(said.outcome, Outcome::Checked);
    for told in ["added: 1\n      최** (2줄", "removed: 2", "changed: 2", "unchanged: 0", "more than a tenth"]
    {
        assert!(said.text.contains(told), "{told}: {}", said.text);
    }
    for name in ["최새로", "박가상", "MARY", "김시험", "6412", "0009"] {
        assert!(!said.text.contains(name), "{name}: {}", said.text);
    }
    assert_eq!(desk.opened_roster().people(), 4, "a dry run changes nothing");
    desk.roster(Mode::Yes, &newer);
    assert_eq!(desk.opened_roster().people(), 3);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_changed() {
    let desk = Desk::new();
    let said = desk.roster(Mode::Ask, people());
    assert_eq!(said.outcome, Outcome::Declined, "tests have no terminal");
    assert!(said.text.contains("--yes"));
    assert_eq!(desk.roster_bytes(), None);
}

#[test]
fn one_person_is_corrected_at_once() {
    let desk = Desk::new();
    desk.roster(Mode::Yes, people());
    let said = desk.corrections("name,number\n김고침,620314-1000000\n정더함,660101-2000000\n");
    assert_eq!(said.outcome, Outcome::Imported, "{}", said.text);
    for told in ["added: 1", "removed: 0", "changed: 1", "unchanged: 3"] {
        assert!(said.text.contains(told), "{told}: {}", said.text);
    }
    let roster = desk.opened_roster();
    let is_there =
        |number: &str, name: &str| roster.find(desk.keys.pair_alias(number, name)).unwrap().is_some();
    assert!(is_there("6203141000000", "김고침") && is_there("6601012000000", "정더함"));
    assert!(is_there("6412312000000", "박가상") && !is_there("6203141000000", "김시험"));
    let again = desk.corrections("name,number\n김고침,620314-1000000\n정더함,660101-2000000\n");
    assert_eq!(again.outcome, Outcome::Unchanged);
}

#[test]
fn a_correction_needs_a_roster_to_correct() {
    let desk = Desk::new();
    let correct = |session: &mut crate::import::Session<'_>| {
        let refused = super::super::roster::run(session, &desk.keys, &[], crate::import::Extent::Corrections);
        assert!(refused.unwrap_err().to_string().contains("no roster to correct"));
        Ok(Outcome::Declined)
    };
    desk.run(Mode::Yes, "name,number\n김시험,620314-1000000\n", correct);
    assert_eq!(desk.roster_bytes(), None);
}

#[test]
fn what_a_spreadsheet_did_is_told_by_line_and_column_and_never_guessed() {
    let desk = Desk::new();
    desk.roster(Mode::Yes, people());
    let before = desk.roster_bytes();
    let wrong = format!(
        "{HEAD}\
         가나,6.2E+12,,,,,\n\
         가나,6.20101E+12,,,,,\n\
         가나,501011234567,,,,,\n\
         가나,10101-3000000,,,,,\n\
         가나,6203141000000.0,,,,,\n\
         가나,\"6,203,141,000,000\",,,,,\n\
         가나,,5050560000000000,,,,\n\
         가나,,,1.0E+12,1964-12-31,,\n\
         가나,,,T0001,23742,,\n\
         가나,620314-1000000,,,,1.0E+10,\n\
         가나,620315-1000000,,,,1000000001.0,\n\
         가나,620316-1000000,,,,722-0000,\n"
    );
    assert_eq!(desk.roster(Mode::Yes, wrong).outcome, Outcome::Faulty);
    let (text, zeros) = ("format the column as text", "Zeros at the front");
    check_faults(
        &desk.faults(),
        &[
            ("2:number", text),
            ("3:number", "6.2E+12"),
            ("4:number", zeros),
            ("5:number", zeros),
            ("6:number", "ends in .0"),
            ("7:number", "separators"),
            ("8:foreigner_number", "13 digits"),
            ("9:temporary_number", "6.2E+12"),
            ("10:birth_date", "serial number"),
            ("11:phone", "6.2E+12"),
            ("12:phone", "ends in .0"),
            ("13:phone", "cannot be read"),
        ],
    );
    assert_eq!(desk.roster_bytes(), before);
}

#[test]
fn what_else_is_wrong_is_told_by_line_and_column() {
    let desk = Desk::new();
    let wrong = format!(
        "{HEAD}\
         가나,630229-1000000,,,,,\n\
         가나,620314-1000000,,,1962-03-15,,\n\
         가나,,,T0001,0001-01-01,,\n\
         가나,,,T0002,9999-12-31,,\n\
         가나,,,T0003,,,\n\
         가나,9223372036854775808,,,,,\n\
         가나,620314-1000000,650505-6000000,,,,\n\
         가나,,,,,,\n\
         ,620317-1000000,,,,,\n\
         가나😀,620318-1000000,,,,,\n\
         가\u{0}나,620319-1000000,,,,,\n\
         \"가\n나\",620320-1000000,,,,,\n\
         {},620321-1000000,,,,,\n\
         가나,620322-1000000,,,,,c99\n\
         가나,620323-1000000,,,,\n\
         가나,620324-1000000,,,,,\n\
         다라,6203241000000,,,,,\n",
        "가".repeat(1 << 20)
    );
    assert_eq!(desk.roster(Mode::Yes, wrong).outcome, Outcome::Faulty);
    check_faults(
        &desk.faults(),
        &[
            ("2:number", "29th of February"),
            ("3:birth_date", "another one"),
            ("4:birth_date", "before 1850"),
            ("5:birth_date", "after today"),
            ("6:birth_date", "empty"),
            ("7:number", "13 digits"),
            ("8:foreigner_number", "more than one number"),
            ("9:", "Both number"),
            ("10:name", "empty"),
            ("11:name", "no letter"),
            ("12:name", "control character"),
            ("13:name", "control character"),
            ("15:name", "up to 40 characters"),
            ("16:group", "no such campaign"),
            ("17:", "6 fields where the first line has 7"),
            ("19:", "line 18"),
        ],
    );
    assert_eq!(desk.roster_bytes(), None);
}

#[test]
fn a_file_that_is_no_utf8_csv_is_refused_with_the_way_out() {
    let desk = Desk::new();
    // 이름,번호 and a name in CP949.
    let cp949 = b"\xc0\xcc\xb8\xa7,number\n\xb1\xe8\xbd\xc3\xc7\xe8,620314-1000000\n";
    assert_eq!(desk.roster(Mode::Yes, cp949).outcome, Outcome::Faulty);
    check_faults(&desk.faults(), &[("1:", "CP949/EUC-KR")]);
    let cp949_inside = b"name,number\n\xb1\xe8\xbd\xc3\xc7\xe8,620314-1000000\n";
    assert_eq!(desk.roster(Mode::Yes, cp949_inside).outcome, Outcome::Faulty);
    check_faults(&desk.faults(), &[("2:", "CSV UTF-8")]);
    let others: [(&[u8], &str); 6] = [
        (b"", "empty"),
        (b"PK\x03\x04\x14", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1", "workbook"),
        (b"\xff\xfen\x00a\x00", "UTF-16"),
        (b"name\tnumber\n", "tabs"),
        ("김시험,620314-1000000\n".as_bytes(), "no column name"),
    ];
    for (contents, told) in others {
        desk.run(Mode::Yes, contents, |session| {
            let refused = super::super::roster::run(session, &desk.keys, &[], crate::import::Extent::Whole);
            let said = format!("{:#}", refused.unwrap_err());
            assert!(said.contains(told) && !said.contains("620314"), "{told}: {said}");
            Ok(Outcome::Declined)
        });
    }
}

#[test]
fn an_open_quote_swallows_neither_the_file_nor_the_memory() {
    let desk = Desk::new();
    let twenty_more = "박가상,641231-2000000\n".repeat(30);
    desk.roster(Mode::Yes, format!("name,number\n\"김시험,620314-1000000\n{twenty_more}\",x\n"));
    check_faults(&desk.faults(), &[("2:", "goes on for more than twenty lines")]);
    let endless = format!("name,number\n김시험,620314-1000000\n\"{}", "가".repeat(2 << 20));
    desk.roster(Mode::Yes, endless);
    check_faults(&desk.faults(), &[("3:", "longer than 4 MiB")]);
}

#[test]
fn empty_lines_and_line_ends_of_any_kind_do_not_shift_the_line_numbers() {
    let desk = Desk::new();
    for end in ["\n", "\r\n"] {
        let lines =
            ["", "name,number", "", "", "김시험,1", "", "\"박\n가상\",620314-1000000", "", "이임시,2"];
        desk.roster(Mode::Yes, lines.join(end));
        check_faults(
            &desk.faults(),
            &[("5:number", "13 digits"), ("7:name", "control"), ("10:number", "13 digits")],
        );
    }
}

#[test]
fn columns_are_found_in_any_order_and_the_missing_ones_named() {
    let desk = Desk::new();
    let said = desk.roster(Mode::Yes, "비고,Resident Number,성명\n메모,620314-1000000,김시험\n");
    assert_eq!(said.outcome, Outcome::Imported);
    assert!(said.text.contains("columns that are not used: 비고"), "{}", said.text);
    assert_eq!(desk.roster(Mode::Yes, "성명,휴대전화\n김시험,010-0000-0001\n").outcome, Outcome::Faulty);
    check_faults(&desk.faults(), &[("1:number", "not in the first line")]);
    desk.roster(Mode::Yes, "성명,number,성명\n가,620314-1000000,나\n");
    check_faults(&desk.faults(), &[("1:name", "twice")]);
}
