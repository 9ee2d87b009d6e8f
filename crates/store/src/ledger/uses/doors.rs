//! Opening, closing, coming in.

use super::{Changes, Decided, known};
use crate::Admit;
use crate::ledger::Ledger;
use booking::rules::{self, AdmitFacts};
use booking::{CampaignId, Change, Opening, Outcome, PersonId, TicketRef};
use jiff::Timestamp;
use std::sync::Arc;

impl Ledger {
    pub(in crate::ledger) fn open(
        &mut self,
        campaign: CampaignId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let opening = self.opening(campaign);
        rules::open(known(&country, campaign)?, opening, now)?;
        if opening == Opening::NotYet {
            self.write(Change::Opened { campaign, at: now }, changes);
        }
        Ok(Outcome::Opened)
    }

    pub(in crate::ledger) fn close(
        &mut self,
        campaign: CampaignId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let opening = self.opening(campaign);
        rules::close(known(&country, campaign)?, opening, now)?;
        if !matches!(opening, Opening::Closed { .. }) {
            self.write(Change::Closed { campaign, at: now }, changes);
        }
        Ok(Outcome::Closed)
    }

    pub(in crate::ledger) fn admit(
        &mut self,
        admit: &Admit,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let Admit { campaign, person, candidate, ticket, queue_number } = *admit;
        let admission = rules::admit(&AdmitFacts {
            campaign: known(&country, campaign)?,
            opening: self.opening(campaign),
            now,
            person,
            candidate,
            corrected: self.correction(campaign, person),
            helps_eligible: self.helps_eligible(campaign, person),
            ticket,
            queue_number,
            ticket_used_by: self.ticket_used_by(campaign, ticket),
            revoked_at: self.ticket_revoked_at(campaign, ticket),
            earlier: self.admissions.get((campaign, person)),
        })?;
        self.registered(person)?;
        self.write(Change::Admitted { campaign, person, admission }, changes);
        Ok(Outcome::Admitted(admission))
    }

    fn ticket_used_by(&self, campaign: CampaignId, ticket: TicketRef) -> Option<PersonId> {
        let used_by = self.tickets.used_by(&self.admissions, campaign, ticket);
        used_by.map(|person| self.known_as(person))
    }

    fn helps_eligible(&self, campaign: CampaignId, person: PersonId) -> bool {
        let keys = self.delegated.get(person).into_iter().flatten();
        let helps = keys.filter(|(of, booker, _)| (*of, *booker) == (campaign, person));
        let mut live = helps.filter_map(|key| self.delegations.get(*key)).filter(|one| one.is_live());
        live.any(|one| {
            let judged = Some(one.delegation.eligible);
            rules::eligible(self.correction(campaign, one.recipient), judged, || false)
        })
    }
}
