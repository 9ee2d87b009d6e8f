//! How the service stands.

use super::{at, chrome};
use crate::gate::standing::{Bookings, Since, Standing, Works};
use crate::lang::Lang;
use crate::pages::status::StatusPage;

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    for (name, line, ledger, bookings) in [
        ("status-not-yet", Works::Yes, Works::Yes, Bookings::NotYet),
        ("status-possible", Works::Yes, Works::Yes, Bookings::Possible),
        ("status-paused", Works::Yes, Works::Yes, Bookings::Paused),
        ("status-interrupted", Works::Yes, Works::No, Bookings::Interrupted),
        ("status-full", Works::Yes, Works::Yes, Bookings::Full),
        ("status-over", Works::Yes, Works::Yes, Bookings::Over),
        ("status-unknown", Works::No, Works::Unknown, Bookings::Unknown),
    ] {
        let since = at("2021-07-12T00:05:00+09:00");
        let standing = Standing {
            line: Since { is: line, at: at("2021-07-11T21:30:00+09:00") },
            ledger: Since { is: ledger, at: since },
            bookings: Since { is: bookings, at: since },
            measured_from: at("2021-07-11T21:30:00+09:00"),
            measured_at: at("2021-07-12T00:06:12+09:00"),
        };
        let opens_at = at("2021-07-12T20:00:00+09:00");
        add(name, &StatusPage { chrome: chrome(lang, "/status"), standing, opens_at });
    }
}
