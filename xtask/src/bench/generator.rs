//! The generator itself, beside wrk on the same nginx: it must not be what a measurement is limited by.
use super::load::{Connections, Load, Outcome};
use super::nginx::{self, Nginx};
use super::rounds::{self, Generator, Goal, Scenario};
use super::{SERVER_CORE, report};
use anyhow::{Context, Result, ensure};
use std::process::Command;
use std::time::Duration;

const DOCUMENT_BYTES: usize = 316;
/// Equal but for noise.
const RATIO_MIN: f64 = 0.97;

pub(crate) fn run() -> Result<()> {
    let nginx = Nginx::start(&[b'x'; DOCUMENT_BYTES], SERVER_CORE)?;
    let scenario = |name, generator, peer: Option<&'static str>| Scenario {
        name,
        generator,
        server_ids: nginx.guard.family(),
        goal: peer.map(|peer| Goal { peer, ratio_min: RATIO_MIN }),
    };
    let ours = |path, connections| Generator::Ours(Load::get(nginx.port, path, connections));
    let wrk = |path, connections| Generator::Wrk { port: nginx.port, path, connections };
    let (kept, new) = (Connections::KeptAlive, Connections::NewEach);
    let measured = rounds::run(vec![
        scenario("wrk, file", wrk(nginx::FILE, kept), None),
        scenario("ours, file", ours(nginx::FILE, kept), Some("wrk, file")),
        scenario("wrk, return", wrk(nginx::RETURN, kept), None),
        scenario("ours, return", ours(nginx::RETURN, kept), Some("wrk, return")),
        scenario("wrk, new connection", wrk(nginx::FILE, new), None),
        scenario("ours, new connection", ours(nginx::FILE, new), Some("wrk, new connection")),
    ])?;
    let report = report::report("The generator beside wrk, against nginx", &measured);
    print!("{}", report.text);
    ensure!(report.goals_met, "the generator is slower than wrk");
    Ok(())
}

/// One run of wrk; it inherits the generator's core.
pub(crate) fn wrk(port: u16, path: &str, connections: Connections, duration: Duration) -> Result<Outcome> {
    let seconds = duration.as_secs().max(1);
    let url = format!("http://127.0.0.1:{port}{path}");
    let mut command = Command::new("wrk");
    command.args(["-t1", "-c64", &format!("-d{seconds}s"), &url]);
    if connections == Connections::NewEach {
        command.args(["-H", "Connection: close"]);
    }
    let output = command.output().context("wrk (Debian package wrk)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let per_second = parse_speed(&text).with_context(|| format!("wrk said: {text}"))?;
    let mut outcome = Outcome::new();
    outcome.elapsed = Duration::from_secs(seconds);
    outcome.requests = (per_second * seconds as f64) as u64;
    outcome.errors = u64::from(text.contains("Non-2xx") || text.contains("Socket errors"));
    Ok(outcome)
}

fn parse_speed(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_read_from_the_words_of_wrk() {
        assert_eq!(parse_speed("  1 requests in 2.00s\nRequests/sec: 12345.50\n"), Some(12345.5));
        assert_eq!(parse_speed("unable to connect"), None);
    }
}
