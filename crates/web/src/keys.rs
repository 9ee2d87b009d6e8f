//! The keys of a service. They come from a folder that is neither in the data folder nor in its backup.

use crate::cipher::Cipher;
use crate::field_keys::{FIRST, FieldKeys};
use crate::key_tree::KeyTree;
use crate::person_keys::{NoShelf, PersonKeys};
use crate::person_name;
use booking::{PersonAlias, PersonKey};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
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
    /// Of codes and references: the same for as long as the process lives.
    aliases: Hmac<Sha256>,
    names: RwLock<Names>,
    gate: SigningKey,
}

/// What hashes the names of people: the newest names them, the one before still finds them until everybody is named
/// anew.
struct Names {
    number: u8,
    newest: Hmac<Sha256>,
    former: Option<Hmac<Sha256>>,
    /// Whether nobody is found by the former key alone any more.
    all_renamed: bool,
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
            names: RwLock::new(Names {
                number: FIRST,
                newest: hmac(&material.aliases),
                former: None,
                all_renamed: true,
            }),
            aliases: hmac(&material.aliases),
            gate: SigningKey::from_bytes(&material.gate),
        }
    }

    /// Keyed hash of a code, a reference or a number, by what it is for.
    pub fn alias(&self, what: &str, text: &str) -> PersonAlias {
        hashed(&self.aliases, what, text)
    }

    /// Keyed hash of what an identity provider calls a person.
    pub fn subject_alias(&self, provider: &str, subject: &str) -> PersonAlias {
        hashed(&self.names().newest, provider, subject)
    }

    /// From now on people are named by the newest; `former` still finds them.
    pub fn name_people_by(&self, number: u8, newest: &[u8; 32], former: Option<&[u8; 32]>) {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        let all_renamed = former.is_none() || (names.number == number && names.all_renamed);
        *names = Names { number, newest: hmac(newest), former: former.map(hmac), all_renamed };
    }

    /// The number of the key that names people, and whether there is one before it.
    pub fn names_key(&self) -> (u8, bool) {
        let names = self.names();
        (names.number, names.former.is_some())
    }

    pub fn all_renamed(&self) -> bool {
        self.names().all_renamed
    }

    /// Everybody was looked at under that key, and is named by it.
    pub(crate) fn note_all_renamed(&self, number: u8) {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.all_renamed |= names.number == number;
    }

    fn names(&self) -> RwLockReadGuard<'_, Names> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keyed hash of a resident, foreigner's or temporary number, in the form that [`crate::person_number`] gives it.
    pub fn number_alias(&self, number: &str) -> PersonAlias {
        self.alias("number", number)
    }

    /// Keyed hash of a number and a name together, however the name is typed: who knows one of them learns nothing.
    pub fn pair_alias(&self, number: &str, name: &str) -> PersonAlias {
        hashed(&self.names().newest, PAIR, &pair(number, name))
    }

    /// As [`Keys::pair_alias`], under the key before; None unless people are being named anew.
    pub fn former_pair_alias(&self, number: &str, name: &str) -> Option<PersonAlias> {
        self.names().former.as_ref().map(|former| hashed(former, PAIR, &pair(number, name)))
    }

    /// What a roster made with the newest key bears, then one made with the key before.
    pub fn roster_checks(&self) -> Vec<PersonAlias> {
        let names = self.names();
        let keys = [Some(&names.newest), names.former.as_ref()];
        keys.into_iter().flatten().map(|key| hashed(key, "roster", "key check")).collect()
    }

    pub fn sign_gate_document(&self, signed_part: &str) -> [u8; 64] {
        self.gate.sign(signed_part.as_bytes()).to_bytes()
    }

    pub fn sign_handover(&self, bytes: &[u8]) -> [u8; 64] {
        self.gate.sign(bytes).to_bytes()
    }

    /// For connectors and auditors, in hexadecimal.
    pub fn gate_public_key(&self) -> String {
        crate::published::hex(&self.gate.verifying_key().to_bytes())
    }
}

const PAIR: &str = "pair";

fn pair(number: &str, name: &str) -> String {
    format!("{number}|{}", person_name::normalised(name))
}

fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

fn hashed(key: &Hmac<Sha256>, what: &str, text: &str) -> PersonAlias {
    let mut mac = key.clone();
    mac.update(what.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    PersonAlias(mac.finalize().into_bytes().into())
}
