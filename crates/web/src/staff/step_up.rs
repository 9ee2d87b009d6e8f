//! A fresh code for what is big: whoever finds a screen that somebody left open can look, and not act.

use super::book::{Accounts, StaffEntry, StaffEvent};
use super::sign_in::{entry, write};
use super::totp::good_step;
use crate::context::Context;
use crate::error::Problem;
use booking::Refusal;

impl Context {
    /// Spends the code of the moment that was sent with the form, in the field of that name; false where it is not good, or no longer.
    ///
    /// # Errors
    /// [`Refusal::SignInTooSoon`] after too many wrong ones.
    pub(super) async fn spend_code(&self, field: &str) -> Result<bool, Problem> {
        let account = self.on_duty()?.account.clone();
        let staff = self.staff()?;
        staff.pacing.begin(&account.login, self.came_from, self.now)?;
        let (code, now, login) = (self.fields.code(field), self.now, account.login.clone());
        let template = entry(self, account.id.0, StaffEvent::SignInFailed);
        let failed = template.clone();
        let written = write(self, move |accounts: &Accounts| {
            let known = accounts.named(&login).filter(|account| !account.is_disabled);
            let secrets = known.and_then(|account| Some((account, account.secrets.as_ref()?)));
            let step =
                secrets.and_then(|(known, own)| good_step(&own.code_secret, &code, known.last_step, now));
            let step = step.ok_or(Refusal::SignInWrong)?;
            Ok(StaffEntry { what: StaffEvent::SteppedUp { step }, ..template.clone() })
        });
        if written.await?.is_ok() {
            staff.pacing.was_right(&account.login, self.came_from, self.now);
            return Ok(true);
        }
        staff.pacing.was_wrong(&account.login, self.came_from, self.now);
        write(self, move |_| Ok::<_, Refusal>(failed.clone())).await??;
        Ok(false)
    }
}
