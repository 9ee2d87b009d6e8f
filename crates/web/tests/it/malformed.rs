//! What is no request, or could be two: never a fault, never a blank page, never a second request out of one.

use crate::raw::{Raw, Said};
use crate::site::{SLUG, Site};
use store::conformance::Figure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const END: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// Name, bytes, statuses in their order. What follows an ambiguous request must not be answered.
type Odd = (&'static str, Vec<u8>, Vec<u16>);

fn text(name: &'static str, text: String, statuses: &[u16]) -> Odd {
    (name, text.into_bytes(), statuses.to_vec())
}

fn corpus() -> Vec<Odd> {
    [lengths(), codings(), letters(), meanings(), sizes()].concat()
}

/// Where a request ends.
fn lengths() -> Vec<Odd> {
    let join = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\n");
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    vec![
        text("nothing of a request", "\r\n\r\n\r\nhello\r\n\r\n".into(), &[400]),
        text(
            "CL then TE",
            format!("{join}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{END}"),
            &[201],
        ),
        text(
            "TE then CL",
            format!("{join}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{END}"),
            &[201],
        ),
        text(
            "CL then TE on a form",
            format!(
                "POST /identity HTTP/1.1\r\nhost: a\r\n{form}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{END}"
            ),
            &[403],
        ),
        text(
            "two equal lengths",
            format!("{join}content-length: 2\r\ncontent-length: 2\r\n\r\n{{}}{END}"),
            &[201, 200],
        ),
        text("two lengths", format!("{join}content-length: 0\r\ncontent-length: 44\r\n\r\n{END}"), &[400]),
        text("a length of two numbers", format!("{join}content-length: 0, 44\r\n\r\n{END}"), &[400]),
        text("a length with a sign", format!("{join}content-length: +0\r\n\r\n{END}"), &[400]),
        text("a length below nothing", format!("{join}content-length: -1\r\n\r\n{END}"), &[400]),
        text(
            "a length beyond numbers",
            format!("{join}content-length: 99999999999999999999999\r\n\r\n{END}"),
            &[400],
        ),
        text(
            "gzip, chunked",
            format!("{join}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n{END}"),
            &[201, 200],
        ),
    ]
}

/// How a body is wrapped.
fn codings() -> Vec<Odd> {
    let join = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\n");
    vec![
        text(
            "chunked, gzip",
            format!("{join}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n{END}"),
            &[400],
        ),
        text("an unknown coding", format!("{join}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{END}"), &[400]),
        text(
            "chunks of no number",
            format!("{join}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n{END}"),
            &[413],
        ),
        text(
            "chunks without end",
            format!("{join}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{END}"),
            &[413],
        ),
    ]
}

/// What may stand in a head.
fn letters() -> Vec<Odd> {
    let join = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\n");
    let document = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n");
    vec![
        text("a space before the colon", format!("{join}content-length : 0\r\n\r\n{END}"), &[400]),
        text("a folded line", format!("{join}x: a\r\n b\r\n\r\n{END}"), &[400]),
        text("bare line feeds", format!("GET /gate/{SLUG}.json HTTP/1.1\nhost: a\n\n{END}"), &[200, 200]),
        text("a bare carriage return", format!("{document}x: a\rb\r\n\r\n{END}"), &[400]),
        text("NUL in a value", format!("{document}x: a\0b\r\n\r\n{END}"), &[400]),
        text("NUL in a name", format!("{document}x\0y: a\r\n\r\n{END}"), &[400]),
        text("NUL in the address", format!("GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[400]),
        text("Hangul in the address", format!("GET /가 HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[404, 200]),
        text("a space in the address", format!("GET /a b HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[400]),
        text("no address", format!("GET HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[400]),
        text("no version", format!("GET /\r\nhost: a\r\n\r\n{END}"), &[400]),
        text("a version to come", format!("GET / HTTP/1.9\r\nhost: a\r\n\r\n{END}"), &[400]),
        text("HTTP/2 without having asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[]),
    ]
}

/// What is asked for.
fn meanings() -> Vec<Odd> {
    let join = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\n");
    let document = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n");
    vec![
        text(
            "a whole address",
            format!("GET http://a/gate/{SLUG}.json HTTP/1.1\r\nhost: b\r\n\r\n{END}"),
            &[200, 200],
        ),
        text(
            "an address of another",
            format!("GET http://elsewhere.test/ HTTP/1.1\r\nhost: a\r\n\r\n{END}"),
            &[200, 200],
        ),
        text("a tunnel", format!("CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[404, 200]),
        text("the star", format!("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[404, 200]),
        text("a trace", format!("TRACE / HTTP/1.1\r\nhost: a\r\n\r\n{END}"), &[404, 200]),
        text("two hosts", format!("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n{END}"), &[200, 200]),
        text(
            "an upgrade",
            format!("{document}connection: upgrade\r\nupgrade: h2c\r\n\r\n{END}"),
            &[200, 200],
        ),
        text("a body on a GET", format!("{document}content-length: 5\r\n\r\nhello{END}"), &[200, 200]),
        text(
            "expects to go on",
            format!("{join}expect: 100-continue\r\ncontent-length: 2\r\n\r\n{{}}{END}"),
            &[100, 201, 200],
        ),
        text(
            "expects wonders",
            format!("{join}expect: wonders\r\ncontent-length: 0\r\n\r\n{END}"),
            &[201, 200],
        ),
    ]
}

/// How much, and in which order.
fn sizes() -> Vec<Odd> {
    let join = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\n");
    let document = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n");
    vec![
        text("a head of 64 KB", format!("{document}x: {}\r\n\r\n{END}", "a".repeat(64 * 1024)), &[431]),
        text("a head of 10,000 lines", format!("{document}{}\r\n{END}", "a: b\r\n".repeat(10_000)), &[431]),
        text("150 short lines", format!("{document}{}\r\n{END}", "a: b\r\n".repeat(150)), &[431]),
        text(
            "an address of 70 KB",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n{END}", "a".repeat(70_000)),
            &[431],
        ),
        text(
            "four in a row",
            format!("{document}\r\n{join}\r\n{document}te: trailers\r\n\r\n{END}"),
            &[200, 201, 200, 200],
        ),
        text(
            "good, then bad",
            format!("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET /\0 HTTP/1.1\r\n\r\n{END}"),
            &[200, 400],
        ),
        (
            "TLS without having asked",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
            vec![400],
        ),
        ("bytes that are no text", b"GET /\xff\xfe\xfd HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(), vec![400]),
    ]
}

/// A page where a person could stand before it; never a fault of ours.
fn assert_is_in_words(name: &str, said: &Said) {
    assert!(said.status < 500, "{name}: {said:?}");
    if said.status < 400 {
        return;
    }
    let is_page = said.body.contains("<html lang=\"ko\">") && said.body.contains("</html>");
    let is_json = said.header("content-type") == "application/problem+json" && said.body.contains("title_en");
    assert!(is_page || is_json, "{name}: nobody may see a blank page: {said:?}");
}

async fn converse(site: &Site, bytes: &[u8]) -> Vec<Said> {
    let mut raw = Raw::to(site).await;
    raw.say(bytes).await;
    raw.hear_out().await
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_or_could_be_two_is_answered_in_words_and_once() {
    let site = Site::new();
    let corpus = corpus();
    let mut wrong = Vec::new();
    for (name, bytes, expected) in &corpus {
        let said = converse(&site, bytes).await;
        let statuses: Vec<u16> = said.iter().map(|said| said.status).collect();
        for said in &said {
            assert_is_in_words(name, said);
        }
        if statuses != *expected {
            wrong.push(format!("{name}: {statuses:?}, not {expected:?}"));
        }
        let alive = converse(&site, END.as_bytes()).await;
        assert_eq!(alive[0].status, 200, "after {name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let figure = Figure {
        promise: "E2",
        test: "malformed requests",
        runs: corpus.len() as u64,
        of: "kinds of bytes",
        violations: 0,
        saboteur: "a reader that stops at the length and not at the chunks",
        caught: u64::from(naive_reader_sees_two(&corpus).await),
        more: "each alone on its connection, END behind it".to_owned(),
    };
    figure.tell();
}

/// Reads a head, then as many bytes as the length says, then the next head: what the corpus is there to find.
async fn naive_reader_sees_two(corpus: &[Odd]) -> bool {
    let (_, bytes, expected) = corpus.iter().find(|(name, ..)| *name == "CL then TE").unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut raw = Raw(tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
    let (mut stream, _) = listener.accept().await.unwrap();
    raw.say(bytes).await;
    raw.0.shutdown().await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let mut rest = &all[..];
    while let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let length = head.split("content-length: ").nth(1).map_or(0, |rest| rest[..1].parse().unwrap());
        rest = &rest[end + 4 + length..];
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
    drop(stream);
    raw.hear_out().await.len() > expected.len()
}
