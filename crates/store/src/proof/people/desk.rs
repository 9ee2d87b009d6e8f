//! What staff put right about people.

use super::{Judged, People};
use crate::proof::Broken;
use booking::{Admission, CampaignId, Correction, PersonId};

impl People {
    /// Whom a name stands for.
    pub(in crate::proof) fn now(&self, mut person: PersonId) -> PersonId {
        while let Some(survivor) = self.merged.get(&person) {
            person = *survivor;
        }
        person
    }

    /// Two people who are there become one.
    pub(in crate::proof) fn merge(&mut self, survivor: PersonId, merged: PersonId) -> Judged {
        for person in [survivor, merged] {
            self.known(person)?;
            if self.merged.contains_key(&person) || survivor == merged {
                return Err(Broken::PersonUnknown { person });
            }
        }
        self.merged.insert(merged, survivor);
        self.gone.merge(survivor, merged);
        let now = |person: PersonId| if person == merged { survivor } else { person };
        let renamed = |(campaign, booker, recipient)| (campaign, now(booker), now(recipient));
        let leave = std::mem::take(&mut self.leave).into_iter().map(renamed);
        self.leave = leave.filter(|(_, booker, recipient)| booker != recipient).collect();
        self.leave_ended.iter_mut().for_each(|who| *who = renamed(*who));
        let theirs: Vec<_> =
            self.admissions.keys().filter(|(_, person)| *person == merged).copied().collect();
        for (campaign, _) in theirs {
            let other = self.admissions.remove(&(campaign, merged)).expect("its key was just found");
            let own = self.admissions.get(&(campaign, survivor)).copied();
            let kept = own.map_or(other, |own| earlier(own, other));
            self.admissions.insert((campaign, survivor), kept);
        }
        Ok(())
    }

    /// A pass ends, and its ticket with it.
    pub(in crate::proof) fn revoke(&mut self, campaign: CampaignId, booker: PersonId) -> Judged {
        let admission = self.admissions.remove(&(campaign, booker));
        let admission = admission.ok_or(Broken::WithoutPass { booker, campaign })?;
        self.revoked.insert((campaign, admission.ticket));
        Ok(())
    }

    pub(in crate::proof) fn correct(
        &mut self,
        campaign: CampaignId,
        person: PersonId,
        correction: Correction,
    ) -> Judged {
        self.known(person)?;
        self.kept_out.retain(|one| *one != (campaign, person));
        if !correction.eligible && correction.also_admitted {
            self.kept_out.push((campaign, person));
        }
        Ok(())
    }

    /// Put right in this row not to be of the group, from now on.
    pub(in crate::proof) fn kept_out(&self) -> impl Iterator<Item = (CampaignId, PersonId)> {
        self.kept_out.iter().map(|(campaign, person)| (*campaign, self.now(*person)))
    }
}

fn earlier(own: Admission, other: Admission) -> Admission {
    let earlier = if own.admitted_at <= other.admitted_at { own } else { other };
    let expires_at = own.expires_at.max(other.expires_at);
    Admission { eligible: own.eligible || other.eligible, expires_at, ..earlier }
}
