//! The accounts as they are now: folded from the file of events, which the service follows before every question. The
//! file is its own record of who was given what, by whom and when.

use super::account::{Account, Grant, Secrets, Setup};
use super::proposal::Proposals;
use super::session::StaffSession;
use crate::keys::Keys;
use booking::StaffId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use store::{StaffFile, StoreError};

/// Where a sealed event stands.
const SEALED: &str = "staff/event";

/// One event of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffEntry {
    pub at: Timestamp,
    /// The account that did it; None on the command line.
    pub by: Option<u64>,
    /// The address; empty on the command line.
    pub from: String,
    pub account: u64,
    pub what: StaffEvent,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffEvent {
    Added {
        login: String,
        grants: Vec<Grant>,
        setup: Setup,
    },
    /// A new code; whatever they knew before is void.
    SetupRenewed(Setup),
    /// With the step of the first code.
    SetUp {
        secrets: Secrets,
        step: u64,
    },
    /// These in place of those before.
    Granted(Vec<Grant>),
    Disabled,
    SignedIn {
        session: [u8; 16],
        step: u64,
    },
    SignInFailed,
    /// A fresh code for something big, by the step of it.
    SteppedUp {
        step: u64,
    },
    /// Something that wants two people ([`super::proposal`]); as the text of the order.
    Proposed {
        order: String,
        why: String,
    },
    /// The second person; it is carried out then, unless somebody withdraws it.
    Agreed {
        proposal: u64,
        due_at: Timestamp,
    },
    Withdrawn {
        proposal: u64,
    },
    CarriedOut {
        proposal: u64,
    },
    SignedOut {
        session: [u8; 16],
        until: Timestamp,
    },
}

/// What is known after the last event that was read.
#[derive(Debug, Default)]
pub struct Accounts {
    seq: u64,
    by_number: BTreeMap<u64, Account>,
    /// Sessions that were ended, until they would be over anyway.
    ended: HashMap<[u8; 16], Timestamp>,
    pub(super) proposals: Proposals,
}

pub struct StaffBook {
    file: Arc<dyn StaffFile>,
    keys: Arc<Keys>,
    accounts: Mutex<Accounts>,
}

impl StaffBook {
    pub fn new(file: Arc<dyn StaffFile>, keys: Arc<Keys>) -> Self {
        Self { file, keys, accounts: Mutex::default() }
    }

    /// # Errors
    /// [`StoreError`] if the file cannot be read: then nobody is let in.
    pub fn look<T>(&self, read: impl FnOnce(&Accounts) -> T) -> Result<T, StoreError> {
        Ok(read(&*self.followed()?))
    }

    /// Writes what `decide` decides on the accounts as they are; asked again where another process wrote meanwhile.
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`] if it could not be written, or whatever `decide` says, inside.
    pub fn write<E>(
        &self,
        decide: impl Fn(&Accounts) -> Result<StaffEntry, E>,
    ) -> Result<Result<(), E>, StoreError> {
        loop {
            let mut accounts = self.followed()?;
            let entry = match decide(&accounts) {
                Ok(entry) => entry,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let plain = serde_json::to_vec(&entry).expect("plain data becomes JSON");
            if self.file.append(accounts.seq, &self.keys.cipher.seal(SEALED, &plain))? {
                accounts.seq += 1;
                accounts.fold(entry);
                return Ok(Ok(()));
            }
        }
    }

    /// All events, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, or one of them is not as it was written.
    pub fn entries(&self) -> Result<Vec<StaffEntry>, StoreError> {
        self.file.after(0)?.into_iter().map(|row| self.open(row.seq, &row.sealed)).collect()
    }

    fn followed(&self) -> Result<MutexGuard<'_, Accounts>, StoreError> {
        let mut accounts = self.accounts.lock().expect("nothing panics here");
        for row in self.file.after(accounts.seq)? {
            let entry = self.open(row.seq, &row.sealed)?;
            accounts.fold(entry);
            accounts.seq = row.seq;
        }
        Ok(accounts)
    }

    fn open(&self, seq: u64, sealed: &[u8]) -> Result<StaffEntry, StoreError> {
        let plain = self.keys.cipher.open(SEALED, sealed);
        let entry = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        entry.ok_or_else(|| StoreError::Corrupt { at: format!("staff event {seq}") })
    }
}

impl Accounts {
    pub fn all(&self) -> impl Iterator<Item = &Account> {
        self.by_number.values()
    }

    pub fn named(&self, login: &str) -> Option<&Account> {
        self.by_number.values().find(|account| account.login == login)
    }

    /// The number of the next account.
    pub fn next(&self) -> u64 {
        self.by_number.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Whose session it is, while it is good.
    pub fn signed_in(&self, session: &StaffSession) -> Option<&Account> {
        let account = self.by_number.get(&session.staff.0)?;
        let is_good = !account.is_disabled
            && account.secrets.is_some()
            && session.begun_at >= account.sessions_from
            && !self.ended.contains_key(&session.id);
        is_good.then_some(account)
    }

    fn fold(&mut self, entry: StaffEntry) {
        if let StaffEvent::Added { login, grants, setup } = entry.what {
            let account = Account {
                id: StaffId(entry.account),
                login,
                grants,
                setup: Some(setup),
                secrets: None,
                last_step: 0,
                is_disabled: false,
                sessions_from: entry.at,
            };
            self.by_number.insert(entry.account, account);
            return;
        }
        self.proposals.follow(&entry);
        if let StaffEvent::SignedOut { session, until } = entry.what {
            self.ended.retain(|_, until| *until > entry.at);
            self.ended.insert(session, until);
            return;
        }
        if let Some(account) = self.by_number.get_mut(&entry.account) {
            account.take(entry.what, entry.at);
        }
    }
}

impl Account {
    fn take(&mut self, event: StaffEvent, at: Timestamp) {
        match event {
            StaffEvent::SetupRenewed(setup) => {
                (self.setup, self.secrets, self.sessions_from) = (Some(setup), None, at);
            }
            StaffEvent::SetUp { secrets, step } => {
                (self.setup, self.secrets, self.last_step) = (None, Some(secrets), step);
            }
            StaffEvent::Granted(grants) => self.grants = grants,
            StaffEvent::Disabled => (self.is_disabled, self.sessions_from) = (true, at),
            StaffEvent::SignedIn { step, .. } | StaffEvent::SteppedUp { step } => self.last_step = step,
            StaffEvent::SignInFailed
            | StaffEvent::Added { .. }
            | StaffEvent::SignedOut { .. }
            | StaffEvent::Proposed { .. }
            | StaffEvent::Agreed { .. }
            | StaffEvent::Withdrawn { .. }
            | StaffEvent::CarriedOut { .. } => {}
        }
    }
}
