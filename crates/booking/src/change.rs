//! What the ledger writes: one [`Change`] per fact that became true. The journal is a list of them.

use crate::{
    AppointmentId, AuditEntry, CampaignId, ClinicId, ConsentVersion, DoseNumber, Few, HoldId, MessageId,
    Offer, OfferEnd, PersonAlias, PersonId, PersonKey, Removal, RequestKey, SessionId, SlotId, StaffId,
    Supply, TicketRef, WaitEnd, WaitEntry, WaitId,
};
use jiff::Timestamp;
use jiff::civil::Date;

mod outcome;

pub use outcome::{Message, MessageKind, Outcome};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Opened {
        campaign: CampaignId,
        at: Timestamp,
    },
    Closed {
        campaign: CampaignId,
        at: Timestamp,
    },
    /// `sealed` is opaque here: the fields are encrypted before they reach the ledger.
    PersonRegistered {
        person: PersonId,
        alias: PersonAlias,
        sealed: Vec<u8>,
    },
    /// Another number or provider id that names somebody who is known already.
    PersonKnownAs {
        person: PersonId,
        alias: PersonAlias,
    },
    /// What the person proved last; it takes the place of what was known.
    PersonUpdated {
        person: PersonId,
        sealed: Vec<u8>,
    },
    /// Their data is gone; what they booked stays, and is nobody's.
    PersonRemoved {
        person: PersonId,
        removal: Removal,
    },
    /// The keys of people who were removed are gone for good.
    KeysDestroyed {
        keys: Vec<PersonKey>,
        at: Timestamp,
    },
    /// The same person under hashes of another key: the old ones name nobody any more.
    AliasesRenewed {
        person: PersonId,
        old: Vec<PersonAlias>,
        new: Vec<PersonAlias>,
    },
    DelegationGiven {
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
        delegation: Delegation,
    },
    /// The recipient agreed by a code that came to their phone on record. It follows the delegation it stands for.
    DelegationProved {
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
        at: Timestamp,
    },
    DelegationEnded {
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
        by: PersonId,
        at: Timestamp,
    },
    /// The recipient takes a revocation back: the helper may ask again.
    HelperAllowed {
        campaign: CampaignId,
        booker: PersonId,
        recipient: PersonId,
    },
    /// What a person prepared, opaque here; empty when it was thrown away.
    DraftSaved {
        person: PersonId,
        sealed: Vec<u8>,
    },
    SessionEnded {
        session: SessionId,
        until: Timestamp,
    },
    Admitted {
        campaign: CampaignId,
        person: PersonId,
        admission: Admission,
    },
    Held {
        id: HoldId,
        hold: Hold,
    },
    HoldExtended {
        id: HoldId,
        expires_at: Timestamp,
    },
    HoldEnded {
        id: HoldId,
        end: HoldEnd,
    },
    /// A hold or an appointment was given up: whoever does so again and again waits before the next hold.
    PlaceAbandoned {
        campaign: CampaignId,
        booker: PersonId,
        at: Timestamp,
    },
    Booked {
        id: AppointmentId,
        appointment: Appointment,
    },
    /// The appointment keeps its number and changes its place.
    Moved {
        id: AppointmentId,
        to: SlotId,
        by: PersonId,
        at: Timestamp,
    },
    Cancelled {
        id: AppointmentId,
        by: PersonId,
        at: Timestamp,
    },
    /// 접수, with the number of the arrival at the clinic that day (배번).
    CheckedIn {
        id: AppointmentId,
        number: u16,
        by: StaffId,
        at: Timestamp,
    },
    /// Not vaccinated at that visit. The second dose, if it was still to come, goes with a first.
    NoShow {
        id: AppointmentId,
        dropped: Option<AppointmentId>,
        by: StaffId,
        at: Timestamp,
    },
    /// 접종 완료.
    Fulfilled {
        id: AppointmentId,
        is_correction: bool,
        by: StaffId,
        at: Timestamp,
    },
    MessageQueued {
        id: MessageId,
        message: Message,
    },
    MessageSent {
        id: MessageId,
    },
    /// What cannot be read off another change: what staff did or looked at, and whose appointment was moved or cancelled.
    Audited(AuditEntry),
    /// Somebody waits for a place from now on.
    Waited {
        id: WaitId,
        entry: WaitEntry,
    },
    WaitEnded {
        id: WaitId,
        end: WaitEnd,
        at: Timestamp,
    },
    /// A place came back where people wait: it is for the first of them before it is for anybody.
    PlaceAwaited {
        slot: SlotId,
    },
    /// The place that was awaited longest is kept for one of them.
    PlaceOffered {
        id: WaitId,
        offer: Offer,
    },
    /// Nobody wanted the place that was awaited longest: it is for everybody.
    PlacePassed {
        slot: SlotId,
    },
    OfferEnded {
        id: WaitId,
        end: OfferEnd,
        at: Timestamp,
    },
    EligibilityCorrected {
        campaign: CampaignId,
        person: PersonId,
        correction: Correction,
    },
    AdmissionRevoked {
        campaign: CampaignId,
        person: PersonId,
        at: Timestamp,
    },
    /// Both names are one person's from now on. There is no way back: what belonged to whom is not kept.
    PeopleMerged {
        survivor: PersonId,
        merged: PersonId,
        at: Timestamp,
    },
    /// 예약 제한: places of a slot that are not offered for now.
    Blocked {
        slot: SlotId,
        places: u32,
        by: StaffId,
        at: Timestamp,
    },
    Unblocked {
        slot: SlotId,
        places: u32,
        by: StaffId,
        at: Timestamp,
    },
    /// What the clinic says of a band, or of every band of the day, overrides the country's list; a capacity of None
    /// takes the statement back.
    CapacitySet {
        clinic: ClinicId,
        visit_on: Date,
        starts_min: Option<u16>,
        capacity: Option<u16>,
        by: StaffId,
        at: Timestamp,
    },
    /// The whole of the supply as it stands now; it overrides the campaign's file.
    SupplySet {
        campaign: CampaignId,
        supply: Supply,
        by: StaffId,
        at: Timestamp,
    },
    /// The answer to a keyed request, kept so that the second answer equals the first.
    Answered {
        key: RequestKey,
        body: [u8; 32],
        outcome: Outcome,
        at: Timestamp,
    },
}

/// A pass on record: who came in, by which ticket. Being admitted again renews `expires_at` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    pub ticket: TicketRef,
    pub queue_number: u64,
    pub admitted_at: Timestamp,
    pub expires_at: Timestamp,
    /// Eligibility, frozen when identity was bound.
    pub eligible: bool,
}

/// Whether one person is of the group, whatever the group and the roster say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    pub eligible: bool,
    /// Whether it means somebody, too, who was let in or named by a helper before.
    pub also_admitted: bool,
    pub at: Timestamp,
}

/// 대리: who may book for somebody, and what was said when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delegation {
    pub relation: Relation,
    /// Eligibility of the recipient, frozen when they were named.
    pub eligible: bool,
    /// Which text of the consent the helper agreed to; the texts stand with the words.
    pub consent: ConsentVersion,
    pub given_at: Timestamp,
}

/// What the recipient is to the helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Parent,
    Spouse,
    Child,
    Sibling,
    OtherFamily,
    /// A person of trust without kinship: guardian, carer, staff of a home.
    Carer,
}

/// A delegation as the ledger knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelegationRecord {
    pub campaign: CampaignId,
    pub booker: PersonId,
    pub recipient: PersonId,
    pub delegation: Delegation,
    /// When the recipient agreed by a code, where the campaign wants one.
    pub proved_at: Option<Timestamp>,
    /// By whom, and when.
    pub ended: Option<(PersonId, Timestamp)>,
}

impl DelegationRecord {
    pub fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    /// Ended by the recipient: the helper cannot begin anew.
    pub fn is_revoked(&self) -> bool {
        self.ended.is_some_and(|(by, _)| by == self.recipient)
    }
}

/// 임시 선점: places reserved for minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub campaign: CampaignId,
    pub booker: PersonId,
    pub places: Few<Place>,
    /// For a change: what each place takes the place of, in the same order. Empty for a new booking.
    pub replaces: Vec<Replaced>,
    pub held_at: Timestamp,
    pub expires_at: Timestamp,
    pub extended: bool,
}

/// One place of a hold: who gets which dose when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub recipient: PersonId,
    pub dose: DoseNumber,
    pub slot: SlotId,
}

/// An appointment as it stood when its change began; it must still stand so when the change is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    pub appointment: AppointmentId,
    pub slot: SlotId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    Confirmed,
    Released,
    Expired,
}

/// 예약.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    pub campaign: CampaignId,
    pub place: Place,
    pub booker: PersonId,
    pub booked_at: Timestamp,
    pub state: AppointmentState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentState {
    Booked,
    Cancelled {
        at: Timestamp,
    },
    /// 접수: the person is at the clinic; `number` is that of their arrival.
    CheckedIn {
        at: Timestamp,
        number: u16,
    },
    /// 접종 완료.
    Fulfilled {
        at: Timestamp,
    },
    /// 접종하지 않음.
    NoShow {
        at: Timestamp,
    },
}
