//! 파기: what is written down when a person's data is removed. It names nobody.

use crate::{MessageId, PersonKey};
use jiff::Timestamp;

/// Somebody was removed: nobody finds them any more, and the key of their fields is to be destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    pub reason: RemovalReason,
    /// Which keys open what was known of them. Empty where it was sealed before people had keys of their own: then it
    /// lasts as long as the key of all such fields.
    pub keys: Vec<PersonKey>,
    /// Whether there was a draft; it goes with them.
    pub draft: bool,
    /// Messages that waited for them, and are not sent any more.
    pub messages: Vec<MessageId>,
    /// How many people they helped or were helped by; nothing of it is kept.
    pub delegations: u32,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalReason {
    /// 보유기간 경과.
    PeriodOver,
    /// 파기 요청: an operator decided so for this one person.
    Asked,
    /// Their key was destroyed before, and the ledger is older than that: a backup was restored.
    KeyGone,
}
