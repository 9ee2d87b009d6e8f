//! Who there is, who came in, and who may act for whom.

mod desk;
mod gone;

use super::Broken;
use booking::{Admission, CampaignId, MessageId, PersonAlias, PersonId, TicketRef};
use gone::Gone;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Default)]
pub(super) struct People {
    openings: BTreeMap<CampaignId, (Timestamp, Option<Timestamp>)>,
    known: HashSet<PersonId>,
    gone: Gone,
    aliases: HashMap<PersonAlias, PersonId>,
    /// Booker, recipient.
    leave: HashSet<(CampaignId, PersonId, PersonId)>,
    /// Ended in this row.
    leave_ended: Vec<(CampaignId, PersonId, PersonId)>,
    admissions: HashMap<(CampaignId, PersonId), Admission>,
    /// Whose name is another one's now.
    merged: HashMap<PersonId, PersonId>,
    revoked: HashSet<(CampaignId, TicketRef)>,
    kept_out: Vec<(CampaignId, PersonId)>,
    last_message: u64,
}

type Judged = Result<(), Broken>;

impl People {
    #[expect(clippy::unnecessary_wraps, reason = "one shape for whatever judges a change")]
    pub(super) fn open(&mut self, campaign: CampaignId, at: Timestamp) -> Judged {
        self.openings.entry(campaign).or_insert((at, None));
        Ok(())
    }

    pub(super) fn close(&mut self, campaign: CampaignId, at: Timestamp) -> Judged {
        let opening = self.openings.get_mut(&campaign).ok_or(Broken::BeforeOpening { campaign })?;
        opening.1 = Some(at);
        Ok(())
    }

    pub(super) fn openings(&self) -> impl Iterator<Item = (CampaignId, Timestamp, Option<Timestamp>)> {
        self.openings.iter().map(|(campaign, (opened_at, closed_at))| (*campaign, *opened_at, *closed_at))
    }

    pub(super) fn register(&mut self, person: PersonId, alias: PersonAlias, sealed: &[u8]) -> Judged {
        if self.gone.people.contains(&person) || !self.known.insert(person) {
            return Err(Broken::PersonTwice { person });
        }
        self.seal(person, sealed)?;
        self.know_as(person, alias)
    }

    pub(super) fn know_as(&mut self, person: PersonId, alias: PersonAlias) -> Judged {
        self.known(person)?;
        match self.aliases.insert(alias, person) {
            // Of somebody who was removed: it names nobody any more.
            Some(first) if first != person && self.known.contains(&first) => {
                Err(Broken::AliasOfTwo { first, second: person })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn known(&self, person: PersonId) -> Judged {
        if self.known.contains(&person) { Ok(()) } else { Err(Broken::PersonUnknown { person }) }
    }

    fn still_there(&self, person: PersonId) -> Judged {
        if self.gone.people.contains(&person) { Err(Broken::PersonUnknown { person }) } else { Ok(()) }
    }

    pub(super) fn count(&self) -> u64 {
        self.known.len() as u64
    }

    pub(super) fn give_leave(&mut self, who: (CampaignId, PersonId, PersonId)) -> Judged {
        self.known(who.2)?;
        self.leave.insert(who);
        Ok(())
    }

    pub(super) fn end_leave(&mut self, who: (CampaignId, PersonId, PersonId)) -> Judged {
        let (_, booker, recipient) = who;
        self.leave_ended.push(who);
        if self.leave.remove(&who) { Ok(()) } else { Err(Broken::WithoutLeave { booker, recipient }) }
    }

    /// Who lost their leave in this row, and has not got it again.
    pub(super) fn leave_ended(&self) -> impl Iterator<Item = (CampaignId, PersonId, PersonId)> {
        self.leave_ended.iter().filter(|who| !self.leave.contains(*who)).copied()
    }

    pub(super) fn end_of_row(&mut self) {
        self.leave_ended.clear();
        self.kept_out.clear();
    }

    pub(super) fn may_act(&self, campaign: CampaignId, booker: PersonId, recipient: PersonId) -> Judged {
        [booker, recipient].iter().try_for_each(|who| self.still_there(*who))?;
        let may = booker == recipient || self.leave.contains(&(campaign, booker, recipient));
        if may { Ok(()) } else { Err(Broken::WithoutLeave { booker, recipient }) }
    }

    pub(super) fn admit(&mut self, campaign: CampaignId, person: PersonId, admission: Admission) -> Judged {
        if self.revoked.contains(&(campaign, admission.ticket)) {
            return Err(Broken::WithoutPass { booker: person, campaign });
        }
        self.admissions.insert((campaign, person), admission);
        Ok(())
    }

    /// Inside: after the opening, on a pass that has not run out.
    pub(super) fn is_inside(&self, campaign: CampaignId, booker: PersonId, at: Timestamp) -> Judged {
        let is_open = self.openings.get(&campaign).is_some_and(|(opened_at, _)| *opened_at <= at);
        if !is_open {
            return Err(Broken::BeforeOpening { campaign });
        }
        let admission = self.admissions.get(&(campaign, booker));
        let is_live = admission.is_some_and(|admission| at < admission.expires_at);
        if is_live { Ok(()) } else { Err(Broken::WithoutPass { booker, campaign }) }
    }

    pub(super) fn queue(&mut self, message: MessageId) -> Judged {
        if message.0 <= self.last_message {
            return Err(Broken::MessageTwice { message });
        }
        self.last_message = message.0;
        Ok(())
    }
}
