//! The reads of a back end that keeps its ledger in memory: one text for all of them.

use crate::{StoreError, Waiting};

/// What a read of [`crate::Store`] returns.
pub type Read<'a, T> = Waiting<'a, Result<T, StoreError>>;

/// The reads of [`crate::Store`], inside an `impl` of it, for a type with
/// `fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError>`. `after name`: each waits for
/// `async fn name(&self) -> Result<(), StoreError>` first.
#[macro_export]
macro_rules! reads_of_the_ledger {
    ($(after $before:ident)?) => {
        fn figures(&self, campaign: booking::CampaignId) -> $crate::Read<'_, $crate::CampaignFigures> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.figures(campaign))
            })
        }

        fn days_taken(&self, clinics: Vec<booking::ClinicId>) -> $crate::Read<'_, Vec<$crate::DayTaken>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.days_taken(&clinics))
            })
        }

        fn days_changed(&self, since: u64, days_max: usize) -> $crate::Read<'_, $crate::DaysChanged> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.days_changed(since, days_max))
            })
        }

        fn slots(
            &self,
            campaign: booking::CampaignId,
            clinic: booking::ClinicId,
            visit_on: jiff::civil::Date,
        ) -> $crate::Read<'_, Vec<(u16, booking::SlotCounts)>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.slots(campaign, clinic, visit_on))
            })
        }

        fn reoffer_list(&self, clinic: booking::ClinicId) -> $crate::Read<'_, Vec<$crate::Visit>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.reoffer_list(clinic))
            })
        }

        fn clinic_day(
            &self,
            campaign: booking::CampaignId,
            clinic: booking::ClinicId,
            visit_on: jiff::civil::Date,
        ) -> $crate::Read<'_, Option<$crate::ClinicDay>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.clinic_day(campaign, clinic, visit_on))
            })
        }

        fn supply(&self, campaign: booking::CampaignId) -> $crate::Read<'_, Option<$crate::WithinSupply>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.supply(campaign))
            })
        }

        fn person(&self, person: booking::PersonId) -> $crate::Read<'_, Option<$crate::PersonRecord>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.person(person))
            })
        }

        fn named(&self, aliases: Vec<booking::PersonAlias>) -> $crate::Read<'_, Option<booking::PersonId>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.who_is_named(&aliases))
            })
        }

        fn standing_after(
            &self,
            after: booking::PersonId,
            numbers_max: u64,
            now: jiff::Timestamp,
        ) -> $crate::Read<'_, Vec<$crate::PersonStanding>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.standing_after(after, numbers_max, now))
            })
        }

        fn condemned_keys(&self, keys_max: usize) -> $crate::Read<'_, Vec<booking::PersonKey>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.condemned_keys(keys_max))
            })
        }

        fn session_ended(&self, session: booking::SessionId) -> $crate::Read<'_, bool> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.session_ended(session))
            })
        }

        fn admission(
            &self,
            campaign: booking::CampaignId,
            person: booking::PersonId,
        ) -> $crate::Read<'_, Option<booking::Admission>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.admission(campaign, person))
            })
        }

        fn hold_of(
            &self,
            campaign: booking::CampaignId,
            booker: booking::PersonId,
        ) -> $crate::Read<'_, Option<(booking::HoldId, booking::Hold)>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.hold_of(campaign, booker))
            })
        }

        fn last_choice(
            &self,
            campaign: booking::CampaignId,
            booker: booking::PersonId,
        ) -> $crate::Read<'_, Option<(booking::HoldId, booking::SlotId)>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.last_choice(campaign, booker))
            })
        }

        fn delegations_of(
            &self,
            person: booking::PersonId,
        ) -> $crate::Read<'_, Vec<booking::DelegationRecord>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.delegations_of(person))
            })
        }

        fn draft(&self, person: booking::PersonId) -> $crate::Read<'_, Option<Vec<u8>>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.draft(person))
            })
        }

        fn appointments_of(
            &self,
            person: booking::PersonId,
        ) -> $crate::Waiting<
            '_,
            Result<Vec<(booking::AppointmentId, booking::Appointment)>, $crate::StoreError>,
        > {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.appointments_of(person))
            })
        }

        fn appointment(
            &self,
            appointment: booking::AppointmentId,
        ) -> $crate::Read<'_, Option<booking::Appointment>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.appointment(appointment))
            })
        }

        fn waits_of(&self, person: booking::PersonId) -> $crate::Read<'_, Vec<$crate::WaitRecord>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.waits_of(person))
            })
        }

        fn now_known_as(&self, person: booking::PersonId) -> $crate::Read<'_, booking::PersonId> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.now_known_as(person))
            })
        }

        fn desk_cases(&self) -> $crate::Read<'_, Vec<$crate::DeskCase>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.desk_cases())
            })
        }

        fn audit_head(&self) -> $crate::Read<'_, $crate::AuditHead> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.audit_head())
            })
        }

        fn messages_waiting(
            &self,
            limit: usize,
        ) -> $crate::Read<'_, Vec<(booking::MessageId, booking::Message)>> {
            Box::pin(async move {
                $(self.$before().await?;)?
                self.read(|ledger| ledger.messages_waiting(limit))
            })
        }
    };
}
