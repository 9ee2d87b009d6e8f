//! What an operator asks of the running service: to sweep now, or to remove one person at once.

use crate::app::App;
use crate::lang::Lang;
use crate::retention::{Retention, remove};
use crate::wording;
use booking::{AppointmentId, PersonId, Refusal, RemovalReason};
use store::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalRequest {
    /// Whoever's period is over, now.
    Sweep,
    /// Whoever that appointment is of.
    Of(AppointmentId),
    Person(PersonId),
}

/// Where requests come from and answers go to.
pub trait RemovalRequests: Send + Sync {
    fn waiting(&self) -> Vec<RemovalRequest>;
    /// The request is done; the words are for whoever asked.
    fn answer(&self, request: RemovalRequest, words: &str);
}

impl Retention {
    pub(crate) async fn heed(
        &mut self,
        app: &App,
        requests: &impl RemovalRequests,
    ) -> Result<(), StoreError> {
        for request in requests.waiting() {
            let words = match request {
                RemovalRequest::Sweep => {
                    self.sweep_now();
                    "지금 파기 대상을 찾습니다 / looking for data whose period is over".to_owned()
                }
                RemovalRequest::Of(appointment) => {
                    let found = app.store.appointment(appointment).await?;
                    match found {
                        Some(appointment) => self.remove_one(app, appointment.place.recipient).await?,
                        None => refused(app, &Refusal::AppointmentUnknown),
                    }
                }
                RemovalRequest::Person(person) => self.remove_one(app, person).await?,
            };
            requests.answer(request, &words);
        }
        Ok(())
    }

    async fn remove_one(&mut self, app: &App, person: PersonId) -> Result<String, StoreError> {
        Ok(match remove(app, person, RemovalReason::Asked).await? {
            Ok(()) => {
                tracing::info!(person = person.0, "data of a person was removed because it was asked for");
                format!("파기했습니다 / removed: person {}", person.0)
            }
            Err(refusal) => refused(app, &refusal),
        })
    }
}

fn refused(app: &App, refusal: &Refusal) -> String {
    let words = [Lang::Ko, Lang::En].map(|lang| wording::refusal(lang, refusal, app));
    let [ko, en] = words.map(|said| format!("{} {}", said.sentence, said.next_step));
    format!("{ko}\n{en} ({})", refusal.number())
}
