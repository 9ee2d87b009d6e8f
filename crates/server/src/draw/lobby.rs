//! The draw of the lobby, whose steps the service makes by itself, but for the value: somebody looks it up at its source.

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use store::{DrawStep, Places};
use waiting_room::CampaignTag;
use waiting_room::draw::Lobby;
use web::draw::{RootFile, Rules};

/// Writes down what the source gave out. Anybody can compare it, and nobody can change it.
///
/// # Errors
/// In words: too early, too late, or no draw at all.
pub(crate) fn tell_the_line(
    places: &dyn Places,
    campaign: CampaignTag,
    value: &str,
    now: Timestamp,
) -> Result<RootFile> {
    let value = value.trim();
    ensure!(!value.is_empty(), "값이 비어 있습니다 / the value is empty");
    let kept = places.draw(campaign)?;
    let kept = kept.context("추첨하지 않는 대기열입니다 / nothing is drawn in this line")?;
    let rules: Rules = serde_json::from_str(&kept.rules).context("규칙 / the announced rules")?;
    ensure!(
        !rules.source.is_demo,
        "연습용 추첨의 값은 서비스가 스스로 만듭니다 / the value of a demonstration is made up by the service"
    );
    let (_, root_at) = kept.root.context("명단이 아직 확정되지 않았습니다 / the list is not closed yet")?;
    let root = rules.root(&Lobby::freeze(Vec::new()), root_at);
    let (round, issued_at) = (root.round, root.issued_at);
    ensure!(
        now >= issued_at,
        "{round}회차 값은 {issued_at}에 나옵니다. 그때까지 추첨은 기다립니다 / round {round} is issued at {issued_at}; until then the draw waits"
    );
    let step = DrawStep::Value { value: value.to_owned(), at: now };
    let kept = places.step_draw(campaign, step)?.and_then(|kept| kept.value);
    ensure!(
        kept.is_some_and(|(kept, _)| kept == value),
        "이미 다른 값이 적혀 있습니다. 바꿀 수 없습니다 / another value was written down, and is not to be changed"
    );
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::MemoryPlaces;
    use waiting_room::draw::{PublicSource, Schedule};

    const HERE: CampaignTag = CampaignTag(1);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn announced(is_demo: bool) -> MemoryPlaces {
        let source = PublicSource {
            name: "beacon".to_owned(),
            address: "x".to_owned(),
            first_at: at(0),
            every_s: 30,
            is_demo,
        };
        let rules = web::draw::text(&Rules::of("c55", &Schedule::usual(at(1_000)), &source));
        let places = MemoryPlaces::default();
        places.step_draw(HERE, DrawStep::Announce { rules, secret: [1; 32] }).unwrap();
        places
    }

    fn frozen(is_demo: bool) -> MemoryPlaces {
        let places = announced(is_demo);
        places.step_draw(HERE, DrawStep::Freeze { below: 9, at: at(1_000) }).unwrap();
        places.step_draw(HERE, DrawStep::Root { root: [2; 32], at: at(1_001) }).unwrap();
        places
    }

    #[test]
    fn a_value_is_taken_once_and_neither_before_the_root_nor_before_its_round() {
        let told = |places: &MemoryPlaces, value, second| tell_the_line(places, HERE, value, at(second));
        assert!(told(&MemoryPlaces::default(), "v", 2_000).is_err(), "no draw");
        assert!(told(&announced(false), "v", 2_000).is_err(), "no root");
        assert!(told(&frozen(true), "v", 2_000).is_err(), "a made-up one is not for people to say");
        let places = frozen(false);
        assert!(told(&places, "v", 1_079).unwrap_err().to_string().contains("1970-01-01T00:18:00Z"));
        assert!(told(&places, " ", 1_080).is_err());
        assert_eq!(told(&places, "v", 1_080).unwrap().round, 37);
        assert_eq!(told(&places, "v", 1_090).unwrap().round, 37, "the same again changes nothing");
        assert!(told(&places, "w", 1_090).is_err());
    }
}
