//! The keys of a service. They come from a folder that is neither in the data folder nor in its backup.

use crate::cipher::Cipher;
use crate::field_keys::FieldKeys;
use crate::key_tree::KeyTree;
use crate::person_keys::{NoShelf, PersonKeys};
use crate::person_name;
use booking::{PersonAlias, PersonKey};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::Arc;
use store::Randomness;
use waiting_room::{KeyId, KeyRing};

/// Thirty-two secret bytes each, as the binary reads them from its folder.
#[derive(Clone)]
pub struct KeyMaterial {
    /// Signs tickets, passes, sessions and forms; the id tells them apart in a rotation.
    pub tokens: (u8, [u8; 32]),
    pub tokens_before: Option<(u8, [u8; 32])>,
    /// Hashes what names a person.
    pub aliases: [u8; 32],
    /// Seals personal fields; later ones come with [`FieldKeys::add`].
    pub fields: [u8; 32],
    /// Signs the gate document.
    pub gate: [u8; 32],
}

pub struct Keys {
    pub tokens: KeyRing,
    pub cipher: Arc<dyn Cipher>,
    /// The keys behind the cipher.
    pub fields: Arc<FieldKeys>,
    /// Of each person one.
    pub people: Arc<PersonKeys>,
    aliases: Hmac<Sha256>,
    gate: SigningKey,
}

impl Keys {
    /// The keys of people last as long as the process.
    pub fn new(material: &KeyMaterial, random: Arc<dyn Randomness>) -> Self {
        let tree = KeyTree::new(random.bytes());
        let people = PersonKeys::new(tree, PersonKey(0), Box::new(NoShelf));
        Self::with_people(material, people, random)
    }

    pub fn with_people(material: &KeyMaterial, people: PersonKeys, random: Arc<dyn Randomness>) -> Self {
        let people = Arc::new(people);
        let (id, secret) = &material.tokens;
        let tokens = match &material.tokens_before {
            Some((before, old)) => KeyRing::new(KeyId(*before), old).rotated(KeyId(*id), secret),
            None => KeyRing::new(KeyId(*id), secret),
        };
        let fields = Arc::new(FieldKeys::new(&material.fields, Arc::clone(&people), random));
        Self {
            tokens,
            cipher: Arc::clone(&fields) as Arc<dyn Cipher>,
            fields,
            people,
            aliases: Hmac::new_from_slice(&material.aliases).expect("HMAC takes a key of any length"),
            gate: SigningKey::from_bytes(&material.gate),
        }
    }

    /// Keyed hash of what an identity provider calls a person.
    pub fn alias(&self, provider: &str, subject: &str) -> PersonAlias {
        let mut mac = self.aliases.clone();
        mac.update(provider.as_bytes());
        mac.update(&[0]);
        mac.update(subject.as_bytes());
        PersonAlias(mac.finalize().into_bytes().into())
    }

    /// Keyed hash of a resident, foreigner's or temporary number, in the form that [`crate::person_number`] gives it.
    pub fn number_alias(&self, number: &str) -> PersonAlias {
        self.alias("number", number)
    }

    /// Keyed hash of a number and a name together, however the name is typed: who knows one of them learns nothing.
    pub fn pair_alias(&self, number: &str, name: &str) -> PersonAlias {
        self.alias("pair", &format!("{number}|{}", person_name::normalised(name)))
    }

    pub fn sign_gate_document(&self, signed_part: &str) -> [u8; 64] {
        self.gate.sign(signed_part.as_bytes()).to_bytes()
    }

    /// For connectors and auditors, in hexadecimal.
    pub fn gate_public_key(&self) -> String {
        crate::published::hex(&self.gate.verifying_key().to_bytes())
    }
}
