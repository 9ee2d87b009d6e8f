//! Text that wants to be markup, script, an address or a template: in every field of people and of the country's
//! data. It is shown as text, everywhere.

use crate::person::Person;
use crate::rules::{address, prefixes};
use crate::site::{Site, Wanted};
use crate::wire::{Answer, Ask};
use web::routes::table;

const MARKUP: [&str; 4] = [
    "\"><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "' autofocus onfocus='alert(1)",
    "</title></textarea><svg/onload=alert(1)>",
];
pub(crate) const HOSTILE: &str = "\"><img src=x onerror=alert(1)>' autofocus onfocus='alert(1)</script><script>alert(1)</script></title><svg/onload=alert(1)>javascript:alert(1){{7*7}}\u{202e}끝";

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
