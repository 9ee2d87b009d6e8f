//! The process that books: the tests of the embedded store, asked to be one (`store-sqlite/tests/it/booker.rs`).
use crate::process::Guard;
use crate::{clock, workspace};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const FOLDER: &str = "CHARYE_BOOKER_FOLDER";
const SABOTAGE: &str = "CHARYE_BOOKER_SABOTAGE";
const TOLD: &str = "CHARYE_BOOKER_TOLD";
const LOOK_EVERY: Duration = Duration::from_millis(2);
const WAIT_MAX: Duration = Duration::from_mins(1);

/// The binary with the booker in it, built as the step of the tests has built it.
pub(crate) struct Binary(PathBuf);

impl Binary {
    pub(crate) fn build() -> Result<Self> {
        let mut build = Command::new(env!("CARGO"));
        build.args(["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"]);
        build.current_dir(workspace::root()).stderr(Stdio::inherit());
        let output = build.output().context("cargo")?;
        ensure!(output.status.success(), "the tests cannot be built");
        let found = output.stdout.split(|byte| *byte == b'\n').find_map(binary_of);
        Ok(Self(found.context("cargo names no tests of store-sqlite")?))
    }

    pub(crate) fn program(&self) -> Command {
        Command::new(&self.0)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// How many of the lines are not true of the folder. An error is a folder that cannot be opened.
    pub(crate) fn count_lost(&self, folder: &Path, told: &[String], beside: &Path) -> Result<u64> {
        std::fs::write(beside, told.join("\n"))?;
        let mut check = self.program();
        check.args(["booker::check", "--exact", "--nocapture"]).env(FOLDER, folder).env(TOLD, beside);
        let output = check.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lost = text.lines().find_map(|line| line.split_once(" lost ")?.1.trim().parse().ok());
        lost.with_context(|| format!("it does not open: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn binary_of(line: &[u8]) -> Option<PathBuf> {
    let message: Value = serde_json::from_slice(line).ok()?;
    let is_ours = message["target"]["name"] == "it"
        && message["target"]["src_path"].as_str()?.ends_with("store-sqlite/tests/it/main.rs");
    if is_ours { message["executable"].as_str().map(PathBuf::from) } else { None }
}

/// A booker at work.
pub(crate) struct Booker {
    pub(crate) guard: Guard,
    told: Arc<Mutex<Vec<String>>>,
}

impl Booker {
    /// Started by `command`, whose last argument so far is the binary.
    pub(crate) fn start(mut command: Command, folder: &Path, sabotage: &str) -> Result<Self> {
        command.args(["booker::target", "--exact", "--nocapture"]);
        command.env(FOLDER, folder).env(SABOTAGE, sabotage).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut guard = Guard::spawn(&mut command)?;
        let output = guard.child().stdout.take().context("its output is piped")?;
        let told = Arc::new(Mutex::new(Vec::new()));
        let reader = Arc::clone(&told);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                reader.lock().expect("nobody panics with it").push(line);
            }
        });
        Ok(Self { guard, told })
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().expect("nobody panics with it").clone()
    }

    /// How many lines begin so.
    pub(crate) fn count(&self, word: &str) -> usize {
        let told = self.told.lock().expect("nobody panics with it");
        told.iter().filter(|line| line.starts_with(word)).count()
    }

    pub(crate) fn id(&mut self) -> String {
        self.guard.child().id().to_string()
    }

    /// Whether it came to that before the process ended or the time was up.
    pub(crate) fn wait_until(&mut self, mut is_so: impl FnMut(&Self) -> bool) -> Result<bool> {
        let deadline = clock::now() + WAIT_MAX;
        while clock::now() < deadline {
            if is_so(self) {
                return Ok(true);
            }
            if self.guard.child().try_wait()?.is_some() {
                return Ok(is_so(self));
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(false)
    }
}
