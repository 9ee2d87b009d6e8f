//! People who leave, in the words of the cases.
//!
//! ```text
//! office remove of kim            because kim asked; `lost`: because the key is gone
//! office sweep 30                 whoever was needed last thirty days ago
//! office destroy                  the keys of those who were removed
//! office rename of kim with token another key names people
//! see keys -> 1                   still to be destroyed
//! see known kim -> nobody
//! ```

use super::{Play, alias};
use crate::conformance::words::Words;
use crate::{Command, RenewAliases, sealed};
use booking::{PersonId, PersonKey, RemovalReason};
use jiff::SignedDuration;

impl Play {
    /// `kim register with passport`: another alias of the same person.
    pub(super) fn register(&mut self, name: &str, words: &Words) -> Command {
        let aliases = [Some(name), words.with.as_deref()].into_iter().flatten().map(alias).collect();
        Command::Register { aliases, sealed: self.sealed_of(name) }
    }

    /// Each time under a new key: what is known of somebody stays under the first.
    pub(super) fn sealed_of(&mut self, name: &str) -> Vec<u8> {
        self.keys += 1;
        [&sealed::head(1, PersonKey(self.keys)), name.as_bytes()].concat()
    }

    pub(super) fn leaving(&mut self, verb: &str, words: &Words) -> Command {
        match verb {
            "remove" => {
                let reason = if words.adds("lost") { RemovalReason::KeyGone } else { RemovalReason::Asked };
                Command::Remove { person: self.of(words), reason }
            }
            "sweep" => {
                let days = words.count.expect("a sweep keeps for some days") as i64;
                let people = (1..100).map(PersonId).collect();
                Command::RemoveDue { people, kept: SignedDuration::from_hours(24 * days) }
            }
            "destroy" => {
                let keys = self.stage.wait_for(self.stage.subject.store().condemned_keys(100));
                Command::KeysDestroyed { keys: keys.expect("the store is well") }
            }
            "rename" => Command::RenewAliases(RenewAliases {
                person: self.of(words),
                old: words.of.as_deref().map(alias).into_iter().collect(),
                new: words.with.as_deref().map(alias).into_iter().collect(),
            }),
            other => panic!("no verb `{other}`"),
        }
    }

    fn of(&mut self, words: &Words) -> PersonId {
        self.person(words.of.as_deref().expect("of somebody"))
    }

    pub(super) fn see_leaving(&self, words: &[&str]) -> Option<String> {
        let store = self.stage.subject.store();
        match words {
            ["keys"] => {
                let keys = self.stage.wait_for(store.condemned_keys(100)).expect("the store is well");
                Some(keys.len().to_string())
            }
            ["known", name] => {
                let named = self.stage.wait_for(store.named(vec![alias(name)])).expect("the store is well");
                Some(named.map_or("nobody".to_owned(), |person| format!("person {}", person.0)))
            }
            _ => None,
        }
    }
}
