//! The request of each step.

use super::super::page;
use super::{Agent, Credentials, Scene, Stage};
use crate::wire::{Call, escaped};

const SIGN_IN: &str = "/en/desk/sign-in";

impl Agent {
    pub(crate) fn ask(&self, scene: &Scene<'_>, credentials: impl FnOnce() -> Credentials) -> Call {
        let call = match &self.stage {
            Stage::SignIn => {
                let Credentials { login, password, code } = credentials();
                Call::form(SIGN_IN.into(), &[("login", &login), ("password", &password), ("code", &code)])
            }
            Stage::Find => {
                let someone = scene.person();
                let born = page::birth_date(&someone.number);
                let fields = [("name", someone.name.as_str()), ("birth_date", born.as_str())];
                Call::form("/en/desk/people/find".into(), &fields)
            }
            Stage::NewForm => Call::get("/en/desk/people/new".into()),
            Stage::Add => {
                let someone = scene.person();
                let fields = [
                    ("name", someone.name.as_str()),
                    ("number_kind", "resident"),
                    ("number", &someone.number),
                    ("phone", &someone.phone),
                ];
                Call::form("/en/desk/people/new".into(), &fields)
            }
            Stage::Clinics => {
                let serving = self.serves.as_ref().expect("a caller is in hand");
                let mut dice = scene.dice(serving.steps);
                let place = dice.pick(scene.neighbourhoods).map_or("", |name| name);
                Call::get(format!("{}?q={}", serving.clinics, escaped(place)))
            }
            Stage::Person(path)
            | Stage::Days(path)
            | Stage::Times(path)
            | Stage::Held(path)
            | Stage::Made(path) => Call::get(path.clone()),
            Stage::Hold { action, fields: [key, clinic, date, time] } => {
                let fields = [("key", key.as_str()), ("clinic", clinic), ("date", date), ("time", time)];
                Call::form(action.clone(), &fields)
            }
            Stage::Confirm(pressed) | Stage::Release(pressed) => {
                Call::form(pressed.action.clone(), &[("key", &pressed.key), ("hold", &pressed.hold)])
            }
        };
        // No other site sent this: the service asks browsers, and this says it for none.
        call.with("sec-fetch-site", "same-origin").with("cookie", &self.jar.header())
    }
}
