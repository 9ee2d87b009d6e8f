//! As much of Redis's protocol (RESP 2) as these questions need: every answer is a number, or none.
use anyhow::{Context, Result, ensure};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A command as an array of bulk strings.
pub(super) fn command(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// One answer and its length: an integer, a bulk string of digits, or nothing. None while it is not all there.
///
/// # Errors
/// An error of Redis, or an answer that is no number.
pub(super) fn reply(bytes: &[u8]) -> Result<Option<(Option<i64>, usize)>> {
    let Some(line) = line(bytes) else { return Ok(None) };
    let (kind, text) = line.split_first().context("an empty answer")?;
    let number = || -> Result<i64> { Ok(str::from_utf8(text)?.parse()?) };
    let end = line.len() + 2;
    match kind {
        b':' => Ok(Some((Some(number()?), end))),
        b'$' if text == b"-1" => Ok(Some((None, end))),
        b'$' => {
            let length = number()? as usize;
            let Some(value) = bytes.get(end..end + length + 2) else { return Ok(None) };
            Ok(Some((Some(str::from_utf8(&value[..length])?.parse()?), end + length + 2)))
        }
        _ => anyhow::bail!("Redis says: {}", String::from_utf8_lossy(line)),
    }
}

fn line(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.windows(2).position(|two| two == b"\r\n")?;
    Some(&bytes[..end])
}

/// A conversation that waits for each answer; for what is not measured.
pub(super) struct Talk(UnixStream);

impl Talk {
    pub(super) fn begin(socket: &Path) -> Result<Self> {
        Ok(Self(UnixStream::connect(socket)?))
    }

    /// Several commands in one write.
    pub(super) fn ask_all(&mut self, commands: &[u8], count: u64) -> Result<Vec<Option<i64>>> {
        self.0.write_all(commands)?;
        let (mut received, mut replies) = (Vec::new(), Vec::new());
        let mut piece = [0; 16 * 1024];
        while (replies.len() as u64) < count {
            let length = self.0.read(&mut piece)?;
            ensure!(length > 0, "Redis has gone");
            received.extend_from_slice(&piece[..length]);
            let mut at = 0;
            while let Some((number, length)) = reply(&received[at..])? {
                replies.push(number);
                at += length;
            }
            received.drain(..at);
        }
        Ok(replies)
    }

    /// `used_memory` of `INFO memory`: what Redis has asked its allocator for.
    pub(super) fn memory_bytes(&mut self) -> Result<u64> {
        self.0.write_all(&command(&[b"INFO", b"memory"]))?;
        let mut text = String::new();
        let mut piece = [0; 16 * 1024];
        loop {
            let length = self.0.read(&mut piece)?;
            ensure!(length > 0, "Redis has gone");
            text.push_str(&String::from_utf8_lossy(&piece[..length]));
            if let Some(bytes) = used_memory(&text) {
                return bytes;
            }
        }
    }
}

/// None until the whole bulk string is there.
fn used_memory(text: &str) -> Option<Result<u64>> {
    let (length, rest) = text.strip_prefix('$')?.split_once("\r\n")?;
    let whole = rest.len() >= length.parse::<usize>().ok()? + 2;
    let line = || rest.lines().find_map(|line| line.strip_prefix("used_memory:"));
    whole.then(|| line().context("used_memory").and_then(|bytes| Ok(bytes.trim().parse()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_numbers_or_nothing_and_may_come_in_pieces() {
        for (text, number) in [(":42\r\n", Some(42)), ("$2\r\n17\r\n", Some(17)), ("$-1\r\n", None)] {
            for end in 0..text.len() {
                assert_eq!(reply(&text.as_bytes()[..end]).unwrap(), None, "{end} of {text:?}");
            }
            let more = format!("{text}:7\r\n");
            assert_eq!(reply(more.as_bytes()).unwrap(), Some((number, text.len())));
        }
        assert!(reply(b"-ERR unknown command\r\n").is_err());
        assert_eq!(command(&[b"GET", b"serving"]), b"*2\r\n$3\r\nGET\r\n$7\r\nserving\r\n");
    }

    #[test]
    fn the_memory_is_read_when_all_is_said() {
        let info = "# Memory\r\nused_memory:1048576\r\n";
        let text = format!("${}\r\n{info}\r\n", info.len());
        assert_eq!(used_memory(&text).unwrap().unwrap(), 1_048_576);
        assert!(used_memory(&text[..text.len() - 1]).is_none());
    }
}
