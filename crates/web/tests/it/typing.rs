//! How people type, on pages and in programs.

use crate::fields::DECOMPOSED;
use crate::person::Person;
use crate::site::{CLINIC, DAY, Site};
use crate::wire::Ask;
use serde_json::json;

#[tokio::test]
async fn people_write_names_dates_and_phones_in_many_ways() {
    let site = Site::new();
    let table = [
        ("홍길동", "640229-1000000", "010-1234-5678"),
        (DECOMPOSED, "640229 1000000", "+82 10 1234 5678"),
        ("Anne-Marie O’Neill", "6402295000000", "01012345679"),
        ("남궁 민수", " 640229 – 1000000 ", "011-234-5678"),
    ];
    for (name, number, phone) in table {
        let claim = json!({"name": name, "number": number, "phone": phone});
        let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
        assert_eq!(answer.status, 202, "{claim}: {answer:?}");
    }
}

/// On a page the form comes back with what was typed, and says what is wrong.
#[tokio::test]
async fn a_form_keeps_what_was_typed() {
    let site = Site::new();
    for (prefix, words) in
        [("", "번호 앞 6자리가 날짜가 아닙니다"), ("/en", "The first six digits are no date")]
    {
        let mut person = Person { prefix, ..Person::number(1) };
        let typed = [("name", "<b>홍길동</b>"), ("number", "630229-1000000"), ("phone", "010-1234-567x")];
        let answer = person.post(&site, "/identity", &typed).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.body.contains(words) && answer.body.contains("010-1234-567x"), "{answer:?}");
        assert!(
            !answer.body.contains("<b>홍길동") && answer.body.contains("홍길동"),
            "shown as text: {answer:?}"
        );
    }
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let fields = [("clinic", CLINIC), ("date", DAY), ("key", "k")];
    let answer = person.post(&site, "/book/hold", &fields).await;
    assert!(answer.status == 422 && answer.body.contains("시간을 선택해 주십시오"), "{answer:?}");
    let answer = person.post(&site, "/book/hold", &[("time", "09:00"), ("key", "k")]).await;
    assert!(answer.status == 400 && answer.body.contains("의료기관"), "{answer:?}");
}
