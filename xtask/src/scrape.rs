//! Debian's Prometheus scrapes the operator's listener of the released binary, and its `promtool` judges what it reads.
use crate::demo::{Demo, Options};
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) const PROMETHEUS: &str = "/usr/bin/prometheus";
const PROMTOOL: &str = "/usr/bin/promtool";
const SCRAPED_SECONDS_MAX: u64 = 60;

/// Why it cannot run here.
pub(crate) fn missing() -> Option<String> {
    let is_there = [PROMETHEUS, PROMTOOL].iter().all(|file| Path::new(file).exists());
    (!is_there).then(|| "Debian package prometheus is missing".to_owned())
}

pub(crate) fn run() -> Result<()> {
    let dir = TempDir::new()?;
    let operator = free_port()?;
    let demo = Demo::start(&Options {
        dir: &dir.path().join("data"),
        opens_in: "3600s",
        listen: Ipv4Addr::LOCALHOST,
        core: None,
        port: None,
        more: &["--operator-port", &operator.to_string()],
    })?;
    for path in ["/health/live", "/health/ready"] {
        let status = http::get(operator, path)?.status;
        ensure!(status == 200, "{path} answers {status}");
    }
    let metrics = http::get(operator, "/metrics").context("the metrics")?.body;
    check(&metrics)?;
    let unknown =
        String::from_utf8_lossy(&metrics).replace("# TYPE charye_ledger_well", "# TYPO charye_ledger_well");
    ensure!(
        check(&unknown.replace("charye_views_lag_rows ", "charye-views ").into_bytes()).is_err(),
        "promtool sees nothing"
    );
    let families = metrics.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"# TYPE")).count();
    let asked = demo.port;
    http::get(asked, "/help").context("a page, to be counted")?;
    let seen = scraped(dir.path(), operator)?;
    println!("promtool finds nothing in {families} families; Prometheus scraped {seen} series");
    Ok(())
}

/// What promtool says of the text, if it says anything.
fn check(metrics: &[u8]) -> Result<()> {
    let mut command = Command::new(PROMTOOL);
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut promtool = command.spawn().context(PROMTOOL)?;
    promtool.stdin.take().context("its input")?.write_all(metrics)?;
    let output = promtool.wait_with_output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(output.status.success() && said.trim().is_empty(), "promtool: {said}");
    Ok(())
}

/// How many series a Prometheus of our own has after its first scrape.
fn scraped(dir: &Path, operator: u16) -> Result<usize> {
    let config = dir.join("prometheus.yml");
    let target = format!("127.0.0.1:{operator}");
    let job = format!("  - job_name: charye\n    static_configs:\n      - targets: [\"{target}\"]\n");
    fs::write(&config, format!("global:\n  scrape_interval: 1s\nscrape_configs:\n{job}"))?;
    let port = free_port()?;
    let mut command = Command::new(PROMETHEUS);
    command.arg(format!("--config.file={}", config.display()));
    command.arg(format!("--storage.tsdb.path={}", dir.join("prometheus").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--log.level=error");
    let mut guard = Guard::spawn(&mut command)?;
    let ask = |query: &str| -> Option<Vec<Value>> {
        let answer = http::get(port, &format!("/api/v1/query?query={query}")).ok()?;
        let document: Value = serde_json::from_slice(&answer.body).ok()?;
        document["data"]["result"].as_array().cloned()
    };
    let value = |query: &str| Some(ask(query)?.first()?["value"][1].as_str()?.to_owned());
    guard.wait_until(SCRAPED_SECONDS_MAX, || value("charye_ledger_well").as_deref() == Some("1"))?;
    ensure!(value("up").as_deref() == Some("1"), "Prometheus says that the target is down");
    let pages = "charye_requests_total{plane=\"gate\",class=\"2xx\"}".replace('"', "%22");
    let counted = value(&pages.replace('{', "%7B").replace('}', "%7D")).unwrap_or_default();
    ensure!(counted.parse::<u64>().is_ok_and(|count| count > 0), "no page was counted: {counted}");
    Ok(ask("%7Bjob=%22charye%22%7D").unwrap_or_default().len())
}
