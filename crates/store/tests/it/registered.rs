//! What is kept of a person follows their registration.

use booking::{Outcome, PersonId, Refusal, TicketRef};
use std::sync::Arc;
use store::conformance::world;
use store::{Admit, Command, Ledger};

/// Its journal could not be opened again.
#[test]
fn nobody_who_was_never_registered_is_let_in_or_remembered() {
    let mut ledger = Ledger::new(Arc::new(world::country()));
    let (now, mut changes) = (world::opens_at(), Vec::new());
    let open = Command::Open { campaign: world::CAMPAIGN };
    assert_eq!(ledger.decide(&open.into(), now, &mut changes), Ok(Outcome::Opened));
    let written = changes.len();
    let enter = Command::Admit(Admit {
        campaign: world::CAMPAIGN,
        person: PersonId(7),
        candidate: world::ELIGIBLE,
        ticket: TicketRef([7; 16]),
        queue_number: 7,
    });
    let draft = Command::SaveDraft { person: PersonId(7), sealed: vec![1] };
    for command in [enter, draft] {
        let answer = ledger.decide(&command.into(), now, &mut changes);
        assert_eq!(answer, Err(Refusal::IdentityNeeded));
    }
    assert_eq!(changes.len(), written);
}
