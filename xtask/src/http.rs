//! One GET over a connection of its own: enough to ask a server on this machine how it is.
use anyhow::{Context, Result, ensure};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const ANSWER_SECONDS_MAX: u64 = 20;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn get(port: u16, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n")?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received).with_context(|| format!("reading the answer to {path}"))?;
    parse(&received).with_context(|| format!("the answer to {path}"))
}

fn parse(received: &[u8]) -> Result<Answer> {
    let head_end = received.windows(4).position(|four| four == b"\r\n\r\n").context("it has no head")?;
    let head = String::from_utf8_lossy(&received[..head_end]).to_ascii_lowercase();
    ensure!(!head.contains("transfer-encoding:"), "it comes in chunks");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("it has no status")?;
    Ok(Answer { status, body: received[head_end + 4..].to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_status_and_body() {
        let answer = parse(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno").unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, b"no".as_slice()));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n").is_err());
    }
}
