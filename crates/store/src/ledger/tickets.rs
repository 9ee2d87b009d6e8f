//! Who used a ticket. A pass names its ticket, so people are found through their passes: eight bytes for each of
//! millions, where a table of its own took forty.

use super::hash_index::Index;
use crate::table::{ByNumber, Table};
use booking::{Admission, CampaignId, PersonId, TicketRef};

type Passes = ByNumber<(CampaignId, PersonId), Admission>;

#[derive(Default)]
pub(super) struct Tickets {
    /// Numbers of people by ticket. One that leads to a pass with another ticket says nothing: what is discarded need
    /// not be taken out.
    people: Index,
    /// Tickets of passes that were given anew since with another one, and of people with numbers that no index holds.
    others: Table<(CampaignId, TicketRef), PersonId>,
}

impl Tickets {
    /// As the current batch sees it.
    pub(super) fn used_by(
        &self,
        passes: &Passes,
        campaign: CampaignId,
        ticket: TicketRef,
    ) -> Option<PersonId> {
        let has_it = |person: &PersonId| {
            passes.get((campaign, *person)).is_some_and(|admission| admission.ticket == ticket)
        };
        let found = self.people.candidates(&ticket.0).map(PersonId).find(has_it);
        found.or_else(|| self.others.get((campaign, ticket)).copied())
    }

    /// Somebody comes in who had another pass before, or none.
    pub(super) fn came_in(
        &mut self,
        (campaign, person): (CampaignId, PersonId),
        before: Option<&Admission>,
        ticket: TicketRef,
    ) {
        if let Some(before) = before.filter(|before| before.ticket != ticket) {
            self.others.put((campaign, before.ticket), person);
        }
        if !Index::holds(person.0) {
            self.others.put((campaign, ticket), person);
        } else if !self.people.candidates(&ticket.0).any(|known| known == person.0) {
            self.people.insert(&ticket.0, person.0);
        }
    }

    pub(super) fn seal(&mut self) {
        self.others.seal();
    }

    pub(super) fn commit(&mut self) {
        self.others.commit();
    }

    pub(super) fn discard(&mut self) {
        self.others.discard();
    }

    /// Those that no pass names any more.
    #[cfg(feature = "conformance")]
    pub(super) fn others(&self) -> &Table<(CampaignId, TicketRef), PersonId> {
        &self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const CAMPAIGN: CampaignId = CampaignId(1);

    #[derive(Default)]
    struct Doors {
        passes: Passes,
        tickets: Tickets,
    }

    impl Doors {
        fn come_in(&mut self, person: u64, ticket: u8) {
            let key = (CAMPAIGN, PersonId(person));
            let ticket = TicketRef([ticket; 16]);
            let at = Timestamp::UNIX_EPOCH;
            let before = self.passes.get(key);
            self.tickets.came_in(key, before.as_ref(), ticket);
            let pass = Admission { ticket, queue_number: 1, admitted_at: at, expires_at: at, eligible: true };
            self.passes.put(key, pass);
        }

        fn used_by(&self, campaign: u16, ticket: u8) -> Option<u64> {
            let found = self.tickets.used_by(&self.passes, CampaignId(campaign), TicketRef([ticket; 16]));
            found.map(|person| person.0)
        }

        fn commit(&mut self) {
            self.passes.seal();
            self.tickets.seal();
            self.passes.commit();
            self.tickets.commit();
        }

        fn discard(&mut self) {
            self.passes.discard();
            self.tickets.discard();
        }
    }

    #[test]
    fn a_ticket_leads_to_whoever_used_it_in_its_campaign_also_after_another_one() {
        let mut doors = Doors::default();
        doors.come_in(7, 1);
        assert_eq!((doors.used_by(1, 1), doors.used_by(2, 1), doors.used_by(1, 2)), (Some(7), None, None));
        doors.come_in(7, 2);
        assert_eq!((doors.used_by(1, 1), doors.used_by(1, 2)), (Some(7), Some(7)));
        doors.come_in(u64::MAX, 3);
        assert_eq!(doors.used_by(1, 3), Some(u64::MAX));
    }

    #[test]
    fn a_ticket_of_a_batch_that_was_discarded_is_unused_and_can_be_used() {
        let mut doors = Doors::default();
        doors.come_in(7, 1);
        doors.commit();
        doors.come_in(7, 2);
        doors.come_in(8, 3);
        doors.discard();
        assert_eq!((doors.used_by(1, 1), doors.used_by(1, 2), doors.used_by(1, 3)), (Some(7), None, None));
        doors.come_in(9, 3);
        doors.come_in(7, 2);
        doors.commit();
        assert_eq!(
            (doors.used_by(1, 1), doors.used_by(1, 2), doors.used_by(1, 3)),
            (Some(7), Some(7), Some(9))
        );
    }
}
