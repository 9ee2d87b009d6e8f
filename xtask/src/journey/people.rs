//! Who walks. All of them are made up; numbers from 010-0000 reach nobody.

/// What a person types into the identity form.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    /// Eight digits.
    pub(crate) born: &'static str,
    /// Eleven digits.
    pub(crate) phone: &'static str,
}

const fn person(name: &'static str, born: &'static str, phone: &'static str) -> Person {
    Person { name, born, phone }
}

pub(crate) const KIM: Person = person("김차례", "19620314", "01000000001");
pub(crate) const LEE: Person = person("이모의", "19640229", "01000000002");
pub(crate) const PARK: Person = person("박시험", "19661231", "01000000003");
pub(crate) const CHOI: Person = person("최대기", "19630707", "01000000004");
pub(crate) const ENGLISH: Person = person("Han Sarang", "19620101", "01000000005");
pub(crate) const TOO_YOUNG: Person = person("정연하", "19670101", "01000000006");
pub(crate) const CROWDED: Person = person("강기다림", "19651120", "01000000007");
pub(crate) const TROUBLED: Person = person("조참음", "19640815", "01000000008");

/// Called while many are.
pub(crate) const HELD_BACK: [Person; 2] =
    [person("유기다", "19651010", "01000000009"), person("류참을", "19661011", "01000000010")];

/// Those who are a moment faster.
pub(crate) const RIVALS: [Person; 4] = [
    person("서빠름", "19620505", "01000000011"),
    person("노잽싸", "19630606", "01000000012"),
    person("문날쌤", "19640707", "01000000013"),
    person("양급해", "19650808", "01000000014"),
];

impl Person {
    /// As the pages show the number.
    pub(crate) fn phone_masked(&self) -> String {
        format!("010-****-{}", &self.phone[7..])
    }
}
