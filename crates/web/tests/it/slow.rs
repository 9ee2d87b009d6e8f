//! Slow clients cannot keep what they hold: each kind of slowness has a timer, and each timer ends it. The time is
//! tokio's, and stands still while there is something to do.

use crate::raw::{Raw, seconds_until_alone};
use crate::site::{SLUG, Site, Wanted};
use std::time::Duration;
use store::conformance::Figure;
use web::front::limits::SocketLimits;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slowness {
    Silent,
    /// A byte of a head every ten seconds.
    HeadForTheLane,
    HeadForHyper,
    /// Nothing more after an answer.
    IdleAfterTheLane,
    IdleAfterHyper,
    /// A byte of a body every two seconds.
    BodyOfAForm,
    BodyOfAJoin,
    /// Asks for much and reads nothing.
    ReaderOfTheLane,
    ReaderOfHyper,
    /// Asks for much and reads a hundred bytes a second.
    TricklingReader,
}

const KINDS: [Slowness; 10] = [
    Slowness::Silent,
    Slowness::HeadForTheLane,
    Slowness::HeadForHyper,
    Slowness::IdleAfterTheLane,
    Slowness::IdleAfterHyper,
    Slowness::BodyOfAForm,
    Slowness::BodyOfAJoin,
    Slowness::ReaderOfTheLane,
    Slowness::ReaderOfHyper,
    Slowness::TricklingReader,
];

impl Slowness {
    fn beginning(self) -> String {
        let document = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n");
        match self {
            Self::Silent => String::new(),
            Self::HeadForTheLane => document,
            Self::HeadForHyper => "GET /regions HTTP/1.1\r\nhost: a\r\n".to_owned(),
            Self::IdleAfterTheLane => format!("{document}\r\n"),
            Self::IdleAfterHyper => "GET / HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            Self::BodyOfAForm => "POST /identity HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\
                 content-type: application/x-www-form-urlencoded\r\n\r\nname="
                .to_owned(),
            Self::BodyOfAJoin => {
                format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n{{")
            }
            Self::ReaderOfTheLane => format!("{document}\r\n").repeat(20_000),
            Self::ReaderOfHyper | Self::TricklingReader => {
                "GET /regions HTTP/1.1\r\nhost: a\r\n\r\n".repeat(10_000)
            }
        }
    }

    /// Goes on as it began, for ever.
    async fn go_on(self, mut raw: Raw) -> Raw {
        let asking = self.beginning();
        let mut asking = asking.as_bytes();
        while !asking.is_empty() {
            // Whoever does not read soon cannot write either.
            let piece = &asking[..asking.len().min(4_096)];
            let Ok(true) = tokio::time::timeout(Duration::from_millis(1), raw.say(piece)).await else {
                break;
            };
            asking = &asking[piece.len()..];
        }
        let pause = match self {
            Self::HeadForTheLane | Self::HeadForHyper => Duration::from_secs(10),
            Self::BodyOfAForm | Self::BodyOfAJoin => Duration::from_secs(2),
            Self::TricklingReader => Duration::from_secs(1),
            _ => return raw,
        };
        loop {
            tokio::time::sleep(pause).await;
            let mut some = [0; 100];
            if self == Self::TricklingReader {
                let _read = raw.0.try_read(&mut some);
            } else {
                raw.say("x").await;
            }
        }
    }

    /// Seconds until the server has let go of it.
    async fn ends_after(self, socket: SocketLimits) -> Option<u32> {
        let site = Site::with(Wanted { socket, ..Wanted::default() });
        let raw = Raw::to(&site).await;
        let client = tokio::spawn(self.go_on(raw));
        tokio::time::sleep(Duration::from_millis(10)).await;
        let seconds = seconds_until_alone(&site, 120).await;
        client.abort();
        seconds
    }
}

/// As if nobody had thought of a timer.
fn without_timers() -> SocketLimits {
    let never = Duration::from_hours(20 * 24);
    SocketLimits { head_wait: never, body_wait: never, write_wait: never, ..SocketLimits::default() }
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_slowness_ends_in_its_time_and_none_without_its_timer() {
    let limits = SocketLimits::default();
    let wait = |wait: Duration| wait.as_secs() as u32;
    let mut ended = Vec::new();
    let mut caught = 0;
    for kind in KINDS {
        let seconds_max = match kind {
            Slowness::BodyOfAForm | Slowness::BodyOfAJoin => wait(limits.body_wait) + wait(limits.head_wait),
            Slowness::ReaderOfTheLane | Slowness::ReaderOfHyper | Slowness::TricklingReader => {
                wait(limits.write_wait)
            }
            _ => 2 * wait(limits.head_wait),
        };
        let seconds = kind.ends_after(limits.clone()).await;
        assert!(seconds.is_some_and(|seconds| seconds <= seconds_max + 6), "{kind:?}: {seconds:?}");
        ended.push(format!("{kind:?} {} s", seconds.unwrap()));
        let held = kind.ends_after(without_timers()).await;
        assert_eq!(held, None, "{kind:?} ends without a timer, so it proves nothing");
        caught += 1;
    }
    let figure = Figure {
        promise: "E1",
        test: "slow clients",
        runs: KINDS.len() as u64,
        of: "kinds of slowness",
        violations: 0,
        saboteur: "no timers",
        caught,
        more: ended.join(", "),
    };
    figure.tell();
}

/// Whoever was only slow reads why, and is not simply cut.
#[tokio::test(start_paused = true)]
async fn whoever_began_a_request_and_did_not_end_it_reads_why() {
    let site = Site::new();
    for kind in [Slowness::HeadForTheLane, Slowness::HeadForHyper, Slowness::BodyOfAForm] {
        let mut raw = Raw::to(&site).await;
        raw.say(kind.beginning()).await;
        let said = raw.hear_out().await;
        assert_eq!(said.len(), 1, "{kind:?}: {said:?}");
        assert_eq!((said[0].status, said[0].header("connection")), (408, "close"), "{kind:?}");
        assert!(said[0].body.contains("<html lang=\"ko\">"), "{kind:?}: {said:?}");
    }
    let mut raw = Raw::to(&site).await;
    raw.say(Slowness::BodyOfAJoin.beginning()).await;
    let said = raw.hear_out().await;
    assert_eq!((said[0].status, said[0].header("content-type")), (408, "application/problem+json"));
    assert!(said[0].body.contains("TooSlow"), "{said:?}");
}

/// A phone in a tunnel reads in fits and starts, but it reads.
#[tokio::test(start_paused = true)]
async fn a_reader_who_gets_on_is_not_cut() {
    let site = Site::new();
    let mut raw = Raw::to(&site).await;
    raw.say("GET /regions HTTP/1.1\r\nhost: a\r\n\r\n".repeat(500)).await;
    raw.say("GET /regions HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let mut read = 0;
    let mut some = vec![0; 64 * 1024];
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        raw.0.readable().await.unwrap();
        match raw.0.try_read(&mut some) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    }
    assert!(read > 1_000_000, "{read} bytes were never too much for the socket");
}
