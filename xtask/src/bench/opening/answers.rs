//! Answers that come one after the other on one connection. Those of a crowd have one shape, so the first is taken apart
//! and the others are compared with it.

/// Of the last answer that was taken apart.
#[derive(Default)]
pub(super) struct Shape {
    status: u16,
    head: usize,
    /// Where the line with the length of the body is.
    length_at: usize,
    length_line: Vec<u8>,
    whole: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Unfinished,
    Answer { status: u16, length: usize },
    Unreadable,
}

const END: &[u8] = b"\r\n\r\n";
const NAME: &[u8] = b"content-length:";

impl Shape {
    pub(super) fn look(&mut self, received: &[u8]) -> Seen {
        if self.is_same(received) {
            return Seen::Answer { status: self.status, length: self.whole };
        }
        let Some(end) = received.windows(END.len()).position(|window| window == END) else {
            return Seen::Unfinished;
        };
        if self.learn(&received[..end + END.len()]).is_none() {
            return Seen::Unreadable;
        }
        if received.len() < self.whole {
            return Seen::Unfinished;
        }
        Seen::Answer { status: self.status, length: self.whole }
    }

    /// Same status, same end of the head, same length said at the same place.
    fn is_same(&self, received: &[u8]) -> bool {
        let length = self.length_at..self.length_at + self.length_line.len();
        self.whole > 0
            && received.len() >= self.whole
            && status_of(received) == Some(self.status)
            && received[self.head - END.len()..self.head] == *END
            && received[length] == *self.length_line
    }

    fn learn(&mut self, head: &[u8]) -> Option<()> {
        self.whole = 0;
        let status = status_of(head)?;
        let (mut at, mut found) = (0, None);
        for line in head.split_inclusive(|byte| *byte == b'\n') {
            if line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
                found = Some((at, line));
            }
            at += line.len();
        }
        let (length_at, line) = found?;
        let body: usize = str::from_utf8(line[NAME.len()..].trim_ascii()).ok()?.parse().ok()?;
        let (head, length_line) = (head.len(), line.to_vec());
        *self = Self { status, head, length_at, length_line, whole: head + body };
        Some(())
    }
}

fn status_of(received: &[u8]) -> Option<u16> {
    str::from_utf8(received.get(9..12)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(token: &str, body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 201 Created\r\nset-cookie: {token}\r\ncontent-length: {length}\r\n\r\n{body}")
    }

    #[test]
    fn answers_of_one_shape_and_of_another_are_told_apart_byte_by_byte() {
        let mut shape = Shape::default();
        let kinds = [("abc", "one"), ("xyz", "two"), ("longer", "four"), ("abc", ""), ("x", "0123456789")];
        for (token, body) in kinds {
            let whole = answer(token, body);
            for end in 0..whole.len() {
                assert_eq!(shape.look(&whole.as_bytes()[..end]), Seen::Unfinished, "{token} {end}");
            }
            let two = whole.clone() + "HTTP/1.1 201";
            assert_eq!(shape.look(two.as_bytes()), Seen::Answer { status: 201, length: whole.len() });
        }
    }

    #[test]
    fn another_status_is_seen_although_the_rest_is_the_same() {
        let mut shape = Shape::default();
        let (good, bad) = (answer("t", "b"), answer("t", "b").replace("201", "503"));
        assert!(matches!(shape.look(good.as_bytes()), Seen::Answer { status: 201, .. }));
        assert!(matches!(shape.look(bad.as_bytes()), Seen::Answer { status: 503, .. }));
        assert_eq!(shape.look(b"HTTP/1.1 200 OK\r\n\r\n"), Seen::Unreadable);
    }
}
