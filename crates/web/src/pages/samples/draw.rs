//! The draw, before, while it waits, and afterwards.

use super::{at, chrome};
use crate::draw::{RootFile, Rules, SourceFile, ValueFile};
use crate::lang::Lang;
use crate::pages::draw::{DrawPage, OwnPart};

pub(super) fn add(lang: Lang, add: &mut dyn FnMut(&'static str, &dyn askama::DynTemplate)) {
    let none = DrawPage { chrome: chrome(lang, "/draw"), rules: None, root: None, value: None, own: None };
    let announced = DrawPage { rules: Some(rules()), ..none.clone() };
    let own = OwnPart { receipt: "5c".repeat(16), proof: None, queue_number: None };
    let enrolled = DrawPage { own: Some(own.clone()), ..announced.clone() };
    let listed = OwnPart { proof: Some((40_211, vec!["0f".repeat(32), "a7".repeat(32)])), ..own };
    let frozen = DrawPage { root: Some(root()), own: Some(listed.clone()), ..announced.clone() };
    let drawn = DrawPage {
        value: Some(value()),
        own: Some(OwnPart { queue_number: Some(1_204), ..listed }),
        ..frozen.clone()
    };
    for (name, page) in [
        ("draw-none", none),
        ("draw-announced", announced),
        ("draw-enrolled", enrolled),
        ("draw-frozen", frozen),
        ("draw-drawn", drawn),
    ] {
        add(name, &page);
    }
}

fn rules() -> Rules {
    Rules {
        version: 1,
        campaign: "2021-55-59".to_owned(),
        opens_at: at("2021-07-12T00:00:00+09:00"),
        after_opening_s: 60,
        root_before_s: 30,
        again_every_s: 600,
        source: SourceFile {
            name: "League of Entropy (drand)".to_owned(),
            address: "https://beacon.example/public/{round}".to_owned(),
            first_at: at("2020-07-22T15:00:00Z"),
            every_s: 30,
            is_demo: true,
        },
    }
}

fn root() -> RootFile {
    RootFile {
        count: 812_004,
        root: "9d".repeat(32),
        frozen_at: at("2021-07-12T00:00:02+09:00"),
        round: 1_021_322,
        issued_at: at("2021-07-12T00:01:00+09:00"),
    }
}

fn value() -> ValueFile {
    ValueFile {
        round: 1_021_322,
        value: "3b".repeat(32),
        taken_at: at("2021-07-12T00:01:04+09:00"),
        seed: "e1".repeat(32),
    }
}
