use super::*;

fn fault(kind: Kind, text: &str) -> Option<Fault> {
    let fields = Fields(BTreeMap::from([("x".to_owned(), Sent::Text(text.to_owned()))]));
    fields.fault_of(&Field { name: "x", kind })
}

#[test]
fn people_write_dates_and_phones_in_many_ways() {
    for text in ["1964-03-05", "19640305", "1964.3.5", "1964년 3월 5일", "1964/03/05"] {
        assert_eq!(parse_birth_date(text), Some(jiff::civil::date(1964, 3, 5)), "{text}");
    }
    for text in ["010-1234-5678", "01012345678", "010 1234 5678", "+82 10-1234-5678", "+8201012345678"] {
        assert_eq!(parse_phone(text).as_deref(), Some("01012345678"), "{text}");
    }
}

#[test]
fn what_cannot_be_meant_is_named() {
    let table = [
        (Kind::BirthDate, "1963-02-29", Some(Fault::Impossible)),
        (Kind::BirthDate, "64-3-5", Some(Fault::Malformed)),
        (Kind::BirthDate, "0001-01-01", Some(Fault::Impossible)),
        (Kind::BirthDate, "99999999999999999999", Some(Fault::Malformed)),
        (Kind::Phone, "12345", Some(Fault::Malformed)),
        (Kind::Phone, "전화번호", Some(Fault::Malformed)),
        (Kind::Phone, "02-123-4567", Some(Fault::Malformed)),
        (Kind::Phone, "011-123-4567", None),
        (Kind::Phone, "010-123-4567", Some(Fault::Malformed)),
        (Kind::PersonNumber, "620314 - 1000000", None),
        (Kind::PersonNumber, "620314\u{2013}5000000", None),
        (Kind::PersonNumber, "630229-1000000", Some(Fault::Impossible)),
        (Kind::PersonNumber, "620314", Some(Fault::Malformed)),
        (Kind::PersonNumber, " - ", Some(Fault::Malformed)),
        (Kind::TemporaryNumber, "t-2021 00ab", None),
        (Kind::TemporaryNumber, "임시", Some(Fault::Malformed)),
        (Kind::NumberKind, "temporary", None),
        (Kind::NumberKind, "Temporary", Some(Fault::Malformed)),
        (Kind::Name, "", Some(Fault::Missing)),
        (Kind::Name, "이름\u{0}", Some(Fault::Malformed)),
        (Kind::Name, &"가".repeat(41), Some(Fault::TooLong)),
        (Kind::Name, "홍길동", None),
        (Kind::TimeOfDay, "25:00", Some(Fault::Malformed)),
        (Kind::Number, "9223372036854775808", None),
        (Kind::Number, "99999999999999999999", Some(Fault::Malformed)),
        (Kind::AppointmentNumber, "12345-6789", Some(Fault::Malformed)),
        (Kind::Clinic, "c00001", Some(Fault::Malformed)),
        (Kind::WaitPlace, " C00001", None),
        (Kind::WaitPlace, "1111000000", None),
        (Kind::WaitPlace, "111100000", Some(Fault::Malformed)),
    ];
    for (kind, text, expected) in table {
        assert_eq!(fault(kind, text), expected, "{kind:?} {text:?}");
    }
}

#[test]
fn json_is_read_like_a_form_and_other_types_are_faults_of_their_field() {
    let json = Fields::from_json(br#"{"name":"a","n":3,"list":["a"],"yes":true,"none":null}"#).unwrap();
    assert_eq!((json.typed("name"), json.typed("n"), json.typed("list")), ("a", "3", ""));
    let fault = |name, kind| json.fault_of(&Field { name, kind });
    assert_eq!(fault("n", Kind::Number), None);
    for (name, kind) in [("n", Kind::Name), ("list", Kind::Name), ("yes", Kind::Name), ("yes", Kind::Opaque)]
    {
        assert_eq!(fault(name, kind), Some(Fault::Malformed), "{name}");
    }
    assert_eq!(fault("none", Kind::Name), Some(Fault::Missing));
    assert!(Fields::from_json(b"[1]").is_none());
    assert!(Fields::from_json("{".as_bytes()).is_none());
    assert_eq!(Fields::from_form(b"name=%EA%B9%80+a&x=").typed("name"), "김 a");
}
