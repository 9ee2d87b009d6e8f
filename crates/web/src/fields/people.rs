//! How fields about people are read: numbers, relations, consents, and the names the service gives to people.

use crate::wording::consent;
use booking::{ConsentVersion, Relation};

/// What a recipient can be to a helper, as forms and programs write it.
pub const RELATIONS: [(&str, Relation); 6] = [
    ("parent", Relation::Parent),
    ("spouse", Relation::Spouse),
    ("child", Relation::Child),
    ("sibling", Relation::Sibling),
    ("other-family", Relation::OtherFamily),
    ("carer", Relation::Carer),
];

/// Hexadecimal digits of the name that one person knows another by; see [`crate::people`].
pub const REFERENCE_LENGTH: usize = 32;

pub fn relation_code(relation: Relation) -> &'static str {
    let known = RELATIONS.iter().find(|(_, known)| *known == relation);
    known.expect("every relation stands in the list").0
}

pub(super) fn parse_relation(text: &str) -> Option<Relation> {
    RELATIONS.iter().find(|(code, _)| *code == text).map(|(_, relation)| *relation)
}

/// Only a text that is shown today can be agreed to.
pub(super) fn parse_consent(text: &str) -> Option<ConsentVersion> {
    let current = consent::CURRENT.version;
    (text == current.0.to_string()).then_some(current)
}

pub(super) fn is_reference(text: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == REFERENCE_LENGTH && text.bytes().all(is_hex)
}
