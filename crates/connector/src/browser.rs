//! What a browser brings and is given: cookies of the site's host. They are taken out of what goes to the site.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hyper::header::COOKIE;
use hyper::{HeaderMap, http::HeaderValue};
use sha2::{Digest as _, Sha256};

const PATH_MAX: usize = 1_024;
const SECRET: usize = 16;

/// With TLS bound to the host.
fn prefix(secure: bool) -> &'static str {
    if secure { "__Host-charye-" } else { "charye-site-" }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The right to be here.
    Visit,
    /// A secret of this browser while it is on its way through the line, and where it wanted to go.
    Way,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Way => "way",
        }
    }

    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        pairs(headers)
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| name.strip_prefix(prefix(secure)) == Some(self.name()))
            .map(|(_, value)| value)
    }

    pub(crate) fn set(self, value: &str, seconds: i64, secure: bool) -> HeaderValue {
        let (prefix, name) = (prefix(secure), self.name());
        let end = if secure { "; Secure" } else { "" };
        let text = format!("{prefix}{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{end}");
        HeaderValue::from_maybe_shared(Bytes::from(text)).expect("cookies of ours are plain ASCII")
    }
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).map(str::trim)
}

/// The site is not told what is between the browser and us.
pub(crate) fn without_ours(headers: &mut HeaderMap, secure: bool) {
    let prefix = prefix(secure);
    let kept: Vec<String> =
        pairs(headers).filter(|pair| !pair.starts_with(prefix)).map(str::to_owned).collect();
    headers.remove(COOKIE);
    if let Ok(value) = HeaderValue::from_str(&kept.join("; "))
        && !kept.is_empty()
    {
        headers.insert(COOKIE, value);
    }
}

/// Whether the site tries to set one of ours.
pub(crate) fn is_ours(set_cookie: &HeaderValue, secure: bool) -> bool {
    set_cookie.as_bytes().trim_ascii_start().starts_with(prefix(secure).as_bytes())
}

/// Somebody's way through the line and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    secret: [u8; SECRET],
    /// Path and query at the site.
    pub(crate) path: String,
}

impl Way {
    pub(crate) fn new(secret: [u8; SECRET], path: &str) -> Self {
        let path = if is_a_path(path) { path } else { "/" };
        Self { secret, path: path.to_owned() }
    }

    /// The secret stays when somebody asks for another page of the site meanwhile, in another tab for example.
    pub(crate) fn also_to(self, path: &str) -> Self {
        Self::new(self.secret, path)
    }

    pub(crate) fn read(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let (secret, path) = Cookie::Way.read(headers, secure)?.split_once('.')?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        let path = String::from_utf8(URL_SAFE_NO_PAD.decode(path).ok()?).ok()?;
        Some(Self::new(secret, &path))
    }

    pub(crate) fn cookie(&self, secure: bool) -> HeaderValue {
        let (secret, path) = (URL_SAFE_NO_PAD.encode(self.secret), URL_SAFE_NO_PAD.encode(&self.path));
        // As long as a line may be on such a day.
        Cookie::Way.set(&format!("{secret}.{path}"), 43_200, secure)
    }

    /// What the line is told, and signs: only this browser has what it was made of.
    pub(crate) fn mark(&self) -> [u8; 32] {
        Sha256::digest(self.secret).into()
    }

    pub(crate) fn told(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.mark())
    }
}

/// Within the site: nothing that a browser could take for another host, nothing that ends a header.
fn is_a_path(path: &str) -> bool {
    path.len() <= PATH_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/.charye/")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_way_reads_back_and_keeps_its_secret_when_another_page_is_asked_for() {
        let way = Way::new([7; 16], "/seats?row=3");
        let set = way.cookie(true);
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        let read = Way::read(&headers(&format!("theme=dark; {pair}")), true).unwrap();
        assert_eq!(read, way);
        let also = read.clone().also_to("/stalls");
        assert_eq!((also.mark(), also.path.as_str()), (read.mark(), "/stalls"));
        assert_ne!(Way::new([8; 16], "/").mark(), way.mark());
    }

    #[test]
    fn nobody_is_sent_from_here_to_another_host() {
        for path in
            ["//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nb", "", "/.charye/enter", "/한글"]
        {
            assert_eq!(Way::new([0; 16], path).path, "/", "{path:?}");
        }
    }

    #[test]
    fn the_site_gets_its_own_cookies_and_none_of_ours() {
        let mut seen = headers("a=1; __Host-charye-visit=x; b=2; __Host-charye-way=y");
        without_ours(&mut seen, true);
        assert_eq!(seen.get(COOKIE).unwrap(), "a=1; b=2");
        let mut only_ours = headers("__Host-charye-visit=x");
        without_ours(&mut only_ours, true);
        assert!(only_ours.is_empty());
        assert!(is_ours(&HeaderValue::from_static("__Host-charye-visit=forged; Path=/"), true));
        assert!(!is_ours(&HeaderValue::from_static("session=1"), true));
    }
}
