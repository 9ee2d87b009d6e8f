//! One request over a connection of its own: enough to talk with a server on this machine.
use anyhow::{Context, Result, bail, ensure};
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
    pub(crate) location: String,
    set_cookies: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// `name=value`, as the browser sends it back.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let set = self.set_cookies.iter().find(|set| set.split('=').next() == Some(name))?;
        set.split(';').next().map(str::to_owned)
    }
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
    let (mut location, mut set_cookies, mut is_chunked) = (String::new(), Vec::new(), false);
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
        } else if name.eq_ignore_ascii_case("location") {
            value.trim().clone_into(&mut location);
        } else if name.eq_ignore_ascii_case("set-cookie") {
            set_cookies.push(value.trim().to_owned());
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            is_chunked = value.trim() == "chunked";
        }
    }
    let body = match length {
        Some(length) => exactly(&mut reader, length)?,
        None if is_chunked => chunks(&mut reader)?,
        None if status == 204 => Vec::new(),
        None => bail!("no content-length"),
    };
    Ok(Answer { status, content_type, is_kept_by_nobody, location, set_cookies, body })
}

fn exactly(reader: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

/// RFC 9112, section 7.1.
fn chunks(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).context("the length of a chunk")?;
        body.extend(exactly(reader, length)?);
        ensure!(exactly(reader, 2)? == b"\r\n", "a chunk has no end");
        if length == 0 {
            return Ok(body);
        }
    }
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
        let whole = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(read(&whole[..]).unwrap().body, b"abc");
    }
}
