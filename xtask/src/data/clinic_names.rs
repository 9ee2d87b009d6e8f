//! Names of synthetic clinics: pleasant to read, and marked so that nobody takes one for a real place.

use std::collections::HashSet;

use super::country::Kind;
use super::draw::Draw;

const MARKER: &str = "(가상)";

const FIRST: [&str; 44] = [
    "푸른",
    "맑은",
    "고요한",
    "따뜻한",
    "포근한",
    "환한",
    "너른",
    "새하얀",
    "초록",
    "보랏빛",
    "은빛",
    "금빛",
    "연둣빛",
    "하늘빛",
    "분홍",
    "다정한",
    "잔잔한",
    "싱그러운",
    "반가운",
    "든든한",
    "느긋한",
    "부지런한",
    "슬기로운",
    "씩씩한",
    "즐거운",
    "아늑한",
    "시원한",
    "향긋한",
    "빛나는",
    "노래하는",
    "춤추는",
    "꿈꾸는",
    "웃는",
    "일곱",
    "아홉",
    "열두",
    "스무",
    "백",
    "천",
    "여름",
    "가을",
    "겨울",
    "새봄",
    "아침",
];

const SECOND: [&str; 56] = [
    "느티나무",
    "소나무",
    "은행나무",
    "자작나무",
    "단풍나무",
    "버드나무",
    "감나무",
    "밤나무",
    "매화",
    "동백",
    "진달래",
    "개나리",
    "목련",
    "해바라기",
    "민들레",
    "코스모스",
    "나팔꽃",
    "도라지",
    "들국화",
    "수선화",
    "제비꽃",
    "라일락",
    "은하수",
    "별똥별",
    "초승달",
    "보름달",
    "무지개",
    "뭉게구름",
    "산들바람",
    "함박눈",
    "이슬방울",
    "시냇물",
    "호수",
    "옹달샘",
    "조약돌",
    "산마루",
    "오솔길",
    "등대",
    "돛단배",
    "돌고래",
    "거북이",
    "두루미",
    "제비",
    "참새",
    "까치",
    "딱따구리",
    "나비",
    "반딧불이",
    "잠자리",
    "다람쥐",
    "고슴도치",
    "사슴",
    "수달",
    "부엉이",
    "달팽이",
    "청개구리",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Practice {
    General,
    Internal,
    Family,
    Children,
    EarNoseThroat,
    Hospital,
}

impl Practice {
    pub(super) fn draw(draw: &mut Draw, kind: Kind) -> Self {
        match kind {
            Kind::Dong | Kind::Eup => draw.pick_weighted(&[
                (Self::General, 46),
                (Self::Internal, 24),
                (Self::Family, 10),
                (Self::Children, 8),
                (Self::EarNoseThroat, 7),
                (Self::Hospital, 5),
            ]),
            Kind::Myeon => {
                draw.pick_weighted(&[(Self::General, 80), (Self::Internal, 12), (Self::Family, 8)])
            }
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::General => "의원",
            Self::Internal => "내과의원",
            Self::Family => "가정의학과의원",
            Self::Children => "소아청소년과의원",
            Self::EarNoseThroat => "이비인후과의원",
            Self::Hospital => "병원",
        }
    }
}

/// Hands out each pair of words once; one of these for each 시·군·구.
#[derive(Default)]
pub(super) struct ClinicNames {
    used: HashSet<(&'static str, &'static str)>,
}

impl ClinicNames {
    pub(super) fn draw(&mut self, draw: &mut Draw, practice: Practice) -> String {
        assert!(self.used.len() < FIRST.len() * SECOND.len() / 2, "too few words for so many clinics");
        loop {
            let words = (*draw.pick(&FIRST), *draw.pick(&SECOND));
            if self.used.insert(words) {
                return format!("{} {}{} {MARKER}", words.0, words.1, practice.suffix());
            }
        }
    }
}
