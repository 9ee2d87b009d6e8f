//! One GET over a connection of its own: enough to ask a server on this machine how it is.
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Write};
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
    read(BufReader::new(stream)).with_context(|| format!("the answer to {path}"))
}

/// Reads as far as the length that the head tells: not every server closes when it is asked to.
fn read(mut reader: impl BufRead) -> Result<Answer> {
    let mut status_line = String::new();
    reader.read_line(&mut status_line)?;
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
    let mut length = None;
    loop {
        let mut line = String::new();
        ensure!(reader.read_line(&mut line)? > 0, "the head has no end");
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse::<usize>().context("content-length")?);
        }
    }
    let mut body = vec![0; length.context("no content-length")?];
    reader.read_exact(&mut body)?;
    Ok(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_status_and_body() {
        let answer = read(&b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"[..]).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, b"no".as_slice()));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(read(&b"HTTP/1.1 200 OK\r\n"[..]).is_err());
        assert!(read(&b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"[..]).is_err());
    }
}
