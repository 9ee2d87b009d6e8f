//! Somebody with a browser: cookies, forms, and the steps of the journey over the pages.

use crate::site::{CLINIC, DAY, SIGUNGU, SLUG, Site};
use crate::wire::{Answer, Ask};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    /// Of a resident; its check digit is wrong.
    pub(crate) number: String,
    pub(crate) phone: String,
    /// `/en` for somebody who reads English.
    pub(crate) prefix: &'static str,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) csrf: Option<String>,
}

impl Person {
    /// Everybody of the group, told apart by a number.
    pub(crate) fn number(number: u32) -> Self {
        Self {
            name: name_of(number),
            number: resident("6403051", number),
            phone: format!("0100000{number:04}"),
            prefix: "",
            jar: BTreeMap::new(),
            csrf: None,
        }
    }

    /// What is typed into the form of the identity check.
    pub(crate) fn claim(&self) -> [(&'static str, String); 3] {
        [("name", self.name.clone()), ("number", self.number.clone()), ("phone", self.phone.clone())]
    }

    pub(crate) fn cookie(&self, name: &str) -> &str {
        self.jar.get(&format!("charye-{name}")).map_or("", String::as_str)
    }

    pub(crate) fn with_cookie(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.jar.insert(format!("charye-{name}"), value.to_owned());
        other
    }

    /// Sends as a browser does, and keeps what it is told to keep.
    pub(crate) async fn send(&mut self, site: &Site, ask: Ask) -> Answer {
        let answer = site.ask(&self.dressed(ask)).await;
        self.keep(&answer);
        answer
    }

    pub(crate) fn dressed(&self, mut ask: Ask) -> Ask {
        let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        ask.target = format!("{}{}", self.prefix, ask.target);
        if pairs.is_empty() { ask } else { ask.header("cookie", &pairs.join("; ")) }
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.all("set-cookie") {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) async fn get(&mut self, site: &Site, path: &str) -> Answer {
        self.send(site, Ask::get(path)).await
    }

    /// A form of ours, with the token that a page of ours gave.
    pub(crate) async fn post(&mut self, site: &Site, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(site).await;
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.send(site, Ask::form(path, &fields)).await
    }

    pub(crate) async fn csrf(&mut self, site: &Site) -> String {
        if self.csrf.is_none() {
            self.csrf = Some(self.get(site, "/identity").await.hidden("csrf"));
        }
        self.csrf.clone().unwrap()
    }

    pub(crate) async fn join(&mut self, site: &Site) {
        let answer = self.post(site, "/wait", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, format!("{}/wait", self.prefix).as_str()));
    }

    /// Looks again when the second is over.
    pub(crate) async fn settle(&mut self, site: &Site) -> u64 {
        site.seconds(1).await;
        assert_eq!(self.get(site, "/wait").await.status, 200);
        let status = site
            .ask(&Ask::get(&format!("/gate/{SLUG}/ticket")).header("charye-ticket", self.cookie("ticket")))
            .await;
        status.json()["queue_number"].as_u64().unwrap()
    }

    /// Asks for a code, and reads it on the phone.
    pub(crate) async fn ask_for_code(&mut self, site: &Site) -> String {
        let claim = self.claim();
        let claim = claim.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = self.post(site, "/identity", &claim).await;
        assert_eq!(answer.location(), format!("{}/identity/code", self.prefix), "{answer:?}");
        site.outbox.of_phone(&self.phone)[0].code.clone().unwrap()
    }

    pub(crate) async fn verify(&mut self, site: &Site) {
        let code = self.ask_for_code(site).await;
        let answer = self.post(site, "/identity/code", &[("code", &code)]).await;
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    pub(crate) async fn enter(&mut self, site: &Site) -> Answer {
        self.post(site, "/enter", &[]).await
    }

    /// From the first page into the booking pages, with the doors opened if they are not.
    pub(crate) async fn come_in(&mut self, site: &Site) {
        self.join(site).await;
        self.settle(site).await;
        self.verify(site).await;
        site.open().await;
        let answer = self.enter(site).await;
        let inside = if site.app.settings.site.is_some() { "wait" } else { "book" };
        assert_eq!(answer.location(), format!("{}/{inside}", self.prefix), "{answer:?}");
    }

    pub(crate) async fn hold(&mut self, site: &Site, time: &str, key: &str) -> Answer {
        let fields = [("clinic", CLINIC), ("date", DAY), ("time", time), ("key", key)];
        self.post(site, "/book/hold", &fields).await
    }

    /// The number of the hold on the page that shows it.
    pub(crate) async fn hold_id(&mut self, site: &Site) -> String {
        self.get(site, "/book/hold").await.hidden("hold")
    }

    pub(crate) async fn confirm(&mut self, site: &Site, key: &str) -> Answer {
        let hold = self.hold_id(site).await;
        self.post(site, "/book/confirm", &[("hold", &hold), ("key", key)]).await
    }

    /// The appointment number on the page of one's own appointment.
    pub(crate) async fn appointment(&mut self, site: &Site) -> String {
        let page = self.get(site, "/my").await;
        page.hidden("appointment")
    }

    /// The pages on the way to a time, by region, clinic and day.
    pub(crate) async fn look_around(&mut self, site: &Site) -> Vec<Answer> {
        let region = format!("/book/regions/{SIGUNGU}");
        let (clinic, day) = (format!("/book/clinics/{CLINIC}"), format!("/book/clinics/{CLINIC}/{DAY}"));
        let mut pages = Vec::new();
        for path in ["/book", &region, &clinic, &day] {
            pages.push(self.get(site, path).await);
        }
        pages
    }
}

/// 사람일이삼: names have no digits.
pub(crate) fn name_of(number: u32) -> String {
    let syllables = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];
    let digits = number.to_string();
    let spelt = digits.bytes().map(|digit| syllables[usize::from(digit - b'0')]);
    format!("사람{}", spelt.collect::<String>())
}

/// A resident number that nobody has: its check digit is wrong. `front` is the birth date and the digit after it.
pub(crate) fn resident(front: &str, serial: u32) -> String {
    let twelve = format!("{front}{serial:05}");
    let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = twelve.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let right = (11 - sum % 11) % 10;
    format!("{}-{}{}", &twelve[..6], &twelve[6..], (right + 5) % 10)
}
