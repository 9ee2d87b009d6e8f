//! Everything a handler may need, wired once by the binary.

use crate::front::entrance::Entrance;
use crate::front::limits::SocketLimits;
use crate::front::tls::Tls;
use crate::gate::Gate;
use crate::identity::IdentityProvider;
use crate::keys::Keys;
use crate::messages::{DemoOutbox, MessageChannel, Resends};
use crate::pages::Assets;
use crate::pairs::PairTries;
use crate::published::Prepared;
use crate::recipient_code::RecipientCodes;
use crate::search::Finder;
use booking::{Campaign, Country};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Clock, Randomness, Roster, Store};
use tokio::sync::Semaphore;

/// Limits and facts of this process. Every limit is named.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Where people reach the service, scheme and host, without a slash at the end.
    pub public_origins: Vec<String>,
    /// TLS stands before us: cookies are `Secure` and `__Host-`.
    pub secure_cookies: bool,
    pub socket: SocketLimits,
    /// Requests behind the gate that are worked on at once.
    pub booking_requests_max: usize,
    /// How long such a request may wait for its turn before it is told to come again.
    pub booking_wait_max: SignedDuration,
}

pub struct App {
    pub settings: WebSettings,
    pub country: Arc<Country>,
    pub store: Arc<dyn Store>,
    /// Who belongs to a group that needs a roster; without one it says that it is not present.
    pub roster: Arc<dyn Roster>,
    pub pair_tries: PairTries,
    /// Where the campaign wants the recipient to agree by a code.
    pub recipient_codes: RecipientCodes,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Randomness>,
    pub keys: Arc<Keys>,
    pub gate: Arc<Gate>,
    pub identity: Arc<dyn IdentityProvider>,
    pub channel: Arc<dyn MessageChannel>,
    pub resends: Resends,
    /// Only a demo shows what was sent to people's phones.
    pub demo_outbox: Option<Arc<DemoOutbox>>,
    pub assets: Assets,
    pub static_plane: HashMap<String, Prepared>,
    pub finder: Finder,
    pub names: CampaignNames,
    pub gate_document_path: String,
    pub ticket_path: String,
    pub tickets_path: String,
    /// Who is served at the socket.
    pub entrance: Arc<Entrance>,
    /// Without it the socket speaks plain HTTP, behind a proxy that speaks TLS.
    pub tls: Option<Arc<Tls>>,
    pub booking_slots: Semaphore,
}

/// The words for a campaign; they come from the country's files.
#[derive(Debug, Clone)]
pub struct CampaignNames {
    pub name: (String, String),
    pub vaccine: (String, String),
}

impl App {
    pub fn campaign(&self) -> &Campaign {
        &self.gate.campaign
    }

    pub fn is_demo(&self) -> bool {
        self.demo_outbox.is_some()
    }
}
