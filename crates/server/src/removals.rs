//! What an operator asks of the running service about people's data: one small file a request, in `DATA/removals`. The
//! service owns the ledger, so nobody else writes to it; it answers in a file beside.

use anyhow::{Context as _, Result, bail};
use booking::{AppointmentId, PersonId};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use web::removal_requests::{RemovalRequest, RemovalRequests};

const ASKED: &str = "asked";
const ANSWERED: &str = "answered";
/// For so long, together: the service looks every five seconds.
const LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(crate) struct RemovalFolder(PathBuf);

impl RemovalFolder {
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join("removals"))
    }

    fn path(&self, request: RemovalRequest, state: &str) -> PathBuf {
        self.0.join(name_of(request)).with_extension(state)
    }

    /// Asks, and waits for the answer a while: None when nobody answered. The request stays, for when the service is
    /// started.
    pub(crate) fn ask(&self, request: RemovalRequest) -> Result<Option<String>> {
        fs::create_dir_all(&self.0).with_context(|| self.0.display().to_string())?;
        let answer = self.path(request, ANSWERED);
        let _older = fs::remove_file(&answer);
        fs::write(self.path(request, ASKED), "")?;
        for _ in 0..LOOKS {
            if let Ok(words) = fs::read_to_string(&answer) {
                fs::remove_file(&answer)?;
                return Ok(Some(words));
            }
            // A command line waits for another process; nothing else runs here.
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(None)
    }
}

impl RemovalRequests for RemovalFolder {
    fn waiting(&self) -> Vec<RemovalRequest> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let asked = entries.filter_map(|entry| request_of(&entry.path()));
        asked.collect()
    }

    fn answer(&self, request: RemovalRequest, words: &str) {
        // Whole under its name: whoever asked reads it at once.
        let unfinished = self.path(request, "unfinished");
        let written = fs::write(&unfinished, words)
            .and_then(|()| fs::rename(&unfinished, self.path(request, ANSWERED)))
            .and_then(|()| fs::remove_file(self.path(request, ASKED)));
        if let Err(error) = written {
            tracing::warn!(error = %error, "a removal was carried out, and whoever asked cannot be told");
        }
    }
}

/// `sweep`, `12345-67890`, `person-77`.
fn name_of(request: RemovalRequest) -> String {
    match request {
        RemovalRequest::Sweep => "sweep".to_owned(),
        RemovalRequest::Of(appointment) => appointment.number(),
        RemovalRequest::Person(PersonId(person)) => format!("person-{person}"),
    }
}

fn request_of(path: &Path) -> Option<RemovalRequest> {
    let name = path.file_stem()?.to_str()?;
    path.extension().filter(|state| *state == ASKED)?;
    parse(name).ok()
}

/// As an operator writes it.
pub(crate) fn parse(name: &str) -> Result<RemovalRequest> {
    if name == "sweep" {
        return Ok(RemovalRequest::Sweep);
    }
    if let Some(person) = name.strip_prefix("person-").and_then(|person| person.parse().ok()) {
        return Ok(RemovalRequest::Person(PersonId(person)));
    }
    match AppointmentId::parse(name) {
        Some(appointment) => Ok(RemovalRequest::Of(appointment)),
        None => bail!(
            "예약번호(12345-67890)나 사람 번호(person-77)로 씁니다 / write an appointment's number (12345-67890) or a \
             person's (person-77): {name}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_back_and_answered_once() {
        let home = std::env::temp_dir().join(format!("charye-removals-{}", std::process::id()));
        let _left_over = fs::remove_dir_all(&home);
        let folder = RemovalFolder::of(&home);
        assert!(folder.waiting().is_empty(), "there is no folder yet");
        let requests = [
            RemovalRequest::Sweep,
            RemovalRequest::Of(AppointmentId(7)),
            RemovalRequest::Person(PersonId(3)),
        ];
        for request in requests {
            let answering = std::thread::scope(|scope| {
                scope.spawn(|| {
                    while folder.waiting().is_empty() {
                        std::thread::yield_now();
                    }
                    assert_eq!(folder.waiting(), [request]);
                    folder.answer(request, "done");
                });
                folder.ask(request).unwrap()
            });
            assert_eq!(answering.as_deref(), Some("done"));
            assert!(folder.waiting().is_empty());
        }
        fs::remove_dir_all(&home).unwrap();
        assert!(parse("kim").is_err() && parse("person-x").is_err());
    }
}
