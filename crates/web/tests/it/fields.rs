//! Bad input over JSON, field by field, generated from the route table: a refusal that names the field in Korean with
//! English beside it, never a fault of ours, and nothing changed.

use crate::person::Person;
use crate::program::Program;
use crate::rules::{address, prey};
use crate::site::{CLINIC, DAY, SLUG, Site};
use crate::wire::{Answer, Ask};
use serde_json::{Map, Value, json};
use web::context::Wants;
use web::fields::{Field, Kind};
use web::routes::{Route, table};

const KINDS: [Kind; 16] = [
    Kind::Name,
    Kind::PersonNumber,
    Kind::NumberKind,
    Kind::BirthDate,
    Kind::Phone,
    Kind::Code,
    Kind::Clinic,
    Kind::Day,
    Kind::TimeOfDay,
    Kind::Number,
    Kind::AppointmentNumber,
    Kind::Relation,
    Kind::Consent,
    Kind::Reference,
    Kind::References,
    Kind::Opaque,
];

/// 홍길동 as some keyboards send it, letter by letter.
pub(crate) const DECOMPOSED: &str =
    "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}";

fn good(field: &Field) -> Value {
    match field.kind {
        Kind::Name => "시험".into(),
        Kind::PersonNumber => "640305-1000000".into(),
        Kind::TemporaryNumber => "T-00000001".into(),
        Kind::NumberKind => "resident".into(),
        Kind::BirthDate => "1964-03-05".into(),
        Kind::Phone => "01099990001".into(),
        Kind::Code => "123456".into(),
        Kind::Clinic | Kind::WaitPlace => CLINIC.into(),
        Kind::Day => DAY.into(),
        Kind::TimeOfDay => "10:00".into(),
        Kind::Number if field.name == "dose" => "1".into(),
        Kind::Number => "9999999".into(),
        Kind::AppointmentNumber => "00000-00000".into(),
        Kind::Relation => "parent".into(),
        Kind::Consent => "1".into(),
        Kind::Reference => "0".repeat(32).into(),
        Kind::References => json!(["0".repeat(32)]),
        Kind::Opaque if field.name == "campaign" => SLUG.into(),
        Kind::Password | Kind::NewPassword | Kind::Words => unreachable!("no program sends one"),
        Kind::Opaque => "AbC-_1".into(),
    }
}

/// What no field takes, whatever its kind.
fn bad_for_all() -> Vec<Value> {
    let mut bad = vec![
        Value::Null,
        json!(""),
        json!("   "),
        json!(" \t\n"),
        json!(true),
        json!(false),
        json!(["1964-03-05"]),
        json!([]),
        json!({}),
        json!({"name": "시험"}),
        json!("a\u{0}b"),
        json!("\u{0}"),
        json!("x".repeat(2_001)),
    ];
    bad.push(json!("9".repeat(2_001)));
    bad
}

/// Between bars: what looks like the kind and is not.
fn nearly(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => {
            "홍길동😀|010-0000-0000|홍길동1|<b>홍길동</b>|---|줄\n바꿈|\u{7f}|\u{1b}[31m|가나다라마바사아자차카타파하가나다라마바사아자차카타파하가나다라마바사아자차카타파하"
        }
        Kind::PersonNumber => {
            "630229-1000000|640305-100000|640305-10000000|64-03051000000|640305--1000000|640305_1000000|\
             6.4E+12|６４０３０５１００００００|640300-1000000|641305-1000000|990101-3000000|0|9223372036854775808"
        }
        Kind::TemporaryNumber => "ab|T-0|임시1234|T0000_0001|T0000\u{0}0001",
        Kind::NumberKind => "Resident|foreign|1|resident,temporary",
        Kind::BirthDate => {
            "1963-02-29|1900-02-29|0001-01-01|1899-12-31|9999-12-31|2030-01-01|64-3-5|1964-13-01|1964-00-10|\
             1964-03-00|1964-03-32|９６４０３０５|1964|1964-03-05-01|9223372036854775808"
        }
        Kind::Phone => {
            "12345|전화번호|010-1234-567890|1234567890|02-123-4567|070-1234-5678|010-123-4567|+1 555 0100|０１０１２３４５６７８|010-1234-567a|+82|\
             9223372036854775808"
        }
        Kind::Code => "12345|1234567|12345a|１２３４５６|-12345|9223372036854775808",
        Kind::Clinic => "c00001|C1|C000001|C0000a|C-0001|00001|Ｃ00001|C00001; DROP|9223372036854775808",
        Kind::Day => {
            "2027-02-29|2027-13-01|2027-7-26|20270726|2027-07-26T00:00|2027-07-26Z|+002027-07-26|-002027-07-26|\
             26.07.2027|tomorrow|2027-07-32|9223372036854775808"
        }
        Kind::TimeOfDay => "9:30|24:00|09:60|09-30|0930x|T0930|09:3０|-9:30|09:30:00|9223372036854775808",
        Kind::Number => "-1|+1|1.5|1e3|0x1|18446744073709551616|99999999999999999999|１",
        Kind::AppointmentNumber => {
            "1234567890|12345-6789|12345-678901|1234a-67890|12345–67890|１２３４５-67890"
        }
        Kind::Relation => "Parent|friend|parent,spouse|1|PARENT",
        Kind::Consent => "0|2|01|yes|-1|1.0|65536",
        Kind::Reference | Kind::References => {
            "0|00000000000000000000000000000000000|0000000000000000000000000000000G|\
             ABCDEF00000000000000000000000000|０0000000000000000000000000000000"
        }
        Kind::WaitPlace => "C1|c00001|111000000|11110000000|9999999999999|한글|<b>",
        Kind::Password | Kind::NewPassword | Kind::Words => unreachable!("no program sends one"),
        Kind::Opaque => "a b|한글|a\u{200b}b|\u{202e}abc",
    }
}

fn bad(kind: Kind) -> Vec<Value> {
    let mut bad: Vec<Value> = nearly(kind).split('|').map(Value::from).collect();
    // Hangul in its decomposed form is a name like any other, and nothing else.
    if kind != Kind::Name {
        bad.extend(["홍길동", DECOMPOSED, "😀"].map(Value::from));
    }
    if !matches!(kind, Kind::Number | Kind::Code) {
        bad.extend([json!(1.5), json!(-1), json!(9_223_372_036_854_775_808_u64), json!(1e300)]);
    }
    bad.extend(bad_for_all());
    bad
}

fn routes() -> impl Iterator<Item = &'static Route> {
    table().iter().filter(|route| route.wants == Wants::Json && !route.fields.is_empty())
}

fn all_fields(route: &'static Route) -> impl Iterator<Item = &'static Field> {
    route.fields.iter().chain(route.optional)
}

/// A field that may be left out may be empty too.
fn is_left_out(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()))
}

fn body(route: &'static Route) -> Map<String, Value> {
    all_fields(route).map(|field| (field.name.to_owned(), good(field))).collect()
}

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

fn assert_names_the_field(answer: &Answer, field: &str, what: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (400, "FieldInvalid"), "{what}: {answer:?}");
    let document = answer.json();
    let faults = document["fields"].as_array().unwrap();
    assert_eq!(faults.len(), 1, "{what}: {document}");
    assert_eq!(faults[0]["field"], field, "{what}");
    let (ko, en) = (faults[0]["reason"].as_str().unwrap(), faults[0]["reason_en"].as_str().unwrap());
    assert!(is_korean(ko) && !is_korean(en) && !en.is_empty(), "{what}: {ko} / {en}");
    assert!(is_korean(document["title"].as_str().unwrap()), "{what}");
    assert!(!is_korean(document["title_en"].as_str().unwrap()), "{what}");
}

#[test]
fn every_kind_of_field_is_sent_somewhere() {
    let sent: Vec<Kind> = routes().flat_map(all_fields).map(|field| field.kind).collect();
    for kind in KINDS {
        assert!(sent.contains(&kind), "{kind:?}");
    }
}

#[tokio::test]
async fn every_bad_value_of_every_field_is_refused_by_name_and_changes_nothing() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let before = site.state().await;
    let mut tried = 0;
    for route in routes() {
        for field in all_fields(route) {
            let is_optional = route.optional.iter().any(|one| one.name == field.name);
            let mut values: Vec<Option<Value>> = bad(field.kind).into_iter().map(Some).collect();
            values.push(None);
            // Beside a number that tells the birth date, a date to come is not read at all.
            let is_unread = |value: &Value| {
                field.kind == Kind::BirthDate && ["2030-01-01", "9999-12-31"].iter().any(|day| value == day)
            };
            values.retain(|value| {
                !is_optional || !(is_left_out(value.as_ref()) || value.as_ref().is_some_and(is_unread))
            });
            for value in values {
                let what = format!("{} {} = {value:?}", route.path, field.name);
                let mut body = body(route);
                body.remove(field.name);
                body.extend(value.map(|value| (field.name.to_owned(), value)));
                let ask = Ask::json(&address(route), &body.into()).header("idempotency-key", "f");
                assert_names_the_field(&site.ask(&holder.dressed(ask)).await, field.name, &what);
                tried += 1;
            }
        }
    }
    assert_eq!(site.state().await, before);
    assert!(tried > 300, "{tried}");
}

/// What may be left out is judged when it is sent, and what a temporary number needs is asked for.
#[tokio::test]
async fn fields_that_may_be_left_out_are_judged_when_they_are_sent() {
    let site = Site::new();
    let before = site.state().await;
    let temporary = json!({"name": "시험", "number": "T-00000001", "number_kind": "temporary",
        "birth_date": "1964-03-05", "phone": "01099990001"});
    let temporary = temporary.as_object().unwrap();
    let kinds = [
        ("number_kind", Kind::NumberKind),
        ("birth_date", Kind::BirthDate),
        ("number", Kind::TemporaryNumber),
        ("name", Kind::Name),
    ];
    for (name, kind) in kinds {
        let is_blank =
            |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        for value in bad(kind).into_iter().filter(|value| !is_blank(value)) {
            let mut body = temporary.clone();
            body.insert(name.to_owned(), value.clone());
            if kind == Kind::NumberKind {
                body.insert("number".to_owned(), "640305-1000000".into());
            }
            let answer = site.ask(&Ask::json("/api/v1/identity", &body.into())).await;
            assert_names_the_field(&answer, name, &format!("{name} = {value:?}"));
        }
    }
    let mut undated = temporary.clone();
    undated.remove("birth_date");
    let answer = site.ask(&Ask::json("/api/v1/identity", &undated.into())).await;
    assert_names_the_field(&answer, "birth_date", "a temporary number without a birth date");
    assert_eq!(site.state().await, before);
    let answer = site.ask(&Ask::json("/api/v1/identity", &temporary.clone().into())).await;
    assert_eq!(answer.status, 202, "{answer:?}");
}

/// A megabyte is not read to its end; nothing changes.
#[tokio::test]
async fn a_name_of_a_megabyte_is_refused() {
    let site = Site::new();
    let before = site.state().await;
    let mut person = Person::number(1);
    let name = "가".repeat(350_000);
    let csrf = person.csrf(&site).await;
    let form =
        [("csrf", csrf.as_str()), ("name", &name), ("number", "640305-1000000"), ("phone", "01000000001")];
    let answer = site.wire().ask(&person.dressed(Ask::form("/identity", &form))).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    let claim = json!({"name": name, "number": "640305-1000000", "phone": "01000000001"});
    assert_eq!(site.wire().ask(&Ask::json("/api/v1/identity", &claim)).await.status, 413);
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    for route in routes() {
        let ask = Ask::json(&address(route), &json!({})).header("idempotency-key", "f");
        let answer = site.ask(&holder.dressed(ask)).await;
        let document = answer.json();
        let named: Vec<&str> = document["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["field"].as_str().unwrap())
            .collect();
        let expected: Vec<&str> = route.fields.iter().map(|field| field.name).collect();
        assert_eq!(named, expected, "{}", route.path);
    }
}

#[tokio::test]
async fn good_values_reach_the_rules() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    for route in routes() {
        let ask = Ask::json(&address(route), &body(route).into()).header("idempotency-key", "f");
        let answer = site.ask(&holder.dressed(ask)).await;
        assert!(answer.status < 500 && !answer.body.contains("FieldInvalid"), "{}: {answer:?}", route.path);
    }
}

#[tokio::test]
async fn bodies_that_are_no_flat_object_are_refused() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let before = site.state().await;
    let deep = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    let bodies: [&[u8]; 12] = [
        b"{",
        b"[]",
        b"[1]",
        b"\"text\"",
        b"1",
        b"true",
        b"{\"hold\":",
        b"{'hold':1}",
        b"\xff\xfe",
        b"{\"a\":1}{\"b\":2}",
        b"{\"name\":\"\\ud800\"}",
        deep.as_bytes(),
    ];
    for route in routes() {
        for bytes in bodies {
            let ask = Ask::json(&address(route), &Value::Null).body(bytes).header("idempotency-key", "f");
            let answer = site.ask(&holder.dressed(ask)).await;
            let what = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]).into_owned();
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (415, "BodyUnsupported"),
                "{}: {what}",
                route.path
            );
        }
        let huge = format!("{{\"name\":\"{}\"}}", "가".repeat(20_000));
        let answer = site.ask(&holder.dressed(Ask::json(&address(route), &Value::Null).body(huge))).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "TooLarge"), "{}", route.path);
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn odd_addresses_and_places_are_refused_without_a_fault() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    let before = site.state().await;
    let slots = |clinic: &str| format!("/api/v1/campaigns/{SLUG}/clinics/{clinic}/slots");
    for clinic in [
        "C99999",
        "c00001",
        "1",
        "%00",
        "%ED%95%9C",
        "C00001%00",
        "18446744073709551616",
        "..",
        "C00001%2f..",
    ] {
        assert_eq!(program.get(&site, &slots(clinic)).await.status, 404, "{clinic}");
    }
    for campaign in ["C55", "c56", "%63%35%36", "18446744073709551616"] {
        let answer = program.get(&site, &format!("/gate/{campaign}/ticket")).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "CampaignUnknown"), "{campaign}");
    }
    let places = [
        (CLINIC, "2027-07-25", "09:00", "SlotUnknown"),
        (CLINIC, "0001-01-01", "09:00", "SlotUnknown"),
        (CLINIC, "9999-12-31", "09:00", "SlotUnknown"),
        (CLINIC, "2028-02-29", "09:00", "SlotUnknown"),
        (CLINIC, DAY, "00:00", "SlotUnknown"),
        (CLINIC, DAY, "09:01", "SlotUnknown"),
        (CLINIC, DAY, "23:59", "SlotUnknown"),
        ("C00000", DAY, "09:00", "SlotUnknown"),
        ("C99999", DAY, "09:00", "SlotUnknown"),
    ];
    for (clinic, date, time, code) in places {
        let body = json!({"campaign": SLUG, "clinic": clinic, "date": date, "time": time});
        let answer = program.post_keyed(&site, "/api/v1/holds", &body, "odd").await;
        assert_eq!((answer.status, answer.code().as_str()), (409, code), "{body}");
    }
    for hold in ["0", "9223372036854775808", "18446744073709551615"] {
        for path in ["/api/v1/holds/extend", "/api/v1/holds/release", "/api/v1/appointments"] {
            let answer = program.post_keyed(&site, path, &json!({"hold": hold}), hold).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "HoldUnknown"), "{path} {hold}");
        }
    }
    assert_eq!(site.state().await, before);
}
