//! Cookies: all set by the server, HttpOnly, SameSite=Lax, host-only; with TLS under the `__Host-` prefix.

use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use hyper::http;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The place in line.
    Ticket,
    /// The right to book.
    Pass,
    /// Who was verified.
    Session,
    /// An identity check under way; encrypted.
    Challenge,
    /// A code that a recipient is to read out; encrypted.
    RecipientCode,
    /// Names the browser, so that forms cannot be posted from elsewhere.
    Browser,
    /// What was typed before identity was proved; encrypted.
    Typed,
    /// How many favourite clinics there are, so that the waiting page can say it without asking the ledger.
    Prepared,
    /// Who of the staff is signed in.
    Staff,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Pass => "pass",
            Self::Session => "session",
            Self::Challenge => "challenge",
            Self::RecipientCode => "recipient-code",
            Self::Browser => "browser",
            Self::Typed => "typed",
            Self::Prepared => "prepared",
            Self::Staff => "staff",
        }
    }

    /// Seconds, as written in the header: 14 days, 12 hours, 8 hours, an hour, ten minutes, half an hour. A ticket outlives the campaign's day;
    /// the rest is bounded inside the token too.
    fn max_age(self) -> &'static str {
        match self {
            Self::Ticket | Self::Browser | Self::Prepared => "1209600",
            Self::Session => "43200",
            Self::Staff => "28800",
            Self::Pass => "3600",
            Self::Challenge => "600",
            Self::Typed | Self::RecipientCode => "1800",
        }
    }

    /// The value the browser sent, if any.
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let prefix = prefix(secure);
        let pairs = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name.strip_prefix(prefix) == Some(self.name())).then_some(value))
    }

    pub fn set(self, value: &str, secure: bool) -> HeaderValue {
        self.header(value, self.max_age(), secure)
    }

    pub fn clear(self, secure: bool) -> HeaderValue {
        self.header("", "0", secure)
    }

    fn header(self, value: &str, max_age: &str, secure: bool) -> HeaderValue {
        let text = self.parts(value, max_age, secure).concat();
        HeaderValue::from_maybe_shared(Bytes::from(text)).expect("tokens are plain ASCII")
    }

    /// The value of the header that sets it, in pieces, for whoever writes it themselves.
    pub(crate) fn setting(self, value: &str, secure: bool) -> [&str; 8] {
        self.parts(value, self.max_age(), secure)
    }

    fn parts<'a>(self, value: &'a str, max_age: &'a str, secure: bool) -> [&'a str; 8] {
        [prefix(secure), self.name(), "=", value, "; Max-Age=", max_age, ATTRIBUTES, end(secure)]
    }
}

const ATTRIBUTES: &str = "; Path=/; HttpOnly; SameSite=Lax";

fn end(secure: bool) -> &'static str {
    if secure { "; Secure" } else { "" }
}

fn prefix(secure: bool) -> &'static str {
    if secure { "__Host-" } else { "charye-" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_reads_back_and_its_neighbours_do_not_disturb_it() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("x=1; charye-ticket=abc; charye-pass=def"));
        assert_eq!(Cookie::Ticket.read(&headers, false), Some("abc"));
        assert_eq!(Cookie::Pass.read(&headers, false), Some("def"));
        assert_eq!(Cookie::Session.read(&headers, false), None);
        assert_eq!(Cookie::Ticket.read(&headers, true), None);
    }

    #[test]
    fn with_tls_a_cookie_is_bound_to_the_host() {
        let header = Cookie::Ticket.set("abc", true);
        let text = header.to_str().unwrap();
        assert!(
            text.starts_with("__Host-ticket=abc; ") && text.contains("; Secure") && text.contains("HttpOnly"),
            "{text}"
        );
    }
}
