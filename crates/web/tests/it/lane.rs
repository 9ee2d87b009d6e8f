//! The short lane answers as hyper would, and leaves to hyper whatever is not plain.

use crate::site::{SLUG, Site};
use crate::watching::{metrics, watcher};
use crate::wire::{Answer, Ask};
use std::collections::HashSet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn document() -> Ask {
    Ask::get(&format!("/gate/{SLUG}.json"))
}

fn join() -> Ask {
    Ask::new("POST", &format!("/gate/{SLUG}/tickets")).header("content-type", "application/json")
}

/// The same, in a form that the lane leaves to hyper.
fn to_hyper(ask: Ask) -> Ask {
    ask.header("te", "trailers")
}

fn names_and_values(answer: &Answer, leave_out: &[&str]) -> Vec<(String, String)> {
    let kept = |(name, _): &&(String, String)| !leave_out.contains(&name.as_str());
    let mut headers: Vec<_> = answer.headers.iter().filter(kept).cloned().collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn the_gate_document_is_the_same_from_the_lane_and_from_hyper() {
    let site = Site::new();
    let tag = site.ask(&document()).await.header("etag").to_owned();
    for ask in [
        document(),
        document().header("accept-encoding", "gzip, br"),
        document().header("if-none-match", &tag),
        document().header("if-none-match", "\"old\"").header("accept-encoding", "gzip"),
        document().header("connection", "keep-alive"),
    ] {
        let (lane, hyper) = (site.ask(&ask).await, site.ask(&to_hyper(ask.clone())).await);
        assert_eq!((lane.status, &lane.body), (hyper.status, &hyper.body), "{ask:?}");
        assert_eq!(names_and_values(&lane, &["date"]), names_and_values(&hyper, &["date"]), "{ask:?}");
        assert!(lane.header("date").ends_with(" GMT"), "{lane:?}");
    }
}

#[tokio::test]
async fn a_ticket_is_the_same_from_the_lane_and_from_hyper() {
    let site = Site::new();
    let (lane, hyper) = (site.ask(&join()).await, site.ask(&to_hyper(join())).await);
    assert_eq!((lane.status, hyper.status), (201, 201));
    let own = ["date", "set-cookie"];
    assert_eq!(names_and_values(&lane, &own), names_and_values(&hyper, &own));
    for answer in [&lane, &hyper] {
        let ticket = answer.json()["ticket"].as_str().unwrap().to_owned();
        let attributes = format!("charye-ticket={ticket}; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(answer.header("set-cookie"), attributes);
    }
    assert_ne!(lane.json()["ticket"], hyper.json()["ticket"]);
}

#[tokio::test]
async fn a_press_from_another_site_or_with_a_ticket_in_hand_is_no_plain_join() {
    let site = Site::new();
    assert_eq!(site.ask(&join().header("origin", "https://elsewhere.test")).await.status, 403);
    assert_eq!(site.ask(&join().header("sec-fetch-site", "cross-site")).await.status, 403);
    let first = site.ask(&join()).await.json()["ticket"].as_str().unwrap().to_owned();
    let again = site.ask(&join().header("cookie", &format!("charye-ticket={first}"))).await;
    assert_eq!((again.status, again.json()["ticket"].as_str()), (200, Some(first.as_str())));
}

/// Everything the server sends until it closes.
async fn converse(site: &Site, pieces: &[&str]) -> String {
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut all = Vec::new();
    let _cut_short = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn requests_in_pieces_in_a_row_and_of_both_kinds_are_answered_in_their_order() {
    let site = Site::new();
    let get = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n\r\n");
    let post = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    let last = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let whole = format!("{get}{post}{get}{last}");
    let letters: Vec<String> = whole.chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    for pieces in [vec![whole.as_str()], letters] {
        let all = converse(&site, &pieces).await;
        let kinds: Vec<&str> = all.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(kinds, ["200", "201", "200", "200"], "{all}");
        assert!(all.ends_with('}') && all.contains("\"alive\":true"), "{all}");
    }
}

#[tokio::test]
async fn what_could_mean_two_things_is_never_answered_by_the_lane() {
    let site = Site::new();
    let line = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\n");
    let close = "connection: close\r\n\r\n";
    let table = [
        // Hyper does not ask for a host.
        ("no host", format!("{line}{close}"), "201"),
        (
            "two lengths",
            format!("{line}host: a\r\ncontent-length: 0\r\ncontent-length: 5\r\n{close}hello"),
            "400",
        ),
        ("a body", format!("{line}host: a\r\ncontent-length: 2\r\n{close}{{}}"), "201"),
        ("chunks", format!("{line}host: a\r\ntransfer-encoding: chunked\r\n{close}0\r\n\r\n"), "201"),
        ("no name", format!("{line}host: a\r\n: x\r\n{close}"), "400"),
        ("an older version", format!("GET /gate/{SLUG}.json HTTP/1.0\r\nhost: a\r\n\r\n"), "200"),
    ];
    for (name, request, expected) in table {
        let all = converse(&site, &[&request]).await;
        let statuses: Vec<&str> = all.split("HTTP/1.").skip(1).map(|answer| &answer[2..5]).collect();
        assert_eq!(statuses, [expected], "{name}: {all}");
    }
}

#[tokio::test]
async fn more_joins_at_once_than_are_reserved_are_all_answered_and_the_connection_stays_in_the_lane() {
    let site = Site::new();
    let mut watcher = watcher(&site);
    let line = format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n");
    let asked = format!("{line}\r\n").repeat(99) + &format!("{line}connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let ticking = async {
        loop {
            // The next second has a reservation of its own.
            site.seconds(1).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        read = stream.read_to_end(&mut all) => drop(read.unwrap()),
        () = ticking => {}
    }
    let all = String::from_utf8(all).unwrap();
    let answers: Vec<&str> = all.split("HTTP/1.1 201 Created\r\n").skip(1).collect();
    let tickets: HashSet<&str> =
        answers.iter().filter_map(|answer| answer.split("\"ticket\":\"").nth(1)).collect();
    assert_eq!((answers.len(), tickets.len()), (100, 100), "{all}");
    // What hyper gives is not counted there.
    assert_eq!(metrics(&mut watcher).await["charye_requests_from_memory_total"] as u64, 100);
}
