//! How a connection begins: without a password where the server asks for none, else SCRAM-SHA-256 (RFC 7677), in which
//! the password never travels and the server proves that it knows it, too.

use super::frame::{Incoming, Outgoing};
use super::{Connection, Failure, Told, lost};
use crate::address::Address;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use store::Randomness;
use subtle::ConstantTimeEq as _;

const PROTOCOL: i32 = 196_608;
const MECHANISM: &str = "SCRAM-SHA-256";
/// PostgreSQL's own default is 4,096; a server that asks for millions wants to keep us busy.
const ITERATIONS_MAX: u32 = 1_000_000;

impl Connection {
    pub(super) fn log_in(&mut self, address: &Address, randomness: &dyn Randomness) -> Result<(), Failure> {
        self.out.sized(|out| {
            out.int(PROTOCOL);
            for (name, value) in [
                ("user", address.user.as_str()),
                ("database", address.database.as_str()),
                ("application_name", "charye"),
                ("client_encoding", "UTF8"),
            ] {
                out.text(name);
                out.text(value);
            }
            out.raw(&[0]);
        });
        self.send()?;
        loop {
            let message = self.read()?;
            match message.kind {
                b'R' => self.prove(&message.body, address, randomness)?,
                b'E' => return Err(Failure::Refused(Told::read(&message.body).refused)),
                b'Z' => return Ok(()),
                // Settings, the key to cancel with (nothing of ours is ever cancelled), notices.
                _ => {}
            }
        }
    }

    fn prove(&mut self, body: &[u8], address: &Address, randomness: &dyn Randomness) -> Result<(), Failure> {
        match body.first_chunk::<4>().map(|code| i32::from_be_bytes(*code)) {
            Some(0) => Ok(()),
            Some(10) if body[4..].split(|byte| *byte == 0).any(|name| name == MECHANISM.as_bytes()) => {
                self.scram(&address.password, randomness)
            }
            _ => Err(lost("the server asks for a password in a way that is not SCRAM-SHA-256")),
        }
    }

    fn scram(&mut self, password: &str, randomness: &dyn Randomness) -> Result<(), Failure> {
        let nonce = STANDARD.encode(randomness.bytes::<18>());
        let first = format!("n=,r={nonce}");
        self.out.message(b'p', |out| {
            out.text(MECHANISM);
            out.sized_value(|out| out.raw(format!("n,,{first}").as_bytes()));
        });
        let challenge = self.exchange(11)?;
        let (answer, signature) =
            answer(&first, &nonce, &challenge, password).ok_or_else(|| lost("a challenge that is none"))?;
        self.out.message(b'p', |out: &mut Outgoing| out.raw(answer.as_bytes()));
        let verdict = self.exchange(12)?;
        let shown = verdict.strip_prefix("v=").and_then(|text| STANDARD.decode(text).ok());
        let is_proved = shown.is_some_and(|shown| shown.ct_eq(&signature).into());
        if is_proved { Ok(()) } else { Err(lost("the server does not know the password itself")) }
    }

    /// Sends what was written, and reads the next step of the login.
    fn exchange(&mut self, expected: i32) -> Result<String, Failure> {
        self.send()?;
        let Incoming { kind, body } = self.read()?;
        if kind == b'E' {
            return Err(Failure::Refused(Told::read(&body).refused));
        }
        match body.split_first_chunk::<4>() {
            Some((code, text)) if kind == b'R' && i32::from_be_bytes(*code) == expected => {
                Ok(String::from_utf8_lossy(text).into_owned())
            }
            _ => Err(lost("the login went another way than SCRAM")),
        }
    }
}

/// The last message of the client, and what the server must show after it.
fn answer(first: &str, nonce: &str, challenge: &str, password: &str) -> Option<(String, [u8; 32])> {
    let field = |name: &str| challenge.split(',').find_map(|part| part.strip_prefix(name));
    let both = field("r=").filter(|both| both.len() > nonce.len() && both.starts_with(nonce))?;
    let salt = STANDARD.decode(field("s=")?).ok()?;
    let iterations = field("i=")?.parse().ok().filter(|count| (1..=ITERATIONS_MAX).contains(count))?;
    let salted = stretched(password, &salt, iterations);
    let unproved = format!("c=biws,r={both}");
    let said = format!("{first},{challenge},{unproved}");
    let client = keyed(&salted, b"Client Key");
    let signature = keyed(&Sha256::digest(client), said.as_bytes());
    let mut proof = client;
    for (byte, of_signature) in proof.iter_mut().zip(signature) {
        *byte ^= of_signature;
    }
    let shown = keyed(&keyed(&salted, b"Server Key"), said.as_bytes());
    Some((format!("{unproved},p={}", STANDARD.encode(proof)), shown))
}

/// PBKDF2 of one block.
fn stretched(password: &str, salt: &[u8], iterations: u32) -> [u8; 32] {
    let mut begin = salt.to_vec();
    begin.extend(1_u32.to_be_bytes());
    let mut last = keyed(password.as_bytes(), &begin);
    let mut sum = last;
    for _ in 1..iterations {
        last = keyed(password.as_bytes(), &last);
        for (byte, of_last) in sum.iter_mut().zip(last) {
            *byte ^= of_last;
        }
    }
    sum
}

fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC has any length");
    mac.chain_update(message).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exchange of RFC 7677, chapter 3.
    #[test]
    fn the_example_of_the_rfc_is_answered_as_there() {
        let nonce = "rOprNGfwEbeRWgbNEkqO";
        let challenge =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let (answer, shown) = answer("n=user,r=rOprNGfwEbeRWgbNEkqO", nonce, challenge, "pencil").unwrap();
        assert_eq!(
            answer,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert_eq!(STANDARD.encode(shown), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_server_that_makes_up_the_nonce_is_not_answered() {
        assert!(answer("n=,r=ours", "ours", "r=theirs,s=AAAA,i=4096", "pencil").is_none());
        assert!(answer("n=,r=ours", "ours", "r=ours,s=AAAA,i=4096", "pencil").is_none());
        assert!(answer("n=,r=ours", "ours", "r=ours+,s=AAAA,i=99999999", "pencil").is_none());
    }
}
