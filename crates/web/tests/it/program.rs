//! The same person as a program: tokens in headers, JSON, a key with every write.

use crate::person::resident;
use crate::site::{CLINIC, DAY, SLUG, Site};
use crate::wire::{Answer, Ask};
use serde_json::{Value, json};

#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    pub(crate) phone: String,
    pub(crate) number: String,
    pub(crate) ticket: String,
    pub(crate) session: String,
    pub(crate) pass: String,
    pub(crate) key: String,
}

impl Program {
    pub(crate) fn number(number: u32) -> Self {
        let phone = format!("0100000{number:04}");
        Self { phone, number: resident("6403051", number), key: "key-1".to_owned(), ..Self::default() }
    }

    pub(crate) fn dressed(&self, ask: Ask) -> Ask {
        let tokens = [
            ("charye-ticket", &self.ticket),
            ("charye-session", &self.session),
            ("charye-pass", &self.pass),
            ("idempotency-key", &self.key),
        ];
        let sent = tokens.iter().filter(|(_, value)| !value.is_empty());
        sent.fold(ask, |ask, (name, value)| ask.header(name, value))
    }

    pub(crate) async fn get(&self, site: &Site, path: &str) -> Answer {
        site.ask(&self.dressed(Ask::get(path))).await
    }

    pub(crate) async fn post(&self, site: &Site, path: &str, body: &Value) -> Answer {
        site.ask(&self.dressed(Ask::json(path, body))).await
    }

    /// As [`Program::post`], under another key.
    pub(crate) async fn post_keyed(&self, site: &Site, path: &str, body: &Value, key: &str) -> Answer {
        Self { key: key.to_owned(), ..self.clone() }.post(site, path, body).await
    }

    pub(crate) async fn join(&mut self, site: &Site) -> Answer {
        let answer = site.ask(&Ask::new("POST", &format!("/gate/{SLUG}/tickets"))).await;
        self.ticket = text(&answer, "ticket");
        answer
    }

    pub(crate) async fn status(&mut self, site: &Site) -> Answer {
        let answer = self.get(site, &format!("/gate/{SLUG}/ticket")).await;
        self.ticket = text(&answer, "ticket");
        answer
    }

    pub(crate) async fn settle(&mut self, site: &Site) -> u64 {
        site.seconds(1).await;
        self.status(site).await.json()["queue_number"].as_u64().unwrap()
    }

    pub(crate) fn claim(&self) -> Value {
        json!({"name": "프로그램", "number": self.number, "phone": self.phone})
    }

    pub(crate) async fn begin_identity(&self, site: &Site) -> (Answer, Value) {
        let answer = self.post(site, "/api/v1/identity", &self.claim()).await;
        let code = site.outbox.of_phone(&self.phone)[0].code.clone().unwrap();
        let proof = json!({"challenge": text(&answer, "challenge"), "code": code});
        (answer, proof)
    }

    pub(crate) async fn verify(&mut self, site: &Site) -> Answer {
        let (_, proof) = self.begin_identity(site).await;
        let answer = self.post(site, "/api/v1/identity/verify", &proof).await;
        self.session = text(&answer, "session");
        answer
    }

    pub(crate) async fn enter(&mut self, site: &Site) -> Answer {
        let answer = self.post(site, &format!("/api/v1/campaigns/{SLUG}/passes"), &json!({})).await;
        if answer.status == 201 {
            self.pass = text(&answer, "pass");
        }
        answer
    }

    pub(crate) async fn come_in(&mut self, site: &Site) {
        self.join(site).await;
        self.settle(site).await;
        self.verify(site).await;
        site.open().await;
        let answer = self.enter(site).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    pub(crate) async fn hold(&self, site: &Site, time: &str, key: &str) -> Answer {
        self.post_keyed(site, "/api/v1/holds", &slot(time), key).await
    }

    /// A hold that must succeed; its number.
    pub(crate) async fn held(&self, site: &Site, time: &str) -> String {
        let answer = self.hold(site, time, &format!("hold {time}")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        text(&answer, "hold")
    }

    pub(crate) async fn confirm(&self, site: &Site, hold: &str, key: &str) -> Answer {
        self.post_keyed(site, "/api/v1/appointments", &json!({"hold": hold}), key).await
    }

    /// An appointment that must succeed; its number.
    pub(crate) async fn booked(&self, site: &Site, time: &str) -> String {
        let hold = self.held(site, time).await;
        let answer = self.confirm(site, &hold, "confirm").await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["appointment"]["number"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn slot(time: &str) -> Value {
    json!({"campaign": SLUG, "clinic": CLINIC, "date": DAY, "time": time})
}

pub(crate) fn text(answer: &Answer, field: &str) -> String {
    answer.json()[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer:?}")).to_owned()
}
