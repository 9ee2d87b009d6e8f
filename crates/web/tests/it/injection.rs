//! Text that wants to be markup, script, an address or a template: in every field of people and of the country's
//! data. It is shown as text, everywhere.

use crate::person::Person;
use crate::rules::{address, prefixes};
use crate::site::{Site, Wanted};
use crate::wire::{Answer, Ask};
use serde_json::json;
use web::messages::deliver_waiting;
use web::routes::table;

const MARKUP: [&str; 4] = [
    "\"><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "' autofocus onfocus='alert(1)",
    "</title></textarea><svg/onload=alert(1)>",
];
pub(crate) const HOSTILE: &str = "\"><img src=x onerror=alert(1)>' autofocus onfocus='alert(1)</script><script>alert(1)</script></title><svg/onload=alert(1)>javascript:alert(1){{7*7}}\u{202e}끝";

/// What would be a line of its own in a message, a calendar or a head; and a word that does not break.
const LINES: &str = "\r\nBEGIN:VEVENT\r\nset-cookie: a=b\n[차례] 인증번호 000000.\u{2028}\u{85}";
const UNBROKEN_CHARS: usize = 80;

/// What the country and its campaign are called in a hostile site.
pub(crate) fn country_text() -> String {
    format!("{HOSTILE}{LINES} {}", "길-".repeat(UNBROKEN_CHARS / 2))
}

/// The opening tags of a page.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(""))
}

/// Names of attributes, without their values.
fn unquoted(tag: &str) -> String {
    let mut inside = None;
    let keep = |c: &char| {
        match inside {
            Some(quote) if quote == *c => inside = None,
            None if matches!(c, '"' | '\'') => inside = Some(*c),
            _ => return inside.is_none(),
        }
        false
    };
    tag.chars().filter(keep).collect()
}

fn assert_inert(answer: &Answer, what: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    if !answer.is_html() {
        let kind = answer.header("content-type");
        let harmless = kind.contains("json")
            || kind.starts_with("text/plain")
            || kind.contains("css")
            || kind.contains("javascript");
        assert!(harmless || kind.contains("svg"), "{what} is {kind}");
        return;
    }
    for tag in tags(&answer.body) {
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap();
        assert!(name != "img" || tag.starts_with("img src=\"/static/"), "{what}: <{tag}>");
        assert!(name != "script" || tag.starts_with("script src=\"/static/"), "{what}: <{tag}>");
        let bare = unquoted(tag);
        for forbidden in [" on", "autofocus", "style=", "srcdoc"] {
            assert!(!bare.contains(forbidden), "{what}: {forbidden} in <{tag}>");
        }
        assert!(!tag.contains("=\"javascript:"), "{what}: <{tag}>");
    }
    for kept_whole in answer.body.split("<span class=\"nb\">").skip(1) {
        let words = kept_whole.split('<').next().unwrap();
        assert!(words.chars().count() < UNBROKEN_CHARS, "{what}: too wide for a phone: {words}");
    }
    for payload in MARKUP {
        assert!(!answer.body.contains(payload), "{what} shows {payload} as it is");
    }
}

async fn assert_pages_inert(site: &Site, person: &mut Person, shown: &mut usize) {
    for prefix in ["", "/en"] {
        person.prefix = prefix;
        for route in table().iter().filter(|route| route.method == "GET") {
            if prefix.is_empty() || prefixes(route).contains(&prefix) {
                let answer = person.get(site, &address(route)).await;
                let what = format!("{prefix}{}", route.path);
                assert_inert(&answer, &what);
                *shown +=
                    usize::from(answer.body.contains("&#60;img src=x") || answer.body.contains("{{7*7}}"));
            }
        }
        let search: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
        for field in ["q", "near", "region", "day", "part", "centre", "page"] {
            for path in ["/find", "/book/find"] {
                assert_inert(&person.get(site, &format!("{path}?{field}={search}")).await, field);
            }
        }
    }
    person.prefix = "";
}

#[tokio::test]
async fn what_stands_in_the_countrys_data_is_shown_as_text() {
    let site = Site::with(Wanted { hostile: true, ..Wanted::default() });
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.post(&site, "/favourites/add", &[("clinic", "C00001")]).await;
    person.hold(&site, "09:00", "h").await;
    let mut shown = 0;
    assert_pages_inert(&site, &mut person, &mut shown).await;
    person.confirm(&site, "c").await;
    assert_pages_inert(&site, &mut person, &mut shown).await;
    assert!(shown > 20, "the text is there to be seen: {shown}");
    let fixed: Vec<String> = site.app.static_plane.keys().cloned().collect();
    for path in fixed.iter().map(String::as_str).chain(["/", "/en/"]) {
        assert_inert(&site.ask(&Ask::get(path)).await, path);
    }
}

#[tokio::test]
async fn what_people_type_is_shown_as_text() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let names = [
        "name",
        "birth_date",
        "phone",
        "code",
        "clinic",
        "date",
        "time",
        "hold",
        "appointment",
        "sure",
        "back",
        "number",
        "relation",
    ];
    let mut echoed = 0;
    for prefix in ["", "/en"] {
        person.prefix = prefix;
        for route in table().iter().filter(|route| route.method == "POST" && !route.path.ends_with("/leave"))
        {
            for hostile in names {
                let fields = names.map(|name| (name, if name == hostile { HOSTILE } else { "x" }));
                let answer = if prefixes(route).len() == 2 {
                    person.post(&site, &address(route), &[&fields[..], &[("key", HOSTILE)]].concat()).await
                } else {
                    let body = fields.map(|(name, value)| (name.to_owned(), value.into()));
                    let body = serde_json::Value::Object(body.into_iter().collect());
                    site.ask(&Ask::json(&address(route), &body).header("idempotency-key", "k")).await
                };
                assert_inert(&answer, &format!("{prefix}{} with {hostile}", route.path));
                echoed += usize::from(answer.body.contains("&#60;img src=x"));
            }
        }
    }
    assert!(echoed > 0, "a form keeps what was typed, as text");
}

/// What a message is made of, line by line: none of them begins with what somebody else wrote.
fn assert_own_lines(text: &str) {
    let own = [
        "[차례] ",
        "1차 ",
        "2차 ",
        "예약번호 ",
        "신분증",
        "바꾸기·취소는 ",
        "취소한 예약: ",
        "전: ",
        "지금: ",
    ];
    let own = |line: &str| own.iter().any(|own| line.starts_with(own));
    for line in text.split('\n') {
        let is_end = line.starts_with("2차 접종 예약도") || line.starts_with("취소하신 적이 없으면");
        assert!(own(line) || is_end, "“{line}” in “{text}”");
    }
    assert_eq!(text.matches("\n[차례]").count(), 0, "{text}");
    let unseen = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}');
    assert!(!text.contains(unseen), "{text:?}");
}

#[tokio::test]
async fn nothing_that_a_clinic_is_called_makes_a_line_of_its_own_in_a_message_or_a_calendar() {
    let site = Site::with(Wanted { hostile: true, ..Wanted::default() });
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    person.confirm(&site, "c").await;
    let number = person.appointment(&site).await;
    let calendar = person.get(&site, &format!("/my/calendar/{number}")).await;
    assert_eq!(calendar.status, 200);
    assert_eq!(calendar.body.matches("\r\nBEGIN:VEVENT\r\n").count(), 2, "two doses: {}", calendar.body);
    let ours = calendar.body.split("\r\n").all(|line| {
        line.is_empty()
            || line.starts_with(' ')
            || line.split(':').next().unwrap().chars().all(|c| c.is_ascii_uppercase())
    });
    assert!(ours && !calendar.body.replace("\r\n", "").contains(['\r', '\n']), "{}", calendar.body);
    person.post(&site, "/my/change", &[("appointment", &number), ("key", "k")]).await;
    person.hold(&site, "10:00", "h2").await;
    person.confirm(&site, "c2").await;
    let cancel = [("appointment", number.as_str()), ("key", "x"), ("sure", "1")];
    let cancelled = person.post(&site, "/my/cancel", &cancel).await;
    assert!(cancelled.body.contains("예약을 취소했습니다"), "{cancelled:?}");
    deliver_waiting(&site.app).await.unwrap();
    let sent = site.outbox.newest(usize::MAX);
    let about_a_clinic = sent.iter().filter(|message| message.text.contains("<img src=x")).count();
    assert_eq!(about_a_clinic, 3, "booked, moved, cancelled: {sent:?}");
    for message in &sent {
        assert_own_lines(&message.text);
    }
    assert_inert(&site.ask(&Ask::get("/outbox")).await, "the outbox");
}

#[tokio::test]
async fn a_name_that_is_no_name_reaches_nobody() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.join(&site).await;
    let names = [
        "김\r\nBCC: x",
        "김\u{202e}철수",
        "<b>김철수</b>",
        "김철수\u{0}",
        "김\u{2028}철수",
        "{{7*7}}김",
        "김\u{85}철수",
    ];
    let (sent, before) = (site.outbox.newest(usize::MAX).len(), site.state().await);
    for name in names {
        let form = [("name", name), ("number", person.number.as_str()), ("phone", person.phone.as_str())];
        let form = form.map(|(field, value)| (field, value.to_owned()));
        let fields = form.each_ref().map(|(field, value)| (*field, value.as_str()));
        let answer = person.post(&site, "/identity", &fields).await;
        assert_eq!(answer.status, 422, "{name:?}: {answer:?}");
        assert!(answer.body.contains("name-error"), "{name:?}: {answer:?}");
        assert_inert(&answer, name);
        let claim = json!({"name": name, "number": person.number, "phone": person.phone});
        let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
        assert_eq!(answer.status, 400, "{name:?}: {answer:?}");
        assert_eq!(answer.json()["fields"][0]["field"], "name");
    }
    assert_eq!((site.outbox.newest(usize::MAX).len(), site.state().await), (sent, before));
}
