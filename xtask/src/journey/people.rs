//! Who walks. All of them are made up; numbers from 010-0000 reach nobody.

/// What a person types into the identity form.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    /// Of a resident or foreigner, with a wrong check digit.
    pub(crate) number: &'static str,
    /// Eleven digits.
    pub(crate) phone: &'static str,
}

const fn person(name: &'static str, number: &'static str, phone: &'static str) -> Person {
    Person { name, number, phone }
}

pub(crate) const KIM: Person = person("김차례", "620314-1000013", "01000000001");
pub(crate) const LEE: Person = person("이모의", "640229-2000023", "01000000002");
pub(crate) const PARK: Person = person("박시험", "661231-1000032", "01000000003");
pub(crate) const CHOI: Person = person("최대기", "630707-2000047", "01000000004");
pub(crate) const ENGLISH: Person = person("Han Sarang", "620101-5000059", "01000000005");
pub(crate) const TOO_YOUNG: Person = person("정연하", "670101-2000063", "01000000006");
pub(crate) const CROWDED: Person = person("강기다림", "651120-1000073", "01000000007");
pub(crate) const TROUBLED: Person = person("조참음", "640815-2000089", "01000000008");

/// Too young for this campaign, with parents who are not.
pub(crate) const CHILD: Person = person("오자녀", "900512-2000203", "01000000015");
pub(crate) const MOTHER: Person = person("한모친", "640229-2000217", "01000000016");
pub(crate) const FATHER: Person = person("오부친", "620817-1000229", "01000000017");
pub(crate) const CHANGING: Person = person("신바꿈", "651103-1000233", "01000000018");
/// A foreigner: the seventh digit is 5 to 8.
pub(crate) const FOREIGNER: Person = person("Nguyen Thi Hoa", "640418-6000241", "01000000019");
/// The demo's provider says that this phone is somebody else's.
pub(crate) const WITHOUT_PHONE: Person = person("권빌림", "630922-2000259", "01000000404");

/// For whom no dose is left where they looked, and who got the last.
pub(crate) const EMPTY_HANDED: [Person; 2] =
    [person("하늦음", "640914-1000262", "01000000020"), person("변늦네", "650711-2000278", "01000000021")];
pub(crate) const SUPPLIED: Person = person("채받음", "630131-1000284", "01000000022");
/// Where the country's data is hostile.
pub(crate) const CAREFUL: [Person; 2] =
    [person("도조심", "640520-1000295", "01000000023"), person("마살핌", "651225-2000304", "01000000024")];

/// Who wait for the only place of a clinic, in their order, and who had it.
pub(crate) const WAITING: [Person; 2] =
    [person("엄기대", "640302-1000315", "01000000025"), person("구다음", "650909-2000323", "01000000026")];
pub(crate) const GIVING_BACK: Person = person("성양보", "630415-1000338", "01000000027");

/// Calls instead of coming; born on 11 January 1964.
pub(crate) const PHONING: Person = person("남전화", "640111-1000341", "01000000028");

/// Whose order is drawn.
pub(crate) const DRAWN: [Person; 2] =
    [person("추첨일", "640515-1000355", "01000000029"), person("추첨이", "650616-2000364", "01000000030")];

/// Knows the tricks of the summer of 2021.
pub(crate) const TRICKY: Person = person("배꼼수", "640717-1000371", "01000000031");

/// Called while many are.
pub(crate) const HELD_BACK: [Person; 2] =
    [person("유기다", "651010-1000094", "01000000009"), person("류참을", "661011-2000105", "01000000010")];

/// Those who are a moment faster.
pub(crate) const RIVALS: [Person; 4] = [
    person("서빠름", "620505-1000119", "01000000011"),
    person("노잽싸", "630606-2000124", "01000000012"),
    person("문날쌤", "640707-1000133", "01000000013"),
    person("양급해", "650808-2000147", "01000000014"),
];

impl Person {
    /// As the pages show the number.
    pub(crate) fn phone_masked(&self) -> String {
        format!("010-****-{}", &self.phone[7..])
    }
}
