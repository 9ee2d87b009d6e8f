//! What was typed and not finished: before identity in a sealed cookie of this browser, afterwards in the draft of the
//! person. Never a resident number, never a code.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::draft::Draft;
use crate::error::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a browser keeps a form of somebody who has not proved who they are.
const KEPT_BEFORE_IDENTITY: SignedDuration = SignedDuration::from_mins(30);
/// Longer than any field that people mean.
const VALUE_CHARS_MAX: usize = 200;
/// Fields of all forms of one person.
const FIELDS_MAX: usize = 60;
/// A phone has eleven digits, a resident number thirteen.
const DIGITS_MAX: usize = 12;
const SEALED_AS: &str = "cookie/typed";

/// The fields of the identity form that a browser keeps.
pub const IDENTITY: [&str; 3] = ["name", "birth_date", "phone"];

#[derive(Serialize, Deserialize)]
struct Kept {
    until_ms: i64,
    fields: BTreeMap<String, String>,
}

impl Context {
    /// Keeps the named fields of the form that was sent, in this browser.
    pub fn keep_in_browser(&mut self, names: &[&str]) {
        let until_ms = (self.now + KEPT_BEFORE_IDENTITY).as_millisecond();
        let kept = Kept { until_ms, fields: self.keepable(names) };
        let plain = serde_json::to_vec(&kept).expect("plain data becomes JSON");
        let sealed = URL_SAFE_NO_PAD.encode(self.app.keys.cipher.seal(SEALED_AS, &plain));
        self.set_cookie(Cookie::Typed, &sealed);
    }

    /// What this browser kept; nothing when it is over, altered or sealed under another key.
    pub fn kept_in_browser(&self) -> BTreeMap<String, String> {
        let token = Cookie::Typed.read(&self.headers, self.app.settings.secure_cookies);
        let sealed = token.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
        let plain = sealed.and_then(|sealed| self.app.keys.cipher.open(SEALED_AS, &sealed));
        let kept: Option<Kept> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        kept.filter(|kept| self.now.as_millisecond() < kept.until_ms)
            .map_or_else(BTreeMap::new, |kept| kept.fields)
    }

    /// Keeps the named fields of the form that was sent, for this person on every device. A form that is finished is
    /// forgotten with [`Self::forget_typed`].
    pub async fn keep_typed(&self, form: &str, names: &[&str]) -> Result<(), Problem> {
        let typed = self.keepable(names);
        self.change_draft(|draft| draft.keep_typed(form, typed)).await.map(drop)
    }

    pub async fn forget_typed(&self, form: &str) -> Result<(), Problem> {
        self.change_draft(|draft| draft.keep_typed(form, BTreeMap::new())).await.map(drop)
    }

    fn keepable(&self, names: &[&str]) -> BTreeMap<String, String> {
        let typed = names.iter().map(|name| ((*name).to_owned(), self.fields.typed(name).to_owned()));
        typed.filter(|(name, value)| may_be_kept(name, value)).collect()
    }
}

impl Draft {
    /// In place of what was kept of this form before.
    fn keep_typed(&mut self, form: &str, typed: BTreeMap<String, String>) {
        self.typed.retain(|key, _| key.split_once('.').is_none_or(|(of, _)| of != form));
        for (name, value) in typed {
            if self.typed.len() < FIELDS_MAX {
                self.typed.insert(format!("{form}.{name}"), value);
            }
        }
    }

    /// What was typed into a field of a form that was not finished.
    pub fn typed(&self, form: &str, field: &str) -> &str {
        self.typed.get(&format!("{form}.{field}")).map_or("", String::as_str)
    }
}

/// A field that is meant for a secret is not kept, nor a value that could be a resident number in the wrong field.
fn may_be_kept(name: &str, value: &str) -> bool {
    let is_secret = ["number", "code", "csrf", "key"].iter().any(|secret| name.ends_with(secret));
    let digits = value.chars().filter(char::is_ascii_digit).count();
    !is_secret && !value.is_empty() && digits <= DIGITS_MAX && value.chars().count() <= VALUE_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_secret_nor_a_number_in_the_wrong_field_is_kept() {
        let table = [
            ("name", "김시험", true),
            ("phone", "+82 10-0000-0001", true),
            ("birth_date", "19640305", true),
            ("birth_date", "640305-1000000", false),
            ("name", "6403051000000", false),
            ("number", "1", false),
            ("resident_number", "640305", false),
            ("code", "123456", false),
            ("csrf", "x", false),
            ("name", "", false),
        ];
        for (name, value, expected) in table {
            assert_eq!(may_be_kept(name, value), expected, "{name} = {value}");
        }
        assert!(!may_be_kept("name", &"가".repeat(VALUE_CHARS_MAX + 1)));
    }

    #[test]
    fn a_form_takes_the_place_of_its_earlier_self_and_leaves_the_others() {
        let mut draft = Draft::default();
        let typed = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        draft.keep_typed("people", typed("name", "가"));
        draft.keep_typed("other", typed("name", "나"));
        draft.keep_typed("people", typed("relation", "parent"));
        assert_eq!((draft.typed("people", "name"), draft.typed("people", "relation")), ("", "parent"));
        assert_eq!(draft.typed("other", "name"), "나");
        let many = (0..FIELDS_MAX * 2).map(|number| (format!("f{number}"), "x".to_owned())).collect();
        draft.keep_typed("many", many);
        assert_eq!(draft.typed.len(), FIELDS_MAX, "the draft stays small");
        draft.keep_typed("many", BTreeMap::new());
        assert_eq!(draft.typed.len(), 2);
    }
}
