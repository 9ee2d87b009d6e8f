//! The line before a site that is not ours: Debian's Prometheus stands for it, once behind the connector as a proxy, once
//! behind nginx that asks the connector (`examples/nginx/other-site.conf`); and the gate document behind nginx's cache.
use super::proxy::{self, Proxy};
use super::{Process, Service, wait_for_phase};
use crate::bench::load::{Connections, Load};
use crate::card::Figure;
use crate::http::{self, Answer, Header};
use crate::kills::{CAMPAIGN, Inside, Told, enter, look_until};
use crate::process::{Guard, TempDir, free_port};
use crate::{clock, scrape, workspace};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const READY_SECONDS_MAX: u64 = 30;
const POLLING: Duration = Duration::from_secs(8);
/// What the origin may see of it, a second: its own example says about one.
const ORIGIN_A_SECOND_MAX: f64 = 2.0;
/// What only the site says.
const OF_THE_SITE: &str = "Prometheus";
const HTML: Header<'static> = ("accept", "text/html");

/// Ways in that must lead nowhere without a turn.
const WAYS: [&str; 12] = [
    "/",
    "/graph",
    "/-/healthy",
    "/metrics",
    "/api/v1/status/buildinfo",
    "//graph",
    "/./graph",
    "/.charye/../graph",
    "/.charye/check/../../graph",
    "/%2e%63harye/graph",
    "/graph?/.charye/check",
    "/.charye/enter?turn=AAAA",
];

pub(super) fn missing() -> Option<String> {
    proxy::missing().or_else(scrape::missing)
}

pub(super) fn run() -> Result<()> {
    let (proxied, asking, origin) = (free_port()?, free_port()?, free_port()?);
    let site_address = format!("http://127.0.0.1:{asking}");
    let service = Service::new()?;
    service
        .add(&format!("[site]\norigin = \"{site_address}\"\nname = \"감시판\"\nname_en = \"Monitor\"\n"))?;
    let booking = service.start_booking()?;
    let gate = service.start_gate()?;
    wait_for_phase(service.gate_port, "open")?;
    let exported = proxy::export(&service)?;
    let cache = Proxy::start(service.gate_port, &exported, |text| text)?;
    let _site = start_site(service.folder.path(), origin)?;
    let connector = Connector { service: &service, cache: cache.port, site: &site_address };
    let (forwarding, answering) = (free_port()?, free_port()?);
    let _forwarding = connector.start(forwarding, Some(origin))?;
    let _answering = connector.start(answering, None)?;
    let folder = TempDir::new()?;
    let _nginx = start_nginx(folder.path(), (asking, answering, origin), |text| text)?;
    let open_folder = TempDir::new()?;
    let _open = start_nginx(open_folder.path(), (proxied, answering, origin), |text| {
        text.replace("auth_request /.charye/check;", "")
    })?;

    let told = Told::default();
    let (leaked, looks) = leaks(&[forwarding, asking])?;
    let (caught, _) = leaks(&[proxied])?;
    let inside = enter(service.gate_port, &told)?;
    for port in [forwarding, asking] {
        comes_in(&service, port, &inside)?;
    }
    Figure {
        promise: "C4".to_owned(),
        test: "the line before a site that is not ours".to_owned(),
        runs: looks,
        of: "ways in without a turn".to_owned(),
        violations: leaked,
        saboteur: "a site whose server does not ask".to_owned(),
        caught,
        more: "Debian's Prometheus as the site, behind the connector and behind nginx's auth_request"
            .to_owned(),
    }
    .tell()?;
    polled(&gate, cache.port)?;
    line_is_gone(cache.port, &[forwarding, asking], [booking, gate])
}

struct Connector<'a> {
    service: &'a Service,
    /// Where it asks for the gate document.
    cache: u16,
    site: &'a str,
}

impl Connector<'_> {
    fn start(&self, port: u16, upstream: Option<u16>) -> Result<Guard> {
        let program = workspace::release_dir()?.join("charye");
        let listed = Command::new(&program)
            .args(["keys", "list", "--config"])
            .arg(self.service.config())
            .output()
            .context("charye keys list")?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let key = listed.lines().find(|line| line.contains("gate, public")).context("no public key")?;
        let key = key.split_whitespace().last().context("no public key")?;
        let mut command = Command::new(&program);
        command.args(["connector", "--campaign", CAMPAIGN, "--name", "감시판", "--site", self.site]);
        command.args(["--line", &format!("http://127.0.0.1:{}", self.service.gate_port), "--gate-key", key]);
        command.args(["--news-from", &format!("http://127.0.0.1:{}", self.cache)]);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        if let Some(upstream) = upstream {
            command.args(["--upstream", &format!("http://127.0.0.1:{upstream}")]);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut guard = Guard::spawn(&mut command)?;
        let knows = || http::get(port, "/.charye/healthz").is_ok_and(|answer| answer.status == 200);
        guard.wait_until(READY_SECONDS_MAX, knows).context("the connector")?;
        Ok(guard)
    }
}

/// An unrelated web application.
fn start_site(folder: &Path, port: u16) -> Result<Guard> {
    let config = folder.join("site.yml");
    fs::write(&config, "global:\n  scrape_interval: 1h\n")?;
    let mut command = Command::new(scrape::PROMETHEUS);
    command.arg(format!("--config.file={}", config.display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join("site").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}")).arg("--log.level=error");
    let mut guard = Guard::spawn(&mut command)?;
    let is_ready = || http::get(port, "/-/ready").is_ok_and(|answer| answer.status == 200);
    guard.wait_until(READY_SECONDS_MAX, is_ready).context("Prometheus")?;
    Ok(guard)
}

fn start_nginx(
    folder: &Path,
    (port, connector, site): (u16, u16, u16),
    change: impl Fn(String) -> String,
) -> Result<Guard> {
    let example = fs::read_to_string(workspace::root().join("examples/nginx/other-site.conf"))?;
    let example = change(example)
        .replace("127.0.0.1:8090", &format!("127.0.0.1:{connector}"))
        .replace("127.0.0.1:3000", &format!("127.0.0.1:{site}"))
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"));
    proxy::start_nginx(folder, &example, || {
        http::get(port, "/.charye/healthz").is_ok_and(|answer| answer.status == 200)
    })
}

fn is_of_the_site(answer: &Answer) -> bool {
    String::from_utf8_lossy(&answer.body).contains(OF_THE_SITE) || answer.body.starts_with(b"# HELP")
}

/// How often somebody without a turn saw something of the site, and how often was looked.
fn leaks(ports: &[u16]) -> Result<(u64, u64)> {
    let forged = format!("charye-site-visit={}", "A".repeat(75));
    let (mut leaked, mut looks) = (0, 0);
    for port in ports {
        for way in WAYS {
            for headers in [
                &[HTML][..],
                &[],
                &[HTML, ("cookie", forged.as_str())],
                &[HTML, ("x-charye-visitor", "00")],
                &[HTML, ("x-original-url", "/.charye/healthz"), ("x-rewrite-url", "/.charye/healthz")],
            ] {
                let answer = http::get_with(*port, way, headers)?;
                looks += 1;
                leaked += u64::from(is_of_the_site(&answer));
            }
        }
    }
    Ok((leaked, looks))
}

/// Somebody whose turn it is goes the whole way, as a browser would.
fn comes_in(service: &Service, port: u16, inside: &Inside) -> Result<()> {
    let turned = http::get_with(port, "/-/healthy", &[HTML])?;
    let to_line = turned.location.strip_prefix(&format!("http://127.0.0.1:{}", service.gate_port));
    let to_line = to_line.with_context(|| format!("sent to {}", turned.location))?;
    let who = [("charye-session", inside.session.as_str()), ("charye-pass", inside.pass.as_str()), HTML];
    let on = http::get_with(service.gate_port, to_line, &who)?;
    let back = http::get_with(service.gate_port, &on.location, &who)?;
    let at = back.location.find("/.charye/enter?turn=").context("no handover")?;
    let path = &back.location[at..];
    let stranger = http::get_with(port, path, &[HTML])?;
    ensure!(stranger.status == 400, "a handover in another browser was answered {}", stranger.status);
    let way = turned.cookie("charye-site-way").context("no way")?;
    let entered = http::get_with(port, path, &[HTML, ("cookie", &way)])?;
    ensure!(entered.location.ends_with("/-/healthy"), "led to {:?}", entered.location);
    let visit = entered.cookie("charye-site-visit").context("no visit")?;
    for (path, status) in [("/-/healthy", 200), ("/api/v1/status/buildinfo", 200), ("/nothing", 404)] {
        let seen = http::get_with(port, path, &[HTML, ("cookie", &visit)])?;
        ensure!(seen.status == status, "{path} of the site answered {}", seen.status);
    }
    let healthy = http::get_with(port, "/-/healthy", &[HTML, ("cookie", &visit)])?;
    ensure!(is_of_the_site(&healthy), "the site was not seen");
    Ok(())
}

/// As many looks at the gate document as nginx can answer; the origin sees about one a second.
fn polled(gate: &Process, port: u16) -> Result<()> {
    let seen = || -> Result<f64> {
        let metrics = http::get(gate.operator_port, "/metrics")?.body;
        let text = String::from_utf8_lossy(&metrics).into_owned();
        let line = text.lines().find(|line| line.starts_with("charye_requests_from_memory_total "));
        Ok(line.and_then(|line| line.split(' ').nth(1)).context("no such metric")?.parse()?)
    };
    let path = format!("/gate/{CAMPAIGN}.json");
    let (before, began) = (seen()?, clock::now());
    let load = Load::get(port, &path, Connections::KeptAlive);
    let outcome = load.run(POLLING)?;
    let (origin, seconds) = (seen()? - before, (clock::now() - began).as_secs_f64());
    // Two connectors look at the same copies once a second.
    let (polls, a_second) = (outcome.requests, origin / seconds);
    println!(
        "{polls} looks at the gate document in {seconds:.1} s through nginx ({} a second, {} errors): the origin saw {a_second:.2} a second",
        (polls as f64 / seconds).round(),
        outcome.errors,
    );
    ensure!(outcome.errors == 0 && polls > 10_000, "{} errors, {polls} looks", outcome.errors);
    ensure!(a_second <= ORIGIN_A_SECOND_MAX, "the origin saw {a_second:.2} a second");
    Ok(())
}

/// An old copy from the cache opens nothing; people get words.
fn line_is_gone(cache: u16, ports: &[u16], processes: [Process; 2]) -> Result<()> {
    for mut process in processes {
        process.guard.crash()?;
    }
    let copy = http::get(cache, &format!("/gate/{CAMPAIGN}.json"))?;
    ensure!(copy.status == 200, "nginx has no copy: {}", copy.status);
    for port in ports {
        look_until("the connector lets nobody in", || {
            Ok(http::get_with(*port, "/graph", &[HTML])?.status == 503)
        })?;
        let words = http::get_with(*port, "/graph", &[HTML])?;
        let words = String::from_utf8_lossy(&words.body).into_owned();
        ensure!(words.contains("대기 순서는 그대로입니다"), "no words: {words}");
    }
    println!("the line killed: the copy in nginx's cache opens nothing, people get words");
    Ok(())
}
