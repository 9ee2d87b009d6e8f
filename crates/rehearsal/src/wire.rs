//! One request and its answer over HTTP/1.1; nothing here knows what they are about.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER, SET_COOKIE};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A person who got no answer for so long presses the button again.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(10);
const BODY_BYTES_MAX: usize = 4 << 20;
/// No answer may send the crowd away for longer.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, Box<str>)>,
    pub(crate) body: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// Where to go on, of a page that was sent.
    pub(crate) location: Option<Box<str>>,
    /// As the service sets them.
    pub(crate) cookies: Vec<Box<str>>,
    pub(crate) body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The service has surely not seen the request.
    NotSent,
    /// It may have, and may have acted on it.
    NoAnswer,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

impl Call {
    pub(crate) fn get(path: String) -> Self {
        Call { method: Method::GET, path, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn post(path: String, body: impl Into<Bytes>) -> Self {
        Call { method: Method::POST, path, headers: Vec::new(), body: body.into() }
    }

    /// As a browser sends a form.
    pub(crate) fn form(path: String, fields: &[(&str, &str)]) -> Self {
        Call::post(path, form(fields)).with(CONTENT_TYPE.as_str(), FORM)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn request(&self, address: SocketAddr) -> Option<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.path)
            .header(HOST, address.to_string())
            .header(ACCEPT_ENCODING, "identity");
        let says_type = self.headers.iter().any(|(name, _)| *name == CONTENT_TYPE.as_str());
        if self.method == Method::POST && !says_type {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, &**value);
        }
        request.body(Full::new(self.body.clone())).ok()
    }
}

impl Answer {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// The problem's code, or the status where the service did not say.
    pub(crate) fn code(&self) -> String {
        self.read::<Problem>().map_or_else(|| format!("http-{}", self.status), |problem| problem.code)
    }
}

/// A kept-alive connection; dropping it closes it.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    pump: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await.map_err(|_| Fault::NotSent)?;
        stream.set_nodelay(true).map_err(|_| Fault::NotSent)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| Fault::NotSent)?;
        let pump = tokio::spawn(async move {
            // How a connection ends is told to whoever has a request on it.
            let _ended = connection.await;
        });
        Ok(Connection { sender, pump })
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Fault> {
        self.sender.ready().await.map_err(|_| Fault::NotSent)?;
        let sent = self.sender.send_request(request).await;
        let response =
            sent.map_err(|error| if error.is_canceled() { Fault::NotSent } else { Fault::NoAnswer })?;
        answer(response).await
    }
}

/// Sends on the given connection, or on a new one where there is none or it was closed meanwhile.
pub(crate) async fn exchange(
    kept: Option<Connection>,
    address: SocketAddr,
    call: &Call,
) -> Result<(Connection, Answer), Fault> {
    timeout(ANSWER_WAIT_MAX, exchange_patiently(kept, address, call)).await.unwrap_or(Err(Fault::NoAnswer))
}

async fn exchange_patiently(
    kept: Option<Connection>,
    address: SocketAddr,
    call: &Call,
) -> Result<(Connection, Answer), Fault> {
    let request = || call.request(address).ok_or(Fault::NotSent);
    if let Some(mut connection) = kept {
        match connection.send(request()?).await {
            Ok(answer) => return Ok((connection, answer)),
            Err(Fault::NotSent) => {}
            Err(Fault::NoAnswer) => return Err(Fault::NoAnswer),
        }
    }
    let mut connection = Connection::open(address).await?;
    let answer = connection.send(request()?).await?;
    Ok((connection, answer))
}

async fn answer(response: Response<hyper::body::Incoming>) -> Result<Answer, Fault> {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let text = |value: &HeaderValue| value.to_str().ok().map(Box::from);
    let location = response.headers().get(LOCATION).and_then(text);
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(text).collect();
    let body = Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await;
    let body = body.map_err(|_| Fault::NoAnswer)?.to_bytes();
    Ok(Answer { status, retry_after, location, cookies, body })
}

/// In seconds; the form with a date is treated as absent, for want of a clock to compare it with.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// As browsers write a form: whatever is no letter or digit is escaped.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&")
}

pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}
