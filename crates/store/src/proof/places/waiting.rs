//! Who waits, and the places that are kept for them.
//!
//! Offers hold places and doses as holds do. Not proved again: that a place that is awaited had come back, that it went
//! to the first who wanted it, and that who is passed over was told.

use super::{Judged, Places, doses_of};
use crate::Ledger;
use crate::proof::Broken;
use crate::proof::people::People;
use booking::{CampaignId, Country, Hold, Offer, OfferEnd, PersonId, Place, SlotId, WaitEntry, WaitId};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, VecDeque};

#[derive(Default)]
pub(super) struct Waits {
    pub(super) entries: BTreeMap<WaitId, WaitEntry>,
    last: u64,
    of_person: HashMap<(CampaignId, PersonId), WaitId>,
    pub(super) offers: BTreeMap<WaitId, Offer>,
    awaited: VecDeque<SlotId>,
    /// Taken in this row, with the places that no appointment took yet.
    accepted: Vec<(WaitId, CampaignId, Vec<Place>)>,
}

impl Waits {
    /// An offer as the hold that it is in all but name.
    pub(super) fn held(&self) -> impl Iterator<Item = Hold> {
        self.offers.iter().filter_map(|(id, offer)| Some(as_hold(self.entries.get(id)?, offer)))
    }

    /// The place comes out of an offer that was taken in this step.
    pub(super) fn use_offer(&mut self, campaign: CampaignId, place: Place) -> bool {
        self.accepted.iter_mut().any(|(_, of, left)| {
            let position = left.iter().position(|one| *of == campaign && *one == place);
            position.map(|position| left.remove(position)).is_some()
        })
    }

    pub(super) fn end_of_row(&mut self) -> Judged {
        match self.accepted.drain(..).find(|(_, _, left)| !left.is_empty()) {
            Some((wait, _, _)) => Err(Broken::OfferMisused { wait }),
            None => Ok(()),
        }
    }

    /// Of two who wait one stopped before the two names became one.
    pub(super) fn rename(&mut self, survivor: PersonId, merged: PersonId) -> Judged {
        let theirs: Vec<_> = self.of_person.keys().filter(|(_, person)| *person == merged).copied().collect();
        for (campaign, _) in theirs {
            let wait = self.of_person.remove(&(campaign, merged)).expect("its key was just found");
            if self.of_person.insert((campaign, survivor), wait).is_some() {
                return Err(Broken::WaitMisused { wait });
            }
            if let Some(entry) = self.entries.get_mut(&wait) {
                entry.recipient = survivor;
            }
            let offer = self.offers.get_mut(&wait).into_iter();
            offer.flat_map(|offer| &mut offer.places).for_each(|place| place.recipient = survivor);
        }
        Ok(())
    }

    pub(super) fn agree_with(&self, ledger: &Ledger) -> Judged {
        let mut left = self.entries.clone();
        for (wait, entry, offer) in ledger.waits() {
            if left.remove(&wait).as_ref() != Some(entry) {
                return Err(Broken::WaitMisused { wait });
            }
            if self.offers.get(&wait) != offer {
                return Err(Broken::OfferMisused { wait });
            }
        }
        left.into_keys().next().map_or(Ok(()), |wait| Err(Broken::WaitMisused { wait }))
    }

    fn decided(&mut self, slot: SlotId) -> Judged {
        if self.awaited.pop_front() == Some(slot) { Ok(()) } else { Err(Broken::NotAwaited { slot }) }
    }
}

impl Places {
    pub(in crate::proof) fn wait(&mut self, people: &People, wait: WaitId, entry: &WaitEntry) -> Judged {
        let WaitEntry { campaign, booker, recipient, entered_at, .. } = *entry;
        people.is_inside(campaign, booker, entered_at)?;
        people.known(recipient)?;
        people.may_act(campaign, booker, recipient)?;
        let waits = &mut self.waits;
        if wait.0 <= waits.last || waits.of_person.insert((campaign, recipient), wait).is_some() {
            return Err(Broken::WaitMisused { wait });
        }
        waits.last = wait.0;
        waits.entries.insert(wait, entry.clone());
        Ok(())
    }

    /// What was offered is answered before.
    pub(in crate::proof) fn end_wait(&mut self, wait: WaitId) -> Judged {
        if self.waits.offers.contains_key(&wait) {
            return Err(Broken::OfferMisused { wait });
        }
        let entry = self.waits.entries.remove(&wait).ok_or(Broken::WaitMisused { wait })?;
        self.waits.of_person.remove(&(entry.campaign, entry.recipient));
        Ok(())
    }

    pub(in crate::proof) fn await_place(&mut self, slot: SlotId) {
        self.waits.awaited.push_back(slot);
    }

    pub(in crate::proof) fn pass_place(&mut self, slot: SlotId) -> Judged {
        self.waits.decided(slot)
    }

    pub(in crate::proof) fn offer(&mut self, country: &Country, wait: WaitId, offer: &Offer) -> Judged {
        let entry = self.waits.entries.get(&wait).ok_or(Broken::WaitMisused { wait })?;
        let is_for = |place: &Place| place.recipient == entry.recipient;
        if self.waits.offers.contains_key(&wait) || !offer.places.iter().all(is_for) {
            return Err(Broken::OfferMisused { wait });
        }
        let hold = as_hold(entry, offer);
        let first = offer.places.first().ok_or(Broken::OfferMisused { wait })?.slot;
        self.waits.decided(first)?;
        for place in &hold.places {
            self.slots.entry(place.slot).or_default().0 += 1;
        }
        hold.places.iter().try_for_each(|place| self.fits(country, &hold, place.slot))?;
        let doses = doses_of(country, &hold);
        for sido in &doses {
            self.take_dose(hold.campaign, *sido);
        }
        doses.iter().try_for_each(|sido| self.suffices(country, &hold, *sido))?;
        self.waits.offers.insert(wait, offer.clone());
        Ok(())
    }

    /// Taken in time, or given back.
    pub(in crate::proof) fn end_offer(
        &mut self,
        country: &Country,
        wait: WaitId,
        end: OfferEnd,
        at: Timestamp,
    ) -> Judged {
        let offer = self.waits.offers.remove(&wait).ok_or(Broken::OfferMisused { wait })?;
        let entry = self.waits.entries.get_mut(&wait).ok_or(Broken::WaitMisused { wait })?;
        let hold = as_hold(entry, &offer);
        let in_time = match end {
            OfferEnd::Accepted => at < offer.expires_at,
            OfferEnd::Expired => at >= offer.expires_at,
            OfferEnd::Declined | OfferEnd::Withdrawn => true,
        };
        if !in_time {
            return Err(Broken::OfferMisused { wait });
        }
        match end {
            OfferEnd::Accepted => self.waits.accepted.push((wait, entry.campaign, offer.places)),
            OfferEnd::Declined | OfferEnd::Expired => entry.passed.push(offer.slot()),
            OfferEnd::Withdrawn => {}
        }
        for place in &hold.places {
            self.slots.entry(place.slot).or_default().0 -= 1;
        }
        for sido in doses_of(country, &hold) {
            self.give_dose_back(hold.campaign, sido);
        }
        Ok(())
    }
}

fn as_hold(entry: &WaitEntry, offer: &Offer) -> Hold {
    Hold {
        campaign: entry.campaign,
        booker: entry.recipient,
        places: offer.places.clone().into(),
        replaces: Vec::new(),
        held_at: offer.offered_at,
        expires_at: offer.expires_at,
        extended: false,
    }
}
