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
    DelegationRecord { campaign: CampaignId(1), booker: KIM, recipient: LEE, delegation: given(), ended }
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
