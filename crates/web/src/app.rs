//! Everything a handler may need, wired once by the binary.

use crate::fairness::Fairness;
use crate::front::entrance::Entrance;
use crate::front::forward::{Forwarder, Lane};
use crate::front::limits::SocketLimits;
use crate::front::tls::Tls;
use crate::gate::Gate;
use crate::identity::IdentityProvider;
use crate::keys::Keys;
use crate::looks::Looks;
use crate::messages::{DemoOutbox, MessageChannel, Resends};
use crate::overload::Planes;
use crate::overload::tries::Tries;
use crate::overload::turned_away::TurnedAway;
use crate::pages::Assets;
use crate::pairs::PairTries;
use crate::published::Prepared;
use crate::recipient_code::RecipientCodes;
use crate::search::Finder;
use crate::staff::Staff;
use crate::watching::Watching;
use booking::{Campaign, Country};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Clock, Randomness, Roster, Store};

/// Limits and facts of this process. Every limit is named.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Where people reach the service, scheme and host, without a slash at the end.
    pub public_origins: Vec<String>,
    /// TLS stands before us: cookies are `Secure` and `__Host-`.
    pub secure_cookies: bool,
    pub socket: SocketLimits,
    /// Where the line stands before another site: a turn leads there, not to a booking here.
    pub site: Option<OtherSite>,
}

/// A site that is not ours, behind a connector.
#[derive(Debug, Clone)]
pub struct OtherSite {
    /// Scheme and host, without a slash at the end.
    pub origin: String,
    /// Korean, English: as people know it.
    pub name: (String, String),
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
    /// In a process that has no ledger: the way to the one that has it.
    pub forwarder: Option<Arc<Forwarder>>,
    /// Places for requests that ask the ledger.
    pub planes: Planes,
    pub turned_away: TurnedAway,
    pub tries: Tries,
    pub watching: Watching,
    /// Counted where the ledger is.
    pub fairness: Fairness,
    /// Kept where the ledger is.
    pub looks: Looks,
    pub draining: Draining,
    /// Where the staff's pages are answered: beside the ledger.
    pub staff: Option<Arc<Staff>>,
}

/// This process is about to end: whoever keeps a connection is told with the next answer that it ends, too, and finds
/// another process at the same address.
#[derive(Debug, Default)]
pub struct Draining(AtomicBool);

impl Draining {
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
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

    /// A desk process, which answers the staff alone.
    pub fn is_for_staff(&self) -> bool {
        self.forwarder.as_ref().is_some_and(|forwarder| forwarder.lane() == Lane::Desk)
    }

    /// Whether the ledger accepts writes, here or, as far as the line has heard, where it is.
    pub fn booking_is_well(&self) -> bool {
        self.store.is_well() || (self.forwarder.is_some() && self.gate.booking_is_well())
    }

    pub fn is_demo(&self) -> bool {
        self.demo_outbox.is_some()
    }
}
