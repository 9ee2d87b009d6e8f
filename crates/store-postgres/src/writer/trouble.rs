//! Why a batch was not carried out.

use crate::wire::{Failure, Refused};
use store::StoreError;

/// Why a batch was not carried out.
pub(super) enum Trouble {
    /// A guard of the database refused it.
    Guarded(Refused),
    /// The database is not there, or busy; another attempt may do.
    Away(StoreError),
    Full,
    /// What this node remembers is not what the database says.
    Broken(StoreError),
}

/// Whether another connection, perhaps to another server, is better than this one.
pub(super) fn is_useless(failure: &Failure) -> bool {
    const READ_ONLY: &str = "25006";
    match failure {
        Failure::Refused(refused) => refused.code == READ_ONLY,
        Failure::Lost(_) => true,
    }
}

/// By SQLSTATE: what a guard says, what a full disk says, and everything else.
pub(super) fn trouble(failure: Failure) -> Trouble {
    match failure {
        Failure::Refused(refused) if refused.code.starts_with("23") || refused.code == "22012" => {
            Trouble::Guarded(refused)
        }
        other => match StoreError::from(other) {
            StoreError::Full => Trouble::Full,
            away => Trouble::Away(away),
        },
    }
}

pub(super) fn told(trouble: Trouble) -> StoreError {
    match trouble {
        Trouble::Guarded(refused) => StoreError::unavailable_because("the database refuses", refused),
        Trouble::Full => StoreError::Full,
        Trouble::Away(error) | Trouble::Broken(error) => error,
    }
}
