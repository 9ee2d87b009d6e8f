//! In whose name the ledger is asked: every act and look-up of staff goes to it with who, from where and why, and is on
//! record in the same step, or it did not happen.

use super::Staff;
use super::account::{Account, Power};
use super::session::{StaffSession, Subject};
use crate::app::App;
use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::front::forward::Lane;
use booking::{ClinicId, LookUp, Origin, Outcome, PersonId, Refusal, RequestKey, StaffId, korean_day};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use store::{AsStaff, Command, Keyed, Request, StaffAct};

/// Where a sealed reason and address stand in the record.
pub(super) const WHY: &str = "staff/why";
pub(super) const FROM: &str = "staff/from";

/// Who is at the desk.
#[derive(Debug, Clone)]
pub struct OnDuty {
    pub session: StaffSession,
    pub account: Account,
}

/// A reason as it stands in the record; empty where its key is gone.
pub(crate) fn reason_of(app: &App, sealed: &[u8]) -> String {
    let plain = app.keys.cipher.open(WHY, sealed);
    plain.and_then(|plain| String::from_utf8(plain).ok()).unwrap_or_default()
}

impl Context {
    /// Whether the request came by the staff's own way.
    pub(crate) fn is_staffs(&self) -> bool {
        self.lane == Lane::Desk
    }

    pub(super) fn staff(&self) -> Result<&Arc<Staff>, Problem> {
        self.app.staff.as_ref().ok_or(Problem::NotFound)
    }

    pub(super) fn on_duty(&self) -> Result<&OnDuty, Problem> {
        self.on_duty.as_ref().ok_or_else(|| Refusal::SignInNeeded.into())
    }

    pub(super) fn me(&self) -> Result<StaffId, Problem> {
        Ok(self.on_duty()?.account.id)
    }

    /// Whom the address names, to this member of staff.
    pub(super) fn subject(&self) -> Result<Subject, Problem> {
        let keys = &self.app.keys.tokens;
        Subject::open(keys, self.param("person"), self.me()?, self.now)
            .ok_or_else(|| Refusal::PersonUnknown.into())
    }

    pub(super) fn subject_path(&self, subject: Subject) -> Result<String, Problem> {
        Ok(format!("/desk/people/{}", subject.seal(&self.app.keys.tokens, self.me()?, self.now)))
    }

    /// The clinic lies where one's role holds.
    pub(super) fn at_my_place(&self, clinic: ClinicId) -> Result<(), Problem> {
        let country = &self.app.country;
        let clinic = country.clinic(clinic).ok_or(Problem::NotFound)?;
        let today = korean_day(self.now);
        let may = self.on_duty()?.account.may_at(Power::People, today, country, clinic);
        if may { Ok(()) } else { Err(Refusal::NotYourPlace.into()) }
    }

    /// Before anything is shown.
    pub(super) async fn look_up(
        &self,
        what: LookUp,
        whose: Option<PersonId>,
        why: &str,
    ) -> Result<(), Problem> {
        let request = Request::from(self.ordered(StaffAct::LookUp { what, whose }, why)?);
        self.app.store.execute(request).await??;
        Ok(())
    }

    /// In one's own name, for a reason.
    pub(super) async fn act(&self, act: StaffAct, why: &str) -> Result<Outcome, Problem> {
        let request = Request::from(self.ordered(act, why)?);
        Ok(self.app.store.execute(request).await??)
    }

    /// What the person would do themselves.
    pub(super) async fn for_them(&self, command: Command) -> Result<Outcome, Problem> {
        let request = Request::from(self.ordered(StaffAct::InNameOf(command), "")?);
        Ok(self.app.store.execute(request).await??)
    }

    /// As [`Context::for_them`]; pressed twice, it is done once.
    pub(super) async fn for_them_once(&self, command: Command) -> Result<Outcome, Problem> {
        let sent = self.sent_key().ok_or(Problem::KeyMissing)?;
        // The envelope is sealed anew each time; what is asked is not.
        let body: [u8; 32] = Sha256::digest(format!("{command:?}")).into();
        let key = Sha256::new().chain_update(b"staff").chain_update(self.me()?.0.to_be_bytes());
        let key = RequestKey(key.chain_update(body).chain_update(sent).finalize().into());
        let command = self.ordered(StaffAct::InNameOf(command), "")?;
        let request = Request { keyed: Some(Keyed { key, body }), command };
        Ok(self.app.watching.achieved(self.app.store.execute(request).await??))
    }

    fn ordered(&self, act: StaffAct, why: &str) -> Result<Command, Problem> {
        let cipher = &self.app.keys.cipher;
        let address = self.came_from.map(|address| address.to_string()).unwrap_or_default();
        let sealed = cipher.seal(FROM, address.as_bytes());
        let why = if why.is_empty() { Vec::new() } else { cipher.seal(WHY, why.as_bytes()) };
        let account = &self.on_duty()?.account;
        let from = Origin { channel: account.channel(korean_day(self.now)), sealed };
        Ok(AsStaff { staff: account.id, from, why, act }.into())
    }
}

/// The staff's pages are there for the staff's own way and their addresses alone.
pub(crate) fn check_door(ctx: &Context) -> Result<(), Problem> {
    let staff = ctx.staff()?;
    if !ctx.is_staffs() {
        return Err(Problem::NotFound);
    }
    let allowed = ctx.came_from.is_some_and(|address| staff.addresses.allow(address));
    if allowed { Ok(()) } else { Err(Refusal::NotFromHere.into()) }
}

/// Who it is, whether they still are, and whether they may.
pub(crate) fn check_duty(power: Power, ctx: &mut Context) -> Result<(), Problem> {
    check_door(ctx)?;
    let secure = ctx.app.settings.secure_cookies;
    let token = Cookie::Staff.read(&ctx.headers, secure).ok_or(Refusal::SignInNeeded)?;
    let session = StaffSession::open(&ctx.app.keys.tokens, token, ctx.now).ok_or(Refusal::SignInNeeded)?;
    let account = ctx.staff()?.book.look(|accounts| accounts.signed_in(&session).cloned())?;
    let account = account.ok_or(Refusal::SignInNeeded)?;
    let may = account.may(power, korean_day(ctx.now));
    if let Some(renewed) = session.renewed(ctx.now) {
        ctx.set_cookie(Cookie::Staff, &renewed.seal(&ctx.app.keys.tokens));
    }
    ctx.on_duty = Some(OnDuty { session, account });
    if may { Ok(()) } else { Err(Refusal::NotYourDuty.into()) }
}
