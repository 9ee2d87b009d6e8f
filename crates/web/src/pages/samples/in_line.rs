//! Waiting, and going on with one's place elsewhere.

use super::{at, chrome, error};
use crate::gate::drawing::Part;
use crate::lang::Lang;
use crate::pages::elsewhere::{ElsewherePage, TicketCode};
use crate::pages::parts::{Errors, LineOrder, Link, Phase};
use crate::pages::wait::{ShortSupply, WaitPage, WaitState};
use store::Word;

pub(super) fn add_samples(lang: Lang, add: &mut impl FnMut(&'static str, &dyn askama::DynTemplate)) {
    for (name, page) in waits(lang) {
        add(name, &page);
    }
    add("elsewhere", &elsewhere(lang, Errors::default()));
    let wrong = lang.t("이런 대기표 코드는 없습니다.", "There is no ticket with this code.");
    add("elsewhere-errors", &elsewhere(lang, Errors(vec![error("place_code", wrong)])));
}

fn waits(lang: Lang) -> Vec<(&'static str, WaitPage)> {
    let called = |can_enter, needs_identity| WaitState::Called {
        can_enter,
        needs_identity,
        identity_by: needs_identity.then(|| at("2021-07-12T00:22:42+09:00")),
    };
    let waiting = |ahead, wait| WaitState::Waiting { queue_number: 34_210, ahead, wait };
    let far = WaitState::Waiting { queue_number: 2_310_400, ahead: 2_041_188, wait: Some((300, 500)) };
    vec![
        ("wait-none", wait(lang, WaitState::NoTicket, Phase::Open)),
        ("wait-lobby", in_the_lobby(lang)),
        ("wait-issued", wait(lang, WaitState::Issued, Phase::Open)),
        ("wait-undrawn", undrawn(lang, Part::Takes, true)),
        ("wait-undrawn-identity", undrawn(lang, Part::NotYet, false)),
        ("wait-undrawn-again", undrawn(lang, Part::NotYet, true)),
        ("wait-undrawn-frozen", undrawn(lang, Part::BeingFrozen, true)),
        ("wait-undrawn-behind", undrawn(lang, Part::Behind, true)),
        ("wait-waiting", wait(lang, waiting(11_204, Some((12, 18))), Phase::Open)),
        ("wait-word", worded(lang, Word::NotWished)),
        ("wait-word-wished", worded(lang, Word::Wished)),
        ("wait-word-given", worded(lang, Word::Given)),
        ("wait-far", WaitPage { short_supply: Some(short_supply(lang)), ..wait(lang, far, Phase::Open) }),
        ("wait-paused", wait(lang, waiting(11_204, None), Phase::Paused)),
        ("wait-trouble", wait(lang, waiting(11_204, None), Phase::Trouble)),
        ("wait-called", wait(lang, called(true, false), Phase::Open)),
        ("wait-called-identity", wait(lang, called(false, true), Phase::Open)),
        ("wait-called-paused", wait(lang, called(false, false), Phase::Paused)),
        ("wait-entering", wait(lang, WaitState::Entering, Phase::Open)),
        ("wait-admitted", wait(lang, WaitState::Admitted, Phase::Open)),
        ("wait-elsewhere", wait(lang, WaitState::Elsewhere, Phase::Open)),
        ("wait-in-app", in_an_app(lang)),
        ("wait-full", wait(lang, waiting(31_204, None), Phase::Full)),
        ("wait-closed", wait(lang, WaitState::NoTicket, Phase::Closed)),
    ]
}

fn elsewhere(lang: Lang, errors: Errors) -> ElsewherePage {
    let code = if errors.is_empty() { String::new() } else { "7F3K-92QD-MX4T-0H8D".to_owned() };
    let (csrf, key) = ("c5f1".to_owned(), "k1".to_owned());
    let own = TicketCode {
        code: "7F3K-92QD-MX4T-0H8C".to_owned(),
        picture: crate::qr::picture("https://charye.test/wait/code#7F3K-92QD-MX4T-0H8C"),
    };
    let (chrome, own) = (chrome(lang, "/wait/code"), Some(own));
    ElsewherePage { chrome, csrf, key, code, has_ticket: true, own, errors }
}

fn in_an_app(lang: Lang) -> WaitPage {
    let waiting = WaitState::Waiting { queue_number: 40_411, ahead: 11_204, wait: Some((12, 18)) };
    WaitPage { browser_in: Some(lang.t("카카오톡", "KakaoTalk")), ..wait(lang, waiting, Phase::Open) }
}

fn worded(lang: Lang, word: Word) -> WaitPage {
    let waiting = WaitState::Waiting { queue_number: 34_210, ahead: 11_204, wait: Some((12, 18)) };
    WaitPage { word: Some(word), identity_done: true, ..wait(lang, waiting, Phase::Open) }
}

fn undrawn(lang: Lang, part: Part, identity_done: bool) -> WaitPage {
    let phase = if matches!(part, Part::Takes | Part::NotYet) { Phase::Lobby } else { Phase::Drawing };
    let mut page = wait(lang, WaitState::Undrawn { part, identity_done }, phase);
    page.order = LineOrder::Draw;
    page.identity_done = identity_done;
    page.chrome.now = at("2021-07-11T23:47:30+09:00");
    page.as_of = page.chrome.now;
    page
}

fn in_the_lobby(lang: Lang) -> WaitPage {
    let mut page = wait(lang, WaitState::Issued, Phase::Lobby);
    page.chrome.now = at("2021-07-11T23:47:30+09:00");
    page.as_of = page.chrome.now;
    page
}

pub(super) fn wait(lang: Lang, state: WaitState, phase: Phase) -> WaitPage {
    WaitPage {
        chrome: chrome(lang, "/wait"),
        csrf: "c5f1".to_owned(),
        key: "k1".to_owned(),
        campaign_name: lang.t("55~59세 코로나19 백신 예약", "COVID-19 vaccination, ages 55–59").to_owned(),
        state,
        phase,
        order: LineOrder::FirstCome,
        opens_at: at("2021-07-12T00:00:00+09:00"),
        doses_left: Some(1_204_310),
        short_supply: None,
        as_of: at("2021-07-12T00:07:41+09:00"),
        valid_until: at("2021-07-12T00:07:51+09:00"),
        refresh_seconds: 20,
        identity_done: false,
        favourites: None,
        word: None,
        ticket_code: Some("7F3K-92QD-MX4T-0H8C".to_owned()),
        browser_in: None,
        gate_url: "/gate/2021-55-59.json".to_owned(),
        ticket_url: "/gate/2021-55-59/ticket".to_owned(),
        poll: vec![(2_000, 5), (20_000, 15), (200_000, 45), (u64::from(u32::MAX), 120)],
        site: None,
        notice: None,
    }
}

fn short_supply(lang: Lang) -> ShortSupply {
    let region = |ko, en, code: &str| Link::new(lang.t(ko, en), lang.href(&format!("/regions/{code}")));
    let regions = vec![
        (region("강원", "Gangwon", "4200000000"), 12_400),
        (region("경북", "Gyeongbuk", "4700000000"), 8_310),
    ];
    ShortSupply { regions }
}
