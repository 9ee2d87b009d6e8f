//! `GET /draw` and its files: a draw told while it happens, with what anybody needs to compute it again.

use crate::context::Context;
use crate::draw::{LIST, LIST_HEAD, PLACES, PLACES_HEAD, ROOT, RULES, VALUE, list_lines, place_lines, text};
use crate::error::Problem;
use crate::gate::drawing::{Drawing, Part};
use crate::pages::draw::{DrawPage, OwnPart};
use crate::published::hex;
use axum::body::Body;
use bytes::Bytes;
use http::Response;
use hyper::body::{Frame, SizeHint};
use hyper::http;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use waiting_room::draw::{Participants, Places};

/// Lines of a list that are put together at once.
const LINES_AT_ONCE: usize = 1_024;

pub async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let Some(drawing) = gate.drawing() else {
        let (rules, root, value, own) = (None, None, None, None);
        return Ok(ctx.page(&DrawPage { chrome: ctx.chrome(), rules, root, value, own }));
    };
    let known = drawing.known();
    let page = DrawPage {
        own: own(ctx, drawing).await?,
        chrome: ctx.chrome(),
        rules: Some(drawing.rules().clone()),
        root: known.root,
        value: known.value,
    };
    Ok(ctx.page(&page))
}

/// For whoever carries the ticket, and before the list is closed only for its person.
async fn own(ctx: &Context, drawing: &Drawing) -> Result<Option<OwnPart>, Problem> {
    let gate = &ctx.app.gate;
    let Some(place_number) = ctx.ticket.and_then(|ticket| gate.settle(ticket).place_number) else {
        return Ok(None);
    };
    let person = ctx.session.map(|session| session.person);
    if gate.part_of(place_number, person).await? != Some(Part::Takes) {
        return Ok(None);
    }
    let listed = drawing.listed(place_number);
    Ok(drawing.receipt(place_number).map(|receipt| OwnPart {
        receipt,
        queue_number: listed.as_ref().and_then(|listed| listed.queue_number),
        proof: listed.map(|listed| {
            (listed.inclusion.position, listed.inclusion.path.iter().map(|hash| hex(hash)).collect())
        }),
    }))
}

/// The published files, by their names; what is not published yet is not there.
pub async fn file(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let drawing = gate.drawing().ok_or(Problem::NotFound)?;
    let known = drawing.known();
    let json = "application/json";
    let name = ctx.param("file");
    let text = match name {
        RULES => Some(text(drawing.rules())),
        ROOT => known.root.as_ref().map(text),
        VALUE => known.value.as_ref().map(text),
        LIST | PLACES => {
            // With the root they are bound, not before.
            let participants = known.participants.as_ref().filter(|_| known.root.is_some());
            let participants = participants.ok_or(Problem::NotFound)?;
            let places = known.places();
            if name == PLACES && places.is_none() {
                return Err(Problem::NotFound);
            }
            let places = places.filter(|_| name == PLACES);
            let lines = Lines::new(Arc::clone(participants), places);
            let name = if name == LIST { LIST } else { PLACES };
            return Ok(ctx.file(Body::new(lines), "text/csv; charset=utf-8", name));
        }
        _ => None,
    };
    let text = text.ok_or(Problem::NotFound)?;
    let name =
        [RULES, ROOT, VALUE].into_iter().find(|known| *known == name).expect("it was found by its name");
    Ok(ctx.file(Body::from(text), json, name))
}

/// A list as it is read: never whole in memory.
struct Lines {
    participants: Arc<Participants>,
    /// Of the list of places.
    places: Option<Places>,
    /// None before the head.
    next: Option<u64>,
    bytes_left: u64,
}

impl Lines {
    fn new(participants: Arc<Participants>, places: Option<Places>) -> Self {
        let count = participants.lobby().count();
        let mut lines = Self { participants, places, next: None, bytes_left: 0 };
        // A number, a comma, 64 digits of a leaf and the end of the line; before it the number of a place and a comma.
        let of_list = digits_below(count) + count * 66;
        let of_places = if places.is_some() { digits_below(count) + count } else { 0 };
        lines.bytes_left = (lines.head().len() as u64) + of_list + of_places;
        lines
    }

    fn head(&self) -> String {
        format!("{}\n", if self.places.is_some() { PLACES_HEAD } else { LIST_HEAD })
    }

    fn more(&mut self) -> Option<String> {
        let lobby = self.participants.lobby();
        let Some(from) = self.next else {
            self.next = Some(0);
            return Some(self.head());
        };
        let put = |lines: &mut dyn Iterator<Item = String>| {
            lines.take(LINES_AT_ONCE).fold(String::new(), |all, line| all + &line + "\n")
        };
        let text = match self.places {
            Some(places) => put(&mut place_lines(lobby, places, from)),
            None => put(&mut list_lines(lobby, from)),
        };
        self.next = Some((from + LINES_AT_ONCE as u64).min(lobby.count()));
        (!text.is_empty()).then_some(text)
    }
}

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let lines = self.get_mut();
        let text = lines.more();
        lines.bytes_left -= text.as_ref().map_or(0, |text| text.len() as u64);
        Poll::Ready(text.map(|text| Ok(Frame::data(text.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes_left)
    }
}

/// Digits of all numbers below it together.
fn digits_below(end: u64) -> u64 {
    let with = |digits: u32| if digits == 1 { 0 } else { 10_u64.pow(digits - 1) };
    (1..=19).map(|digits| u64::from(digits) * (end.min(with(digits + 1)).saturating_sub(with(digits)))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiting_room::draw::{Root, Seed};

    #[test]
    fn a_list_is_as_long_as_it_was_said_to_be() {
        for count in [0, 1, 9, 10, 11, 100, 1_023, 1_025, 2_500] {
            let numbers: Vec<u64> = (0..count).collect();
            let participants = Arc::new(Participants::freeze("c".to_owned(), [1; 32], &numbers));
            let places = Places::new(Seed::of("c", Root([0; 32]), count, "v"), count);
            for places in [None, Some(places)] {
                let mut lines = Lines::new(Arc::clone(&participants), places);
                let said = lines.bytes_left;
                let text: String = std::iter::from_fn(|| lines.more()).collect();
                assert_eq!(text.len() as u64, said, "{count}");
                assert_eq!(text.lines().count() as u64, count + 1);
            }
        }
    }
}
