//! Reads answers as far as a load test must: status, end of the head, length of the body.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Unfinished,
    Finished,
    /// Not the status that is expected, no length, or more than was asked for.
    Wrong,
}

/// Remembers the head of the last good answer: as long as the server repeats it, it is not parsed again.
pub(crate) struct AnswerCheck {
    status: [u8; 3],
    known_head: Vec<u8>,
    known_length: usize,
}

impl AnswerCheck {
    pub(crate) fn new(status: u16) -> Self {
        let digits = [status / 100, status / 10 % 10, status % 10].map(|digit| b'0' + digit as u8);
        Self { status: digits, known_head: Vec::new(), known_length: usize::MAX }
    }

    pub(crate) fn check(&mut self, received: &[u8]) -> Progress {
        if self.known_head.is_empty() || !received.starts_with(&self.known_head) {
            let Some(head_length) = head_length(received) else {
                return Progress::Unfinished;
            };
            let head = &received[..head_length];
            let Some(body_length) = content_length(head).filter(|_| head.get(9..12) == Some(&self.status))
            else {
                return Progress::Wrong;
            };
            self.known_head.clear();
            self.known_head.extend_from_slice(head);
            self.known_length = head_length + body_length;
        }
        match received.len().cmp(&self.known_length) {
            std::cmp::Ordering::Less => Progress::Unfinished,
            std::cmp::Ordering::Equal => Progress::Finished,
            std::cmp::Ordering::Greater => Progress::Wrong,
        }
    }
}

/// The length of the head with its empty line.
fn head_length(received: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    loop {
        let line = &received[line_start..];
        let line_length = line.iter().position(|byte| *byte == b'\n')? + 1;
        line_start += line_length;
        if line_length == 2 {
            return Some(line_start);
        }
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let mut lines = head.split(|byte| *byte == b'\n');
    let line =
        lines.find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))?;
    let digits = line[NAME.len()..].trim_ascii();
    str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, received: &str) -> Progress {
        let mut check = AnswerCheck::new(status);
        let first = check.check(received.as_bytes());
        assert_eq!(check.check(received.as_bytes()), first, "the remembered head changes nothing");
        first
    }

    #[test]
    fn an_answer_is_finished_with_its_last_byte() {
        let answer = "HTTP/1.1 201 Created\r\nX: y\r\nContent-Length: 3\r\n\r\nabc";
        for end in 0..answer.len() {
            assert_eq!(check(201, &answer[..end]), Progress::Unfinished, "{end}");
        }
        assert_eq!(check(201, answer), Progress::Finished);
        assert_eq!(check(201, &format!("{answer}d")), Progress::Wrong);
    }

    #[test]
    fn another_status_or_no_length_is_wrong() {
        assert_eq!(check(200, "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n"), Progress::Wrong);
        assert_eq!(check(200, "HTTP/1.1 200 OK\r\n\r\n"), Progress::Wrong);
    }
}
