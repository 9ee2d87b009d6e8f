use super::*;
use crate::CampaignId;
use crate::rules::tests::*;
use jiff::civil::date;

fn given() -> Delegation {
    Delegation {
        relation: Relation::Parent,
        eligible: true,
        consent: ConsentVersion(1),
        given_at: at("12 20:30"),
    }
}

fn between(ended: Option<(PersonId, Timestamp)>) -> DelegationRecord {
    DelegationRecord {
        campaign: CampaignId(1),
        booker: KIM,
        recipient: LEE,
        delegation: given(),
        proved_at: None,
        ended,
    }
}

#[test]
fn delegating() {
    let campaign = campaign();
    let facts = DelegateFacts {
        campaign: &campaign,
        opening: NOT_YET,
        now: at("12 20:30"),
        booker: KIM,
        recipient: LEE,
        candidate: born(date(1965, 5, 1)),
        corrected: None,
        relation: Relation::Parent,
        consent: ConsentVersion(1),
        code_sent_at: None,
        earlier: None,
        live: 3,
        named: 11,
    };
    let young = born(date(1990, 1, 1));
    let group = campaign.group;
    let not_eligible = Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to };
    let full = || Err(Refusal::RecipientsFull { recipients_max: 4 });
    let ended = |by| Some(between(Some((by, at("12 20:10")))));
    let revoked = Refusal::DelegationRevoked { revoked_at: at("12 20:10") };
    check(vec![
        ("closed", delegate(&DelegateFacts { opening: closed(), ..facts }), Err(campaign_closed())),
        ("oneself", delegate(&DelegateFacts { recipient: KIM, ..facts }), Err(Refusal::RecipientIsBooker)),
        ("revoked", delegate(&DelegateFacts { earlier: ended(LEE), live: 4, ..facts }), Err(revoked)),
        ("twice", delegate(&DelegateFacts { earlier: Some(between(None)), live: 4, ..facts }), Ok(None)),
        ("a fifth", delegate(&DelegateFacts { live: 4, candidate: young, ..facts }), full()),
        ("one after the other", delegate(&DelegateFacts { live: 0, named: 12, ..facts }), full()),
        ("too young", delegate(&DelegateFacts { candidate: young, ..facts }), Err(not_eligible)),
        ("the fourth", delegate(&facts), Ok(Some(given()))),
        (
            "again, given up before",
            delegate(&DelegateFacts { earlier: ended(KIM), ..facts }),
            Ok(Some(given())),
        ),
    ]);
}

#[test]
fn a_campaign_may_want_a_code_that_the_recipient_reads_out() {
    let mut campaign = campaign();
    campaign.limits.recipient_code = true;
    let facts = DelegateFacts {
        campaign: &campaign,
        opening: NOT_YET,
        now: at("12 20:30"),
        booker: KIM,
        recipient: LEE,
        candidate: born(date(1965, 5, 1)),
        corrected: None,
        relation: Relation::Parent,
        consent: ConsentVersion(1),
        code_sent_at: Some(at("12 20:21")),
        earlier: None,
        live: 0,
        named: 0,
    };
    let needed = || Err(Refusal::RecipientCodeNeeded);
    let ended = |by, time| Some(between(Some((by, at(time)))));
    let with = |code_sent_at| delegate(&DelegateFacts { code_sent_at, ..facts });
    let after = |earlier| delegate(&DelegateFacts { earlier, ..facts });
    let young = born(date(1990, 1, 1));
    let revoked = Refusal::DelegationRevoked { revoked_at: at("12 20:10") };
    check(vec![
        ("without", with(None), needed()),
        ("at once", with(Some(at("12 20:30"))), Ok(Some(given()))),
        ("nine minutes old", delegate(&facts), Ok(Some(given()))),
        ("ten minutes old", with(Some(at("12 20:20"))), needed()),
        ("of tomorrow", with(Some(at("12 20:31"))), needed()),
        ("ended since", after(ended(KIM, "12 20:22")), needed()),
        ("ended before", after(ended(KIM, "12 20:21")), Ok(Some(given()))),
        ("revoked before", after(ended(LEE, "12 20:10")), Err(revoked)),
        (
            "not even who is refused is said without",
            delegate(&DelegateFacts {
                code_sent_at: None,
                earlier: ended(LEE, "12 20:10"),
                candidate: young,
                live: 4,
                ..facts
            }),
            needed(),
        ),
    ]);
    let closed = delegate(&DelegateFacts { opening: closed(), code_sent_at: None, ..facts });
    assert_eq!(closed, Err(campaign_closed()));
}

#[test]
fn either_side_ends_a_delegation_and_only_the_recipient_takes_that_back() {
    let ended = |by| Some(between(Some((by, at("12 20:10")))));
    let unknown = || Err(Refusal::RecipientUnknown);
    let allow = |earlier, live| allow_helper(&campaign(), earlier, live);
    check(vec![
        ("none", end_delegation(None, KIM), unknown()),
        ("a stranger", end_delegation(Some(between(None)), PersonId(3)), unknown()),
        ("the helper", end_delegation(Some(between(None)), KIM), Ok(())),
        ("the recipient", end_delegation(Some(between(None)), LEE), Ok(())),
        ("twice", end_delegation(ended(KIM), KIM), unknown()),
        ("taken back by the recipient", allow(ended(LEE), 3), Ok(())),
        (
            "the helper has others now",
            allow(ended(LEE), 4),
            Err(Refusal::RecipientsFull { recipients_max: 4 }),
        ),
        ("given up by the helper", allow(ended(KIM), 0), unknown()),
        ("nothing to take back", allow(Some(between(None)), 0), unknown()),
    ]);
}
