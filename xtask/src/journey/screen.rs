//! What a person looks through: one of three browser engines, with scripts or without, on a phone or a desk, light or
//! dark; and the screens that the main walk is made on.
use super::tools;
use std::fmt::{self, Display, Formatter};
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    /// The extended support release.
    Firefox,
    /// `WebKitGTK`'s small browser: the engine of Safari, and of every browser on an iPhone.
    WebKit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// 360 px, a small phone.
    Phone,
    /// 1,024 px, an old PC of an office.
    Office,
    /// 1,280 px.
    Desk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) engine: Engine,
    pub(crate) scripts: Scripts,
    pub(crate) width: Width,
    pub(crate) colours: Colours,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Why it cannot be started here.
    pub(crate) fn missing(self) -> Option<String> {
        let missing = |files: &[&str]| {
            let missing = files.iter().find(|file| !Path::new(file).exists())?;
            Some(format!("{missing} is missing"))
        };
        match self {
            Self::Chromium => missing(&["/usr/bin/chromium", "/usr/bin/chromedriver"]),
            Self::Firefox => missing(&["/usr/bin/firefox-esr"]).or_else(|| tools::geckodriver().err()),
            Self::WebKit => missing(&["/usr/bin/WebKitWebDriver", "/usr/bin/Xvfb"]),
        }
    }

    /// What the walks check elsewhere but not in this engine, and why not.
    pub(crate) fn cannot(self) -> &'static [&'static str] {
        match self {
            Self::Chromium | Self::Firefox => &[],
            Self::WebKit => &[
                "what the browser complains about, in webkit: its driver does not tell",
                "the booking on paper, in webkit: its driver cannot show a page as it is printed",
            ],
        }
    }

    pub(crate) fn phone(self) -> Screen {
        self.screen(Scripts::On, Width::Phone, Colours::Light)
    }

    pub(crate) fn plain_phone(self) -> Screen {
        self.screen(Scripts::Off, Width::Phone, Colours::Light)
    }

    pub(crate) fn office(self) -> Screen {
        self.screen(Scripts::On, Width::Office, Colours::Light)
    }

    pub(crate) fn desk(self) -> Screen {
        self.screen(Scripts::On, Width::Desk, Colours::Light)
    }

    pub(crate) fn screen(self, scripts: Scripts, width: Width, colours: Colours) -> Screen {
        Screen { engine: self, scripts, width, colours }
    }

    /// Two screens which, with those of the other engines, bring every pair of values together.
    pub(crate) fn screens_in_pairs(self) -> Vec<Screen> {
        use Colours::{Dark, Light};
        use Scripts::{Off, On};
        use Width::{Desk, Phone};
        match self {
            Self::Chromium => vec![self.screen(On, Phone, Light), self.screen(Off, Desk, Dark)],
            Self::Firefox => vec![self.screen(On, Desk, Dark), self.screen(Off, Phone, Light)],
            Self::WebKit => vec![self.screen(On, Desk, Light), self.screen(Off, Phone, Dark)],
        }
    }

    /// Scripts on and off, each at both widths.
    pub(crate) fn all_screens(self) -> Vec<Screen> {
        use Colours::{Dark, Light};
        use Scripts::{Off, On};
        use Width::{Desk, Phone};
        vec![
            self.screen(On, Phone, Light),
            self.screen(On, Desk, Dark),
            self.screen(Off, Phone, Dark),
            self.screen(Off, Desk, Light),
        ]
    }
}

impl Scripts {
    pub(crate) fn are_on(self) -> bool {
        self == Self::On
    }
}

impl Width {
    pub(crate) fn pixels(self) -> u32 {
        match self {
            Self::Phone => 360,
            Self::Office => 1_024,
            Self::Desk => 1_280,
        }
    }

    pub(crate) fn height(self) -> u32 {
        match self {
            Self::Phone => 800,
            Self::Office => 768,
            Self::Desk => 900,
        }
    }
}

/// As in the names of folders: `firefox-phone-plain`.
impl Display for Screen {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let width = if self.width == Width::Phone { "phone" } else { "desk" };
        let dark = if self.colours == Colours::Dark { "-dark" } else { "" };
        let plain = if self.scripts.are_on() { "" } else { "-plain" };
        write!(out, "{}-{width}{dark}{plain}", self.engine.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a screen, as words.
    fn values(screen: Screen) -> [String; 4] {
        let Screen { engine, scripts, width, colours } = screen;
        [format!("{engine:?}"), format!("scripts {scripts:?}"), format!("{width:?}"), format!("{colours:?}")]
    }

    fn pairs_of(screens: &[Screen]) -> usize {
        let mut pairs = Vec::new();
        for screen in screens {
            let values = values(*screen);
            for (at, first) in values.iter().enumerate() {
                pairs.extend(values[at + 1..].iter().map(|second| format!("{first} with {second}")));
            }
        }
        pairs.sort();
        pairs.dedup();
        pairs.len()
    }

    #[test]
    fn the_short_choice_brings_every_pair_of_values_together() {
        // Three engines with two values of each of the others; two by two of those three among each other.
        let all = 3 * (2 + 2 + 2) + 3 * (2 * 2);
        let short: Vec<Screen> = Engine::ALL.into_iter().flat_map(Engine::screens_in_pairs).collect();
        assert_eq!(short.len(), 6);
        assert_eq!(pairs_of(&short), all);
        assert!(pairs_of(&short[1..]) < all, "one screen is of no use");
    }

    #[test]
    fn the_long_choice_is_every_engine_with_and_without_scripts_at_both_widths() {
        for engine in Engine::ALL {
            let mut seen: Vec<String> =
                engine.all_screens().iter().map(|screen| values(*screen)[..3].join(" ")).collect();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 4);
        }
    }

    #[test]
    fn a_screen_names_its_folder() {
        let [.., last] = Engine::WebKit.screens_in_pairs()[..] else { panic!("no screens") };
        assert_eq!(last.to_string(), "webkit-phone-dark-plain");
    }
}
