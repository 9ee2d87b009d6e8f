//! What `cargo xtask journey` was asked for.
use super::screen::{Engine, Screen, Scripts, Width};
use super::{MAIN, SAMPLES, WALKS, Walk};
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;

pub(crate) struct Options {
    pub(super) engines: Vec<Engine>,
    scripts: Option<Scripts>,
    width: Option<Width>,
    /// Empty: all of them.
    walks: Vec<String>,
    /// All screens and every walk in each engine; else each pair of values on some screen, each walk in its own.
    pub(super) is_long: bool,
    /// Where the services under the walks leave their files.
    pub(super) keep_dir: Option<PathBuf>,
    pub(super) is_harness: bool,
}

impl Options {
    pub(crate) fn check(is_long: bool) -> Self {
        Self {
            engines: Engine::ALL.to_vec(),
            scripts: None,
            width: None,
            walks: Vec::new(),
            is_long,
            keep_dir: None,
            is_harness: false,
        }
    }

    pub(super) fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self::check(false);
        let mut engines = Vec::new();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word {
                "--scripts" => options.scripts = Some(scripts(value()?)?),
                "--width" => options.width = Some(width(value()?)?),
                "--walk" => options.walks.push(walk(value()?)?),
                "--keep-dir" => options.keep_dir = Some(PathBuf::from(value()?)),
                "--long" => options.is_long = true,
                "--harness" => options.is_harness = true,
                name => engines.push(engine(name)?),
            }
        }
        if !engines.is_empty() {
            options.engines = engines;
        }
        Ok(options)
    }

    pub(super) fn wants(&self, walk: &str) -> bool {
        self.walks.is_empty() || self.is_named(walk)
    }

    pub(super) fn wants_in(&self, walk: &Walk, engine: Engine) -> bool {
        self.is_named(walk.name) || self.walks.is_empty() && (self.is_long || walk.engine == engine)
    }

    fn is_named(&self, walk: &str) -> bool {
        self.walks.iter().any(|name| name == walk)
    }

    /// Those of the main walk.
    pub(super) fn screens(&self, engine: Engine) -> Vec<Screen> {
        let is_chosen = self.is_long || self.scripts.is_some() || self.width.is_some();
        let mut screens = if is_chosen { engine.all_screens() } else { engine.screens_in_pairs() };
        screens.retain(|screen| self.scripts.is_none_or(|scripts| screen.scripts == scripts));
        screens.retain(|screen| self.width.is_none_or(|width| screen.width == width));
        screens
    }
}

fn engine(name: &str) -> Result<Engine> {
    let found = Engine::ALL.into_iter().find(|engine| engine.name() == name);
    found
        .with_context(|| format!("`{name}` is no browser and no option of `journey`; see `cargo xtask help`"))
}

fn scripts(word: &str) -> Result<Scripts> {
    match word {
        "on" => Ok(Scripts::On),
        "off" => Ok(Scripts::Off),
        _ => bail!("--scripts is on or off, not {word}"),
    }
}

fn width(word: &str) -> Result<Width> {
    match word {
        "360" => Ok(Width::Phone),
        "1280" => Ok(Width::Desk),
        _ => bail!("--width is 360 or 1280, not {word}"),
    }
}

fn walk(word: &str) -> Result<String> {
    let names: Vec<&str> = [MAIN, SAMPLES].into_iter().chain(WALKS.iter().map(|walk| walk.name)).collect();
    ensure!(names.contains(&word), "--walk is one of {}, not {word}", names.join(" "));
    Ok(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screens(words: &[&str]) -> Vec<String> {
        let options = Options::parse(words).unwrap();
        let screens = options.engines.iter().flat_map(|engine| options.screens(*engine));
        screens.map(|screen| screen.to_string()).collect()
    }

    #[test]
    fn one_screen_can_be_chosen_by_hand() {
        assert_eq!(screens(&["firefox", "--scripts", "off", "--width", "360"]), ["firefox-phone-dark-plain"]);
        assert_eq!(screens(&[]).len(), 6);
        assert_eq!(screens(&["--long"]).len(), 12);
    }

    #[test]
    fn a_walk_is_made_in_its_own_engine_or_in_all_or_where_it_is_named() {
        let crowd = WALKS.iter().find(|walk| walk.name == "crowd").unwrap();
        let engines = |words: &[&str]| {
            let options = Options::parse(words).unwrap();
            let wanted = options.engines.iter().filter(|engine| options.wants_in(crowd, **engine));
            wanted.count()
        };
        assert_eq!((engines(&[]), engines(&["--long"]), engines(&["--walk", "main"])), (1, 3, 0));
        assert_eq!((engines(&["webkit"]), engines(&["webkit", "--walk", "crowd"])), (0, 1));
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        for words in [&["opera"][..], &["--width", "361"], &["--walk", "moon"], &["--scripts"]] {
            assert!(Options::parse(words).is_err(), "{words:?}");
        }
    }
}
