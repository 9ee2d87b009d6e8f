//! What a person says of themselves or of somebody else: the fields of forms and of the API, read and judged once.

use crate::fields::{Fault, Field, FieldFault, Fields, Kind, NUMBER_KIND};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whom a form names: a name and a number, and with a temporary number the birth date, which is not in it.
pub const WHO: [Field; 2] =
    [Field { name: "name", kind: Kind::Name }, Field { name: "number", kind: Kind::PersonNumber }];
/// What may stand beside [`WHO`].
pub const WHO_OPTIONAL: [Field; 2] = [
    Field { name: NUMBER_KIND, kind: Kind::NumberKind },
    Field { name: "birth_date", kind: Kind::BirthDate },
];
const PHONE: Field = Field { name: "phone", kind: Kind::Phone };
/// A person's own claim: who, and the phone that is to prove it.
pub const CLAIM: [Field; 3] = [WHO[0], WHO[1], PHONE];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// 주민등록번호 · 외국인등록번호.
    #[default]
    Resident,
    /// 임시관리번호.
    Temporary,
}

/// Somebody by name and number. Parsed, never judged: eligibility is the ledger's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Composed.
    pub name: String,
    /// In the form that [`crate::person_number`] gives it.
    pub number: String,
    pub number_kind: NumberKind,
    pub born_on: Date,
}

/// What a person proved to be. Sealed wherever it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Composed.
    pub name: String,
    /// In the form that [`crate::person_number`] gives it.
    pub number: String,
    pub number_kind: NumberKind,
    pub born_on: Date,
    /// Digits only.
    pub phone: String,
}

impl Claim {
    pub fn of(who: Who, phone: String) -> Self {
        let Who { name, number, number_kind, born_on } = who;
        Self { name, number, number_kind, born_on, phone }
    }

    /// `620314-1******`; of a temporary number the first two characters.
    pub fn number_masked(&self) -> String {
        match (self.number_kind, self.number.split_at_checked(6)) {
            (NumberKind::Resident, Some((front, back))) => {
                format!("{front}-{}******", back.get(..1).unwrap_or(""))
            }
            _ => format!("{}******", self.number.get(..2).unwrap_or("")),
        }
    }
}

/// Everything that is wrong with the fields of [`CLAIM`].
pub fn claim_faults(fields: &Fields, today: Date) -> Vec<FieldFault> {
    let mut faults = who_faults(fields, today);
    faults.extend(fields.faults(&[PHONE]));
    faults
}

pub fn claim(fields: &Fields) -> Claim {
    Claim::of(who(fields), fields.phone(PHONE.name))
}

/// Everything that is wrong with the fields of [`WHO`]; nobody is born in the future.
pub fn who_faults(fields: &Fields, today: Date) -> Vec<FieldFault> {
    let [name, number] = WHO;
    let [kind, birth_date] = WHO_OPTIONAL;
    let mut expected = vec![name, number];
    if fields.is_sent(kind.name) {
        expected.push(kind);
    }
    let dated = if fields.says_temporary() {
        expected.push(birth_date);
        birth_date
    } else {
        number
    };
    let mut faults = fields.faults(&expected);
    let reads = faults.iter().all(|fault| fault.field != dated.name && fault.field != kind.name);
    if reads && born_on(fields) > today {
        faults.push(FieldFault { field: dated.name, kind: dated.kind, fault: Fault::Impossible });
    }
    faults
}

pub fn who(fields: &Fields) -> Who {
    let (number, number_kind) = if fields.says_temporary() {
        (fields.temporary_number("number"), NumberKind::Temporary)
    } else {
        (fields.person_number("number").digits().to_owned(), NumberKind::Resident)
    };
    Who { name: fields.name("name"), number, number_kind, born_on: born_on(fields) }
}

fn born_on(fields: &Fields) -> Date {
    if fields.says_temporary() {
        fields.birth_date("birth_date")
    } else {
        fields.person_number("number").born_on()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn fields(form: &str) -> Fields {
        Fields::from_form(form.as_bytes())
    }

    fn faults(form: &str) -> Vec<(&'static str, Fault)> {
        let faults = claim_faults(&fields(form), date(2027, 7, 12));
        faults.into_iter().map(|fault| (fault.field, fault.fault)).collect()
    }

    #[test]
    fn a_resident_number_brings_its_birth_date() {
        let form = "name=%EA%B9%80&number=620314-1000000&phone=010-0000-0001&birth_date=nonsense";
        assert_eq!(faults(form), []);
        let claim = claim(&fields(form));
        assert_eq!((claim.number.as_str(), claim.born_on), ("6203141000000", date(1962, 3, 14)));
        assert_eq!(claim.number_masked(), "620314-1******");
    }

    #[test]
    fn a_temporary_number_needs_the_birth_date_beside_it() {
        let form = "name=A&number=t-00000001&number_kind=temporary&phone=01000000001";
        assert_eq!(faults(form), [("birth_date", Fault::Missing)]);
        let form = format!("{form}&birth_date=19640229");
        assert_eq!(faults(&form), []);
        let claim = claim(&fields(&form));
        assert_eq!((claim.number.as_str(), claim.born_on), ("T00000001", date(1964, 2, 29)));
        assert_eq!(claim.number_masked(), "T0******");
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let of = |number: &str| faults(&format!("name=A&number={number}&phone=01000000001"));
        assert_eq!(of("2707123000000"), []);
        assert_eq!(of("2707133000000"), [("number", Fault::Impossible)]);
        let temporary = "name=A&number=T00000001&number_kind=temporary&phone=01000000001&birth_date=";
        assert_eq!(faults(&format!("{temporary}20270713")), [("birth_date", Fault::Impossible)]);
        assert_eq!(faults("number_kind=x&number=1&name=A&phone=01000000001").len(), 2);
    }
}
