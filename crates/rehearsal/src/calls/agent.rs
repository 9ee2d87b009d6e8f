//! One agent at the desk, with one caller at a time: what they ask the service next, and what they make of its page.
//!
//! They work on the English pages, as a person reads and presses them. Whom a name and a birth date find may be a namesake,
//! so the number is asked for in any case: the form for first calls opens whoever is known under name and number.

mod ask;
mod choose;

use std::time::Duration;

use booking::SlotId;

use super::caller::{Caller, Roll};
use super::page;
use crate::jar::Jar;
use crate::logbook::{Heard, Step, slot};
use crate::scenario::{Conduct, Dice, SyntheticPerson};
use crate::wire::{Answer, Fault};

/// No answer, or one that cannot be read, so often at one step, and the call is over.
const TRIES_MAX: u8 = 8;
const BUSY_TRIES_MAX: u8 = 100;
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// A code is good once; the next one comes with the next half minute.
const NEXT_CODE: Duration = Duration::from_secs(15);
const SIGN_INS_MAX: u8 = 20;
const CLICK: Duration = Duration::from_secs(1);
/// Of the talking time: what is said before each step, and at the end.
const GREETING: f64 = 0.2;
const NUMBER: f64 = 0.15;
const WHERE: f64 = 0.15;
const GOODBYE: f64 = 0.1;

pub(crate) struct Agent {
    jar: Jar,
    stage: Stage,
    /// What goes on after signing in again.
    goes_on: Option<Stage>,
    tries: u8,
    /// When the request under way was wanted, in microseconds.
    pub(crate) due_us: u64,
    pub(crate) serves: Option<Serving>,
}

/// The call in hand.
pub(crate) struct Serving {
    pub(crate) person: u32,
    pub(crate) call: u16,
    pub(crate) since: Duration,
    talks: Duration,
    steps: u16,
    /// Where clinics are looked for.
    clinics: String,
    clinics_tried: u8,
    holds_tried: u8,
    slot: Option<SlotId>,
    may_be_done: bool,
}

#[derive(Clone)]
enum Stage {
    SignIn,
    /// Somebody calls, or nobody yet.
    Find,
    NewForm,
    Add,
    Person(String),
    Clinics,
    Days(String),
    Times(String),
    Hold {
        action: String,
        fields: [String; 4],
    },
    Held(String),
    Confirm(Pressed),
    Release(Pressed),
    Made(String),
}

/// A button of a held place.
#[derive(Clone)]
struct Pressed {
    action: String,
    key: String,
    hold: String,
}

/// What an agent needs of the world.
pub(crate) struct Scene<'a> {
    pub(crate) caller: Option<Caller<'a>>,
    pub(crate) neighbourhoods: &'a [Box<str>],
    pub(crate) pace: u32,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Booked,
    /// Wanted to know something, or thought better of it.
    Asked,
    GaveBack,
    HadOne,
    Refused(String),
    Unknown,
    Error,
}

pub(crate) enum Next {
    Act(Duration),
    /// Signed in, and nobody in hand.
    Ready,
    /// After the goodbye.
    Over(Duration, Ending),
    /// Could not sign in: the desk stays empty, and so does whoever was in hand.
    Absent,
}

/// Name, password and the code of the moment.
pub(crate) struct Credentials {
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) code: String,
}

impl Agent {
    pub(crate) fn new() -> Self {
        Agent { jar: Jar::default(), stage: Stage::SignIn, goes_on: None, tries: 0, due_us: 0, serves: None }
    }

    pub(crate) fn is_signing_in(&self) -> bool {
        matches!(self.stage, Stage::SignIn)
    }

    /// Takes a call; answers after which greeting there is something to do.
    pub(crate) fn takes(&mut self, now: Duration, caller: &Caller<'_>) -> Duration {
        let talks = caller.talks();
        self.serves = Some(Serving {
            person: caller.person,
            call: caller.call,
            since: now,
            talks,
            steps: 0,
            clinics: String::new(),
            clinics_tried: 0,
            holds_tried: 0,
            slot: None,
            may_be_done: false,
        });
        (self.stage, self.tries) = (Stage::Find, 0);
        talks.mul_f64(GREETING)
    }

    pub(crate) fn step(&self) -> Step {
        match &self.stage {
            Stage::SignIn => Step::SignIn,
            Stage::Find | Stage::NewForm | Stage::Add | Stage::Person(_) => Step::DeskFind,
            Stage::Clinics | Stage::Days(_) | Stage::Times(_) => Step::DeskLook,
            Stage::Hold { .. } | Stage::Held(_) => Step::DeskHold,
            Stage::Confirm(_) | Stage::Release(_) | Stage::Made(_) => Step::DeskConfirm,
        }
    }

    /// What the page said, for the logbook, and what comes of it.
    pub(crate) fn hear(&mut self, heard: Result<Answer, Fault>, scene: &Scene<'_>) -> (Heard, Next) {
        let answer = match heard {
            Ok(answer) if answer.is_busy() => {
                let after = answer.retry_after.unwrap_or(TRY_AGAIN);
                return (Heard::Busy(code_of(&answer)), self.again(after, BUSY_TRIES_MAX));
            }
            Ok(answer) if answer.status < 500 => answer,
            Ok(_) | Err(Fault::NoAnswer) => return (Heard::NoAnswer, self.unheard()),
            Err(Fault::NotSent) => return (Heard::NotSent, self.again(TRY_AGAIN, TRIES_MAX)),
        };
        for set in &answer.cookies {
            self.jar.keep(set);
        }
        if self.is_signing_in() {
            return self.signed_in(&answer);
        }
        if answer.location.as_deref().is_some_and(|to| to.ends_with("/desk/sign-in")) {
            self.goes_on = Some(std::mem::replace(&mut self.stage, Stage::SignIn));
            return (Heard::Fine, Next::Act(CLICK / scene.pace));
        }
        match self.read(&answer, scene) {
            Some((heard, next)) => (heard, next),
            None => (Heard::NoAnswer, self.unheard()),
        }
    }

    fn signed_in(&mut self, answer: &Answer) -> (Heard, Next) {
        if answer.status != 303 {
            let heard = Heard::No(code_of(answer));
            self.tries += 1;
            let next = if self.tries < SIGN_INS_MAX { Next::Act(NEXT_CODE) } else { Next::Absent };
            return (heard, next);
        }
        self.tries = 0;
        let goes_on = self.goes_on.take();
        let next = if goes_on.is_some() { Next::Act(Duration::ZERO) } else { Next::Ready };
        self.stage = goes_on.unwrap_or(Stage::Find);
        (Heard::Fine, next)
    }

    /// None when a good page cannot be read.
    fn read(&mut self, answer: &Answer, scene: &Scene<'_>) -> Option<(Heard, Next)> {
        let body = String::from_utf8_lossy(&answer.body);
        let to = answer.location.as_deref();
        let click = CLICK / scene.pace;
        let serving = self.serves.as_mut().expect("a caller is in hand");
        serving.steps += 1;
        let talks = serving.talks;
        let says = |share: f64| talks.mul_f64(share);
        let (stage, after) = match (&self.stage, answer.status) {
            // Nobody, one or several of that name: the number tells.
            (Stage::Find, 200 | 303 | 404) => (Stage::NewForm, says(NUMBER)),
            (Stage::NewForm, 200) => (Stage::Add, click),
            (Stage::Add, 303) => (Stage::Person(to?.to_owned()), Duration::ZERO),
            (Stage::Person(_), 200) => {
                let Some(clinics) = page::main_link(&body) else {
                    return Some(self.over(Heard::Fine, Ending::HadOne));
                };
                clinics.clone_into(&mut serving.clinics);
                if scene.conduct() == Conduct::NoShow {
                    return Some(self.over(Heard::Fine, Ending::Asked));
                }
                (Stage::Clinics, says(WHERE))
            }
            (Stage::Clinics | Stage::Days(_) | Stage::Times(_), 200) => {
                return Some(self.looked(&body, scene));
            }
            (Stage::Hold { .. }, 303) => (Stage::Held(to?.to_owned()), Duration::ZERO),
            (Stage::Hold { .. }, status) if status >= 400 => return Some(self.no_hold(&body, scene)),
            (Stage::Held(_), 200) => return self.held(&body, scene),
            (Stage::Confirm(_), 303) => {
                serving.may_be_done = true;
                (Stage::Made(to?.to_owned()), Duration::ZERO)
            }
            (Stage::Release(_), 303) => return Some(self.over(Heard::Fine, Ending::GaveBack)),
            (Stage::Made(_), 200) => {
                let made = page::appointments(&body, serving.slot?)?;
                return Some(self.over(Heard::Booked(made), Ending::Booked));
            }
            (_, status) if status >= 400 => {
                let code = code_of(answer);
                return Some(self.over(Heard::No(code.clone()), Ending::Refused(code)));
            }
            _ => return None,
        };
        Some((Heard::Fine, self.goes(after, stage)))
    }

    fn goes(&mut self, after: Duration, stage: Stage) -> Next {
        if let (Stage::Hold { fields: [_, clinic, date, time], .. }, Some(serving)) =
            (&stage, &mut self.serves)
        {
            serving.slot = slot(clinic, date, time);
        }
        (self.stage, self.tries) = (stage, 0);
        Next::Act(after)
    }

    fn over(&mut self, heard: Heard, ending: Ending) -> (Heard, Next) {
        let goodbye = self.serves.as_ref().map_or(Duration::ZERO, |serving| serving.talks.mul_f64(GOODBYE));
        (heard, Next::Over(goodbye, ending))
    }

    fn unheard(&mut self) -> Next {
        if let (Stage::Confirm(_), Some(serving)) = (&self.stage, &mut self.serves) {
            serving.may_be_done = true;
        }
        self.again(TRY_AGAIN, TRIES_MAX)
    }

    fn again(&mut self, after: Duration, tries_max: u8) -> Next {
        self.tries += 1;
        if self.tries < tries_max {
            return Next::Act(after);
        }
        if self.is_signing_in() {
            return Next::Absent;
        }
        let may_be_done = self.serves.as_ref().is_some_and(|serving| serving.may_be_done);
        Next::Over(Duration::ZERO, if may_be_done { Ending::Unknown } else { Ending::Error })
    }
}

impl Scene<'_> {
    fn caller(&self) -> &Caller<'_> {
        self.caller.as_ref().expect("a caller is in hand")
    }

    fn person(&self) -> SyntheticPerson {
        let caller = self.caller();
        caller.cast.person(caller.person)
    }

    fn conduct(&self) -> Conduct {
        let caller = self.caller();
        caller.cast.conduct(caller.person)
    }

    fn dice(&self, step: u16) -> Dice {
        self.caller().dice(Roll::Agent(step))
    }
}

/// Of a page: the number to look up, or the status where it has none.
fn code_of(answer: &Answer) -> String {
    let body = String::from_utf8_lossy(&answer.body);
    page::reference(&body).map_or_else(|| format!("http-{}", answer.status), str::to_owned)
}
