//! A place to choose, from scratch and with what was prepared.

use super::finding::whole_country;
use super::{alternatives, card, chrome, crumbs, now, slot_full, wait};
use crate::lang::Lang;
use crate::pages::days::{DayRow, DaysPage};
use crate::pages::favourites::{FavouriteAddPage, FavouriteDays, FavouritesPage, Prepared};
use crate::pages::parts::{Availability, ClinicCard, Errors, Link, Phase, RefusalNote};
use crate::pages::regions::RegionsPage;
use crate::pages::times::{BandRow, TimesPage};
use crate::pages::wait::{WaitPage, WaitState};
use jiff::civil::{date, time};

pub(super) fn add_samples(lang: Lang, add: &mut impl FnMut(&'static str, &dyn askama::DynTemplate)) {
    add("days", &days(lang));
    add("times", &times(lang, None));
    add("times-refused", &times(lang, Some(slot_full(lang))));
    let again = alternatives(lang).pop();
    add("times-again", &TimesPage { again, alternatives: Vec::new(), ..times(lang, Some(slot_full(lang))) });
    add("regions-prepared", &RegionsPage { prepared: Some(prepared(lang)), ..whole_country(lang) });
    add("favourites", &favourites(lang, vec![card(lang), card(lang)]));
    add("favourites-none", &favourites(lang, Vec::new()));
    add("favourite-add", &favourite_add(lang, false));
    add("favourite-added", &favourite_add(lang, true));
    let waiting = WaitState::Waiting { queue_number: 34_210, ahead: 11_204, wait: Some((12, 18)) };
    let page = wait(lang, waiting, Phase::Open);
    add("wait-prepared", &WaitPage { identity_done: true, favourites: Some(2), ..page });
    let site = Link {
        href: "https://shop.test/".to_owned(),
        label: lang.t("시험 공연 예매", "Test Tickets").to_owned(),
    };
    let page = wait(lang, WaitState::Admitted, Phase::Open);
    add("wait-admitted-elsewhere", &WaitPage { site: Some(site), ..page });
}

fn days(lang: Lang) -> DaysPage {
    use Availability::{Few, Many, None as Full};
    let row = |day, availability| DayRow {
        date: date(2021, 7, day),
        href: (availability != Full).then(|| lang.href("/book/clinics/c-0412/2021-07-26")),
        availability,
    };
    DaysPage {
        chrome: chrome(lang, "/book/clinics/c-0412"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        is_favourite: false,
        crumbs: crumbs(lang),
        clinic: card(lang),
        days: vec![row(26, Full), row(27, Few), row(28, Many), row(29, Many), row(30, Full)],
        as_of: now(),
    }
}

fn times(lang: Lang, refusal: Option<RefusalNote>) -> TimesPage {
    let free = [0, 3, 5, 0, 12, 1, 0, 8, 10, 2, 0, 0];
    let gone = refusal.is_some();
    let bands = free.iter().enumerate().map(|(i, free)| BandRow {
        time: time(9 + i as i8 / 2, 30 * (i as i8 % 2), 0, 0),
        free: if gone && i == 1 { 0 } else { *free },
        fits: *free > 1,
        chosen: refusal.is_none() && i == 4,
    });
    TimesPage {
        chrome: chrome(lang, "/book/clinics/c-0412/2021-07-27"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        crumbs: crumbs(lang),
        clinic: card(lang),
        date: date(2021, 7, 27),
        people: 2,
        bands: bands.collect(),
        errors: Errors::default(),
        again: None,
        alternatives: refusal.iter().flat_map(|_| alternatives(lang)).collect(),
        refusal,
        as_of: now(),
    }
}

fn prepared(lang: Lang) -> Prepared {
    let DaysPage { clinic, days, .. } = days(lang);
    let row = |days| FavouriteDays {
        name: clinic.name.clone(),
        address: clinic.address.clone(),
        href: lang.href("/book/clinics/c-0412"),
        days,
    };
    Prepared {
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        pass_minutes: 15,
        again: alternatives(lang).pop(),
        favourites: vec![row(days), row(Vec::new())],
    }
}

fn favourites(lang: Lang, clinics: Vec<ClinicCard>) -> FavouritesPage {
    FavouritesPage {
        chrome: chrome(lang, "/favourites"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        one_too_many: (!clinics.is_empty()).then(|| "햇살가득가정의학과의원".to_owned()),
        may_book: clinics.is_empty(),
        clinics,
        favourites_max: 10,
        has_ticket: true,
    }
}

fn favourite_add(lang: Lang, added: bool) -> FavouriteAddPage {
    FavouriteAddPage {
        chrome: chrome(lang, "/favourites/clinics/C00412"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        clinic: card(lang),
        added,
    }
}
