//! Addresses are compared byte by byte: no other spelling reaches a handler, not even for those who may go there.

use crate::person::Person;
use crate::rules::{Prey, prefixes, prey};
use crate::site::Site;
use web::routes::{Route, table};

/// Spellings of a path that some server somewhere takes for the same.
fn spellings(route: &Route, address: &str) -> Vec<String> {
    let mut all = Vec::new();
    let segments: Vec<&str> = route.path[1..].split('/').collect();
    let filled: Vec<&str> = address[1..].split('/').collect();
    for (position, segment) in segments.iter().enumerate() {
        if segment.starts_with('{') || !segment.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let first = segment.as_bytes()[0];
        let respelled = [
            segment.to_uppercase(),
            format!("{}{}", segment[..1].to_uppercase(), &segment[1..]),
            format!("%{first:02x}{}", &segment[1..]),
            format!("%{first:02X}{}", &segment[1..]),
            format!("%25{first:02x}{}", &segment[1..]),
            format!("{segment};x=1"),
            format!("{segment}."),
            format!("{segment}/."),
            format!("./{segment}"),
        ];
        for other in respelled {
            let mut path = filled.clone();
            path[position] = &other;
            all.push(format!("/{}", path.join("/")));
        }
    }
    for ending in
        ["/", "//", ".", "..", "/.", "/..", ";", ";x=1", "/;", "%00", "%20", "%2e", "%2f", ".json", "%3f"]
    {
        all.push(format!("{address}{ending}"));
    }
    for beginning in [
        "/",
        "/.",
        "/en/..",
        "/x/..",
        "/regions/..",
        "/static/..",
        "/%2e",
        "/en/%2e%2e",
        "/;",
        "/EN",
        "/%65n",
        "/en/en",
        "/ko",
    ] {
        all.push(format!("{beginning}{address}"));
    }
    let last = address.rfind('/').unwrap();
    all.push(format!("{}//{}", &address[..last], &address[last + 1..]));
    if last > 0 {
        all.push(format!("{}%2f{}", &address[..last], &address[last + 1..]));
        all.push(format!("{}%5c{}", &address[..last], &address[last + 1..]));
    }
    all
}

async fn try_spellings(site: &Site, person: &Person, prey: &Prey, route: &Route) -> usize {
    let good = prey.ask(route);
    let spellings = spellings(route, &good.target);
    for spelling in &spellings {
        for prefix in prefixes(route) {
            let person = Person { prefix, ..person.clone() };
            let mut ask = person.dressed(good.clone());
            ask.target = format!("{prefix}{spelling}");
            let answer = site.ask(&ask).await;
            assert_eq!(answer.status, 404, "{} {}: {answer:?}", ask.method, ask.target);
            assert_eq!(answer.header("cache-control"), "no-store", "{}", ask.target);
        }
    }
    spellings.len()
}

#[tokio::test]
async fn no_other_spelling_of_an_address_reaches_a_handler() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let before = site.state().await;
    let mut tried = 0;
    for route in table() {
        tried += try_spellings(&site, &holder, &prey, route).await;
    }
    assert_eq!(site.state().await, before);
    assert!(tried > 1_000, "{tried}");
}

#[tokio::test]
async fn bytes_that_are_no_text_in_an_address_are_just_another_unknown_address() {
    let site = Site::new();
    let (mut holder, ..) = prey(&site).await;
    for path in [
        "/book/regions/%FF",
        "/book/clinics/%C0%AF",
        "/book/clinics/C00001/%ff%fe",
        "/%ff",
        "/en/book/regions/%FF",
    ] {
        let answer = holder.get(&site, path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(answer.is_html() && answer.header("cache-control") == "no-store", "{path}: {answer:?}");
    }
    for path in ["/gate/%FF/ticket", "/api/v1/campaigns/%FF/clinics/C00001/slots"] {
        let answer = holder.get(&site, path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NotFound"), "{path}");
    }
}
