//! People who wait for the gate document to say something; they cost a place in a list and no request.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::gate::GateDocument;
use crate::journey::Until;

#[derive(Default)]
pub(crate) struct Waiting {
    outside: Vec<u32>,
    lobby: Vec<u32>,
    line: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Waiting {
    pub(crate) fn add(&mut self, person: u32, until: Until) {
        match until {
            Until::TicketsAreGiven => self.outside.push(person),
            Until::Opening => self.lobby.push(person),
            Until::Called { queue_number } => self.line.push(Reverse((queue_number, person))),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.outside.len() + self.lobby.len() + self.line.len()
    }

    /// Those whom this document concerns, each once.
    pub(crate) fn released_by(&mut self, gate: &GateDocument) -> Vec<u32> {
        let mut released = Vec::new();
        if gate.gives_tickets() {
            released.append(&mut self.outside);
        }
        if gate.is_open() {
            released.append(&mut self.lobby);
        }
        while self.line.peek().is_some_and(|Reverse((number, _))| gate.calls(*number)) {
            released.extend(self.line.pop().map(|Reverse((_, person))| person));
        }
        released
    }

    pub(crate) fn everybody(&mut self) -> Vec<u32> {
        let mut all = std::mem::take(&mut self.outside);
        all.append(&mut self.lobby);
        all.extend(std::mem::take(&mut self.line).into_iter().map(|Reverse((_, person))| person));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(phase: &str, serving_number: u64) -> GateDocument {
        let text = format!(r#"{{"phase":"{phase}","serving_number":{serving_number}}}"#);
        serde_json::from_str(&text).expect("a gate document")
    }

    #[test]
    fn each_waits_for_their_own_word() {
        let mut waiting = Waiting::default();
        waiting.add(1, Until::TicketsAreGiven);
        waiting.add(2, Until::Opening);
        waiting.add(3, Until::Called { queue_number: 10 });
        waiting.add(4, Until::Called { queue_number: 9 });
        assert!(waiting.released_by(&gate("before", 0)).is_empty());
        assert_eq!(waiting.released_by(&gate("lobby", 0)), [1]);
        assert_eq!(waiting.released_by(&gate("open", 10)), [2, 4]);
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting.everybody(), [3]);
        assert_eq!(waiting.len(), 0);
    }
}
