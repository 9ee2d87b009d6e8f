//! The service as its staff have it: an operator signs in at the staff's listener and takes the audit record away. It is
//! written as it comes, so that a list of millions takes no memory here either.
//!
//! What it knows is a password and a code of the moment; where they come from is for whoever asks.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::jar::Jar;
use crate::wire::{FORM, form};

/// A staff service that says nothing for so long is not there.
const SILENCE_MAX: Duration = Duration::from_secs(30);
const PAGE_BYTES_MAX: usize = 1 << 20;
const SIGN_IN: &str = "/desk/sign-in";
const LIST: &str = "/desk/audit";

/// One service's staff listener, and who is signed in there.
pub struct Office {
    at: SocketAddr,
    jar: Jar,
}

/// Why the service did not do what was asked; in words for people where the command is.
#[derive(Debug)]
pub enum Fault {
    Unreached,
    /// A page that is not as it was when this was written.
    Unreadable,
    SetupCodeWrong,
    /// The first code was not good.
    NotSetUp,
    /// Name, password or code; which of them the service does not say.
    SignInWrong,
    MayNotTake,
    NotGiven(u16),
    /// The list broke off.
    Cut,
    /// It came, and could not be written down.
    Unwritten(io::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreached => f.write_str("the staff's listener was not reached"),
            Self::Unreadable => f.write_str("a page that cannot be read"),
            Self::SetupCodeWrong => f.write_str("the set-up code is wrong, or was used"),
            Self::NotSetUp => f.write_str("the account was not made ready"),
            Self::SignInWrong => f.write_str("name, password or code is not right"),
            Self::MayNotTake => f.write_str("this account may not take the audit record"),
            Self::NotGiven(status) => write!(f, "the audit record was not given, status {status}"),
            Self::Cut => f.write_str("the audit record was cut on its way"),
            Self::Unwritten(_) => f.write_str("the audit record could not be written down"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Unwritten(error) = self { Some(error) } else { None }
    }
}

/// What a new account is made of: the secret of its codes, as the page shows it, and what seals the first form.
pub struct Begun {
    pub secret: String,
    sealed: String,
}

impl Office {
    pub fn new(at: SocketAddr) -> Self {
        Self { at, jar: Jar::default() }
    }

    /// The first of two steps with a set-up code.
    ///
    /// # Errors
    /// Of the network, or what the page refuses.
    pub async fn begin(&mut self, login: &str, setup: &str, password: &str) -> Result<Begun, Fault> {
        let form = [("login", login), ("setup", setup), ("new_password", password)];
        let (status, _, page) = self.post("/desk/setup", &form).await?;
        if status != 200 {
            return Err(Fault::SetupCodeWrong);
        }
        let after = |mark: &str, until: char| {
            let (_, rest) = page.split_once(mark)?;
            rest.split(until).next().map(str::to_owned)
        };
        let secret = after("<b class=\"num\">", '<').ok_or(Fault::Unreadable)?;
        let sealed = after("name=\"begun\" value=\"", '"').ok_or(Fault::Unreadable)?;
        Ok(Begun { secret, sealed })
    }

    /// # Errors
    /// Of the network, or a code that is not good.
    pub async fn finish(&mut self, begun: &Begun, code: &str) -> Result<(), Fault> {
        let (status, _, _) =
            self.post("/desk/setup/finish", &[("begun", &begun.sealed), ("code", code)]).await?;
        if status == 303 { Ok(()) } else { Err(Fault::NotSetUp) }
    }

    /// # Errors
    /// Of the network, or a name, password or code that is not good; which of them the service does not say.
    pub async fn sign_in(&mut self, login: &str, password: &str, code: &str) -> Result<(), Fault> {
        let (status, location, _) =
            self.post(SIGN_IN, &[("login", login), ("password", password), ("code", code)]).await?;
        if status == 303 && location == "/desk" { Ok(()) } else { Err(Fault::SignInWrong) }
    }

    /// The whole list, and in it that it was taken. False where nobody is signed in any more; nothing is written then.
    ///
    /// # Errors
    /// Of the network or of `out`, a list that was cut, or an account that may not take it.
    pub async fn take_list(&mut self, out: &mut impl Write) -> Result<bool, Fault> {
        let mut response = self.send(self.request(Method::GET, LIST, String::new())?).await?;
        match response.status().as_u16() {
            200 => {}
            303 => return Ok(false),
            403 => return Err(Fault::MayNotTake),
            other => return Err(Fault::NotGiven(other)),
        }
        while let Some(frame) = timeout(SILENCE_MAX, response.frame()).await.map_err(|_| Fault::Cut)? {
            if let Ok(bytes) = frame.map_err(|_| Fault::Cut)?.into_data() {
                out.write_all(&bytes).map_err(Fault::Unwritten)?;
            }
        }
        Ok(true)
    }

    fn request(&self, method: Method, path: &str, form: String) -> Result<Request<Full<Bytes>>, Fault> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.at.to_string())
            // No other site sent this: the service asks browsers, and this says it for none.
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, FORM)
            .header(COOKIE, self.jar.header());
        request.body(Full::new(form.into())).map_err(|_| Fault::Unreached)
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<(u16, String, String), Fault> {
        let response = self.send(self.request(Method::POST, path, form(fields))?).await?;
        let location =
            response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("").to_owned();
        let status = response.status().as_u16();
        let whole = Limited::new(response.into_body(), PAGE_BYTES_MAX).collect();
        let body = timeout(SILENCE_MAX, whole).await.map_err(|_| Fault::Unreached)?;
        let body = body.map_err(|_| Fault::Unreadable)?.to_bytes();
        Ok((status, location, String::from_utf8_lossy(&body).into_owned()))
    }

    /// On a connection of its own: nobody waits here.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Fault> {
        let asked = async {
            let stream = TcpStream::connect(self.at).await.ok()?;
            let (mut sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
            tokio::spawn(connection);
            sender.send_request(request).await.ok()
        };
        let response = timeout(SILENCE_MAX, asked).await.ok().flatten().ok_or(Fault::Unreached)?;
        self.keep(response.headers());
        Ok(response)
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for set in headers.get_all(SET_COOKIE).iter().filter_map(|set| set.to_str().ok()) {
            self.jar.keep(set);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// Answers one request after the other with these words.
    async fn stand_in(answers: Vec<&'static str>) -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let heard = tokio::spawn(async move {
            let mut heard = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let mut length = 0;
                while !ends(&request[..length]) {
                    length += stream.read(&mut request[length..]).await.unwrap();
                }
                heard.push(String::from_utf8_lossy(&request[..length]).into_owned());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            heard
        });
        (at, heard)
    }

    fn ends(request: &[u8]) -> bool {
        let text = String::from_utf8_lossy(request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        length.is_none_or(|length| body.len() >= length.parse().unwrap())
    }

    const SIGNED_IN: &str = "HTTP/1.1 303 See Other\r\nlocation: /desk\r\nset-cookie: charye-staff=abc; HttpOnly\r\n\
                             content-length: 0\r\n\r\n";
    const WRONG: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    const LISTED: &str =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    const CUT: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntw";
    const SIGNED_OUT: &str = "HTTP/1.1 303 See Other\r\nlocation: /desk/sign-in\r\ncontent-length: 0\r\n\r\n";

    #[tokio::test]
    async fn whoever_signed_in_takes_the_list_as_it_comes() {
        let (at, heard) = stand_in(vec![SIGNED_IN, LISTED]).await;
        let mut office = Office::new(at);
        office.sign_in("park.operator", "four words & more", "123456").await.unwrap();
        let mut list = Vec::new();
        assert!(office.take_list(&mut list).await.unwrap());
        assert_eq!(list, b"one\ntwo\n");
        let heard = heard.await.unwrap();
        assert!(heard[0].ends_with("login=park%2Eoperator&password=four%20words%20%26%20more&code=123456"));
        assert!(heard[1].contains("charye-staff=abc"), "{}", heard[1]);
    }

    #[tokio::test]
    async fn a_list_that_was_cut_is_none_and_so_is_that_of_somebody_who_may_not_take_it() {
        let (at, _) = stand_in(vec![CUT, WRONG, SIGNED_OUT, WRONG]).await;
        let mut office = Office::new(at);
        let mut list = Vec::new();
        let error = office.take_list(&mut list).await.unwrap_err().to_string();
        assert!(error.contains("cut"), "{error}");
        let error = office.take_list(&mut list).await.unwrap_err().to_string();
        assert!(error.contains("may not"), "{error}");
        assert!(!office.take_list(&mut list).await.unwrap(), "nobody is signed in");
        assert!(office.sign_in("a", "b", "c").await.is_err());
    }
}
