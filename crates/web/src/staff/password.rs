//! Passwords: Argon2id (RFC 9106) with the parameters that OWASP names, two at a time, so that nobody can use it to take
//! the machine's memory or its cores.

use super::account::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const AT_ONCE: usize = 2;

pub(super) struct Hashing(Semaphore);

impl Default for Hashing {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Hashing {
    pub(super) async fn hash(&self, password: String, salt: [u8; 16]) -> PasswordHash {
        self.with(PasswordHash { memory_kib: MEMORY_KIB, passes: PASSES, salt, hash: [0; 32] }, password)
            .await
    }

    /// Takes as long where there is no account: then `known` is None, and the answer no.
    pub(super) async fn is_right(&self, password: String, known: Option<PasswordHash>) -> bool {
        let exists = known.is_some();
        let nobody = PasswordHash { memory_kib: MEMORY_KIB, passes: PASSES, salt: [0; 16], hash: [0; 32] };
        let known = known.unwrap_or(nobody);
        let computed = self.with(known, password).await;
        exists && bool::from(computed.hash.ct_eq(&known.hash))
    }

    async fn with(&self, parameters: PasswordHash, password: String) -> PasswordHash {
        let _place = self.0.acquire().await.expect("the semaphore is never closed");
        let hashed = tokio::task::spawn_blocking(move || compute(parameters, &password));
        hashed.await.expect("hashing does not panic")
    }
}

fn compute(parameters: PasswordHash, password: &str) -> PasswordHash {
    let PasswordHash { memory_kib, passes, salt, .. } = parameters;
    let params = Params::new(memory_kib, passes, 1, Some(32)).expect("they were good when they were written");
    let mut memory = vec![Block::default(); params.block_count()];
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), &salt, &mut hash, &mut memory)
        .expect("lengths are bounded before");
    PasswordHash { hash, ..parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_right_only_as_it_was_set() {
        let hashing = Hashing::default();
        let known = hashing.hash("twelve letters".to_owned(), [7; 16]).await;
        assert!(hashing.is_right("twelve letters".to_owned(), Some(known)).await);
        assert!(!hashing.is_right("twelve letterz".to_owned(), Some(known)).await);
        assert!(!hashing.is_right("twelve letters".to_owned(), None).await);
        let other = hashing.hash("twelve letters".to_owned(), [8; 16]).await;
        assert_ne!(other.hash, known.hash, "the salt counts");
    }
}
