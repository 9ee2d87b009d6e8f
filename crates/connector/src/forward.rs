//! A request that is let through, on its way to the site and back: streamed both ways, with clean headers.

use crate::browser;
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, COOKIE, HOST, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::HeaderValue;
use hyper::http::uri::PathAndQuery;
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Request, Response, StatusCode, Uri, Version};
use hyper_util::rt::TokioIo;
use std::net::IpAddr;

/// Who it is to the site: the same for one person, meaningless elsewhere. Taken out of whatever the public sends.
pub(crate) const VISITOR: HeaderName = HeaderName::from_static("x-charye-visitor");
const OURS: &str = "x-charye-";
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What is known of a request beside itself.
pub(crate) struct Passage<'a> {
    pub(crate) upstream: &'a Uri,
    pub(crate) visitor: &'a str,
    pub(crate) client: IpAddr,
    pub(crate) over_tls: bool,
}

/// The request as the site gets it, and the waiting upgrade (a web socket, for example) if it asks for one.
pub(crate) fn to_site(
    mut request: Request<Incoming>,
    passage: &Passage<'_>,
) -> (Request<Incoming>, Option<OnUpgrade>) {
    let upgrade = upgrade_of(request.headers());
    let upgraded = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    let mut parts = passage.upstream.clone().into_parts();
    parts.path_and_query = Some(path);
    *request.uri_mut() =
        Uri::from_parts(parts).expect("scheme and host of the settings, path of the request");
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    drop_hops(headers);
    let said: Vec<HeaderName> = headers.keys().filter(|name| is_said_by_proxies(name)).cloned().collect();
    for name in said {
        headers.remove(name);
    }
    browser::without_ours(headers, passage.over_tls);
    let mut say = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    say(FORWARDED_FOR, &passage.client.to_string());
    say(FORWARDED_PROTO, if passage.over_tls { "https" } else { "http" });
    say(VISITOR, passage.visitor);
    // The site keeps the name people know it by: its links and cookies are made of it.
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert(FORWARDED_HOST, host);
    }
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol);
    }
    (request, upgraded)
}

/// The answer as the browser gets it. `over_tls`: see [`Passage`].
pub(crate) fn to_browser(
    mut answer: Response<Incoming>,
    asked: Option<OnUpgrade>,
    over_tls: bool,
) -> Response<Incoming> {
    let protocol = upgrade_of(answer.headers());
    let switches = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    if let (true, Some(ours)) = (switches, asked) {
        let theirs = hyper::upgrade::on(&mut answer);
        tokio::spawn(through(ours, theirs));
    }
    *answer.version_mut() = Version::HTTP_11;
    drop_hops(answer.headers_mut());
    keep_our_cookies(answer.headers_mut(), over_tls);
    if let (true, Some(protocol)) = (switches, protocol) {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
        answer.headers_mut().insert(UPGRADE, protocol);
    }
    answer
}

/// The site cannot give anybody the right to be there, nor end somebody's way.
fn keep_our_cookies(headers: &mut HeaderMap, over_tls: bool) {
    let set: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for cookie in set.into_iter().filter(|cookie| !browser::is_ours(cookie, over_tls)) {
        headers.append(SET_COOKIE, cookie);
    }
}

async fn through(ours: OnUpgrade, theirs: OnUpgrade) {
    if let (Ok(ours), Ok(theirs)) = (ours.await, theirs.await) {
        let (mut ours, mut theirs) = (TokioIo::new(ours), TokioIo::new(theirs));
        if let Err(error) = tokio::io::copy_bidirectional(&mut ours, &mut theirs).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "an upgraded connection ended early");
        }
    }
}

fn is_said_by_proxies(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with(OURS) || name.starts_with("x-forwarded-") || matches!(name, "forwarded" | "x-real-ip")
}

/// The protocol that one side offers to switch to.
fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = named_by_connection(headers).any(|name| name.eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|_| asks).cloned()
}

fn named_by_connection(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(CONNECTION).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// RFC 9110, section 7.6.1. Lengths are hyper's: it frames each side by itself.
fn drop_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = named_by_connection(headers)
        .filter_map(|name| name.parse().ok())
        // A client cannot have what the site goes by taken out.
        .filter(|name: &HeaderName| ![HOST, COOKIE].contains(name))
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION]
    {
        headers.remove(name);
    }
    for name in ["keep-alive", "proxy-connection"] {
        headers.remove(name);
    }
}
