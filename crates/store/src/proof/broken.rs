//! What can be found broken, in facts; the words for people stand in the binary.

use booking::{
    AppointmentId, CampaignId, DoseNumber, HoldId, MessageId, PersonId, RegionCode, RequestKey, SlotId,
    WaitId,
};

/// The first record that breaks a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// `seq` of the journal.
    pub row: u64,
    /// Counted from 1 within the row; None where it is the row as a whole, or what is missing after it.
    pub record: Option<u32>,
    pub broken: Broken,
}

/// What is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Every row is there, as it was written.
    Chain,
    /// The journal does not end before its second witness.
    Head,
    /// Every record can be read, and no number is given twice.
    Records,
    /// Never more taken in a slot than was offered then.
    Capacity,
    /// Free + held + booked + blocked = capacity, whichever way they are counted: along the way, at the end, by the service.
    Conservation,
    /// One live appointment for each person, campaign and dose.
    OneAppointment,
    /// One live hold for each booker, one entry for whoever waits; a hold or an offer is used up once, before its end,
    /// and whole.
    Holds,
    /// Second doses follow live first ones within the interval.
    SecondDoses,
    /// No more first doses than a 시·도 has.
    Supply,
    /// Nobody books before the opening, without a pass, or for somebody without their leave.
    Leave,
    /// No key is answered twice, and every answer says what happened.
    Idempotency,
    /// Whoever moved, cancelled or recorded an appointment is on record in the same step, and the record is the one of
    /// which heads were given away.
    Audit,
}

impl Claim {
    pub const ALL: [Self; 12] = [
        Self::Chain,
        Self::Head,
        Self::Records,
        Self::Capacity,
        Self::Conservation,
        Self::OneAppointment,
        Self::Holds,
        Self::SecondDoses,
        Self::Supply,
        Self::Leave,
        Self::Idempotency,
        Self::Audit,
    ];

    /// Whether the journal itself is hurt: a service does not start on it. The others are wrong decisions, faithfully
    /// written down.
    pub fn is_damage(self) -> bool {
        matches!(self, Self::Chain | Self::Head | Self::Records)
    }

    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Head => "head",
            Self::Records => "records",
            Self::Capacity => "capacity",
            Self::Conservation => "conservation",
            Self::OneAppointment => "one_appointment",
            Self::Holds => "holds",
            Self::SecondDoses => "second_doses",
            Self::Supply => "supply",
            Self::Leave => "leave",
            Self::Idempotency => "idempotency",
            Self::Audit => "audit",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    RowMissing {
        row: u64,
    },
    ChainDoesNotHold,
    HeadKnowsAnother,
    EndsBeforeHead {
        head: u64,
    },
    Unreadable {
        at: String,
    },
    PersonTwice {
        person: PersonId,
    },
    PersonUnknown {
        person: PersonId,
    },
    /// One alias, two people.
    AliasOfTwo {
        first: PersonId,
        second: PersonId,
    },
    HoldTwice {
        hold: HoldId,
    },
    AppointmentTwice {
        appointment: AppointmentId,
    },
    MessageTwice {
        message: MessageId,
    },
    SlotUnknown {
        slot: SlotId,
    },
    OverCapacity {
        slot: SlotId,
        taken: u32,
        capacity: u32,
    },
    NotBlocked {
        slot: SlotId,
        places: u32,
    },
    /// Counted along the way, and from what stands at the end.
    CountsDiffer {
        slot: SlotId,
        counted: (u32, u32),
        found: (u32, u32),
    },
    AppointmentDiffers {
        appointment: AppointmentId,
    },
    HoldDiffers {
        hold: HoldId,
    },
    DosesDiffer {
        campaign: CampaignId,
        sido: RegionCode,
        counted: u32,
        found: u32,
    },
    TwoAppointments {
        person: PersonId,
        campaign: CampaignId,
        dose: DoseNumber,
        first: AppointmentId,
        second: AppointmentId,
    },
    AppointmentNotLive {
        appointment: AppointmentId,
    },
    TwoHolds {
        booker: PersonId,
        first: HoldId,
        second: HoldId,
    },
    /// There is none, or no longer.
    HoldUnknown {
        hold: HoldId,
    },
    /// A place that no hold of the same step gives.
    WithoutHold {
        appointment: AppointmentId,
    },
    HoldOver {
        hold: HoldId,
    },
    HoldInPart {
        hold: HoldId,
    },
    FirstDoseMissing {
        person: PersonId,
        second: AppointmentId,
    },
    IntervalWrong {
        person: PersonId,
        first: AppointmentId,
        second: AppointmentId,
    },
    SupplyExceeded {
        campaign: CampaignId,
        sido: RegionCode,
        taken: u32,
        supply: u32,
    },
    BeforeOpening {
        campaign: CampaignId,
    },
    WithoutPass {
        booker: PersonId,
        campaign: CampaignId,
    },
    WithoutLeave {
        booker: PersonId,
        recipient: PersonId,
    },
    /// A number that is given twice, two for one person, none where one ends.
    WaitMisused {
        wait: WaitId,
    },
    /// Two at once, none where one is answered, an answer out of its time, or taken in part.
    OfferMisused {
        wait: WaitId,
    },
    /// Decided about before the places that came back before it.
    NotAwaited {
        slot: SlotId,
    },
    AnsweredTwice {
        key: RequestKey,
        is_same: bool,
    },
    AnswerUntrue {
        outcome: String,
    },
    /// It was changed, and nobody is on record for it.
    NotOnRecord {
        appointment: AppointmentId,
    },
    /// A head that was given away knows another event there.
    AuditHeadKnowsAnother {
        event: u64,
    },
    AuditEndsBeforeHead {
        head: u64,
    },
    /// The service would go on from another end.
    AuditHeadDiffers {
        event: u64,
    },
}

impl Broken {
    pub fn claim(&self) -> Claim {
        match self {
            Self::RowMissing { .. } | Self::ChainDoesNotHold => Claim::Chain,
            Self::HeadKnowsAnother | Self::EndsBeforeHead { .. } => Claim::Head,
            Self::Unreadable { .. }
            | Self::PersonTwice { .. }
            | Self::PersonUnknown { .. }
            | Self::AliasOfTwo { .. }
            | Self::HoldTwice { .. }
            | Self::AppointmentTwice { .. }
            | Self::MessageTwice { .. } => Claim::Records,
            Self::SlotUnknown { .. } | Self::OverCapacity { .. } => Claim::Capacity,
            Self::NotBlocked { .. }
            | Self::CountsDiffer { .. }
            | Self::DosesDiffer { .. }
            | Self::AppointmentDiffers { .. }
            | Self::HoldDiffers { .. } => Claim::Conservation,
            Self::TwoAppointments { .. } | Self::AppointmentNotLive { .. } => Claim::OneAppointment,
            Self::TwoHolds { .. }
            | Self::HoldUnknown { .. }
            | Self::WithoutHold { .. }
            | Self::HoldOver { .. }
            | Self::HoldInPart { .. }
            | Self::WaitMisused { .. }
            | Self::OfferMisused { .. }
            | Self::NotAwaited { .. } => Claim::Holds,
            Self::FirstDoseMissing { .. } | Self::IntervalWrong { .. } => Claim::SecondDoses,
            Self::SupplyExceeded { .. } => Claim::Supply,
            Self::BeforeOpening { .. } | Self::WithoutPass { .. } | Self::WithoutLeave { .. } => Claim::Leave,
            Self::AnsweredTwice { .. } | Self::AnswerUntrue { .. } => Claim::Idempotency,
            Self::NotOnRecord { .. }
            | Self::AuditHeadKnowsAnother { .. }
            | Self::AuditEndsBeforeHead { .. }
            | Self::AuditHeadDiffers { .. } => Claim::Audit,
        }
    }
}
