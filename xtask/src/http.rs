//! One request over a connection of its own: enough to talk with a server on this machine.
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const ANSWER_SECONDS_MAX: u64 = 20;

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Empty where the answer does not say.
    pub(crate) content_type: String,
    /// It says `no-store`.
    pub(crate) is_kept_by_nobody: bool,
    pub(crate) body: Vec<u8>,
}

/// Name and value.
pub(crate) type Header<'a> = (&'a str, &'a str);

pub(crate) fn get(port: u16, path: &str) -> Result<Answer> {
    get_with(port, path, &[])
}

pub(crate) fn get_with(port: u16, path: &str, headers: &[Header]) -> Result<Answer> {
    send(port, &format!("GET {path}"), headers, "")
}

pub(crate) fn post(port: u16, path: &str, headers: &[Header], json: &str) -> Result<Answer> {
    send(port, &format!("POST {path}"), headers, json)
}

fn send(port: u16, what: &str, headers: &[Header], json: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))?;
    let mut request = format!("{what} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n")?;
    }
    if !json.is_empty() {
        write!(request, "content-type: application/json\r\ncontent-length: {}\r\n", json.len())?;
    }
    write!(request, "\r\n{json}")?;
    stream.write_all(request.as_bytes())?;
    read(BufReader::new(stream)).with_context(|| format!("the answer to {what}"))
}

/// Reads as far as the length that the head tells: not every server closes when it is asked to.
fn read(mut reader: impl BufRead) -> Result<Answer> {
    let mut status_line = String::new();
    reader.read_line(&mut status_line)?;
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
    let (mut length, mut content_type, mut is_kept_by_nobody) = (None, String::new(), false);
    loop {
        let mut line = String::new();
        ensure!(reader.read_line(&mut line)? > 0, "the head has no end");
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse::<usize>().context("content-length")?);
        } else if name.eq_ignore_ascii_case("content-type") {
            value.trim().clone_into(&mut content_type);
        } else if name.eq_ignore_ascii_case("cache-control") {
            is_kept_by_nobody = value.contains("no-store");
        }
    }
    let mut body = vec![0; length.context("no content-length")?];
    reader.read_exact(&mut body)?;
    Ok(Answer { status, content_type, is_kept_by_nobody, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_status_and_body() {
        let answer =
            read(&b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nno"[..])
                .unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, b"no".as_slice()));
        assert_eq!(answer.content_type, "text/plain");
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(read(&b"HTTP/1.1 200 OK\r\n"[..]).is_err());
        assert!(read(&b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"[..]).is_err());
    }
}
