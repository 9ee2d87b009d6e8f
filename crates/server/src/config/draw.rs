//! The draw of the lobby, as it is configured before anybody takes a ticket.

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use waiting_room::draw::{PublicSource, Schedule};
use web::gate::drawing::DrawRules;

/// Which value of which source decides. What was announced at the first start stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawConfig {
    /// The name of a source outside of this service, which gives out values that nobody can foretell.
    pub(crate) source: String,
    /// Where anybody reads its values; `{round}` stands for the number of the round.
    pub(crate) address: String,
    /// When its round 1 was issued.
    pub(crate) first_at: Timestamp,
    pub(crate) every_seconds: u32,
    /// The first round from so long after the opening decides.
    #[serde(default = "after_opening")]
    pub(crate) after_opening_seconds: u32,
    /// The list must have been public for so long before it.
    #[serde(default = "root_before")]
    pub(crate) root_before_seconds: u32,
    /// The service makes the value up, and every page says so: for demonstrations.
    #[serde(default)]
    pub(crate) demo_source: bool,
}

const AGAIN_EVERY_S: u32 = 600;

fn after_opening() -> u32 {
    60
}

fn root_before() -> u32 {
    Schedule::ROOT_BEFORE_S
}

impl DrawConfig {
    /// A value that the service makes up, ten seconds after the list is closed.
    pub(crate) fn of_a_demo() -> Self {
        Self {
            source: "연습용 값 / a made-up value".to_owned(),
            address: String::new(),
            first_at: Timestamp::UNIX_EPOCH,
            every_seconds: 1,
            after_opening_seconds: 15,
            root_before_seconds: 10,
            demo_source: true,
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        let is_named = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
        ensure!(
            is_named(&self.source) && (self.demo_source || is_named(&self.address)),
            "draw: 값을 내는 곳의 이름과 주소가 있어야 합니다 / the source needs a name and an address"
        );
        ensure!(self.every_seconds > 0, "draw.every_seconds: 0일 수 없습니다 / must not be 0");
        ensure!(
            self.demo_source || self.root_before_seconds >= Schedule::ROOT_BEFORE_S,
            "draw.root_before_seconds: {} 이상이어야 합니다 / must be {0} at the least",
            Schedule::ROOT_BEFORE_S
        );
        ensure!(
            self.after_opening_seconds >= self.root_before_seconds && self.after_opening_seconds <= 86_400,
            "draw.after_opening_seconds: root_before_seconds 이상, 86400 이하여야 합니다 / from root_before_seconds to 86400"
        );
        Ok(())
    }

    pub(crate) fn rules(&self, opens_at: Timestamp) -> DrawRules {
        DrawRules {
            source: PublicSource {
                name: self.source.clone(),
                address: self.address.clone(),
                first_at: self.first_at,
                every_s: self.every_seconds,
                is_demo: self.demo_source,
            },
            schedule: Schedule {
                opens_at,
                after_opening_s: self.after_opening_seconds,
                root_before_s: self.root_before_seconds,
                again_every_s: AGAIN_EVERY_S,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drand() -> DrawConfig {
        toml::from_str(
            "source = \"drand\"\naddress = \"https://drand.invalid/{round}\"\nfirst_at = \"2020-07-22T15:00:00Z\"\nevery_seconds = 30",
        )
        .unwrap()
    }

    #[test]
    fn a_source_is_named_and_the_list_is_public_long_enough_before_its_value() {
        drand().validate().unwrap();
        DrawConfig::of_a_demo().validate().unwrap();
        for wrong in [
            DrawConfig { source: " ".to_owned(), ..drand() },
            DrawConfig { address: String::new(), ..drand() },
            DrawConfig { every_seconds: 0, ..drand() },
            DrawConfig { root_before_seconds: 29, ..drand() },
            DrawConfig { after_opening_seconds: 29, ..drand() },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
    }
}
