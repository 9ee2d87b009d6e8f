//! Debian's nginx before the service, by the configuration in `examples/nginx`: what is personal is never kept, the crowd
//! is answered by copies, and when every process of ours has gone people get words.
use super::{Process, Service, is_apology, wait_for_phase};
use crate::api::{call, read, text};
use crate::card::Figure;
use crate::http::{self, Answer};
use crate::kills::{CAMPAIGN, Told, enter, take_place};
use crate::process::{Guard, TempDir, free_port};
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const NGINX: &str = "/usr/sbin/nginx";
const READY_SECONDS_MAX: u64 = 10;
const ROUNDS: usize = 25;
/// Every page and answer that is somebody's.
const PERSONAL: [&str; 5] = ["/api/v1/appointments", "/api/v1/recipients", "/api/v1/waits", "/my", "/wait"];

/// nginx with the example, on ports and in folders of its own.
pub(super) struct Proxy {
    _guard: Guard,
    pub(super) port: u16,
    _folder: TempDir,
}

impl Proxy {
    /// `change`: what is done to the configuration on purpose.
    pub(super) fn start(gate_port: u16, exported: &Path, change: impl Fn(String) -> String) -> Result<Self> {
        let folder = TempDir::new()?;
        let (at, port) = (folder.path().display(), free_port()?);
        let example =
            |name: &str| std::fs::read_to_string(workspace::root().join("examples/nginx").join(name));
        let common = folder.path().join("charye-proxy.conf");
        std::fs::write(&common, change(example("charye-proxy.conf")?))?;
        let site = example("charye.conf")?
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{gate_port}"))
            .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
            .replace("/var/www/charye", &exported.display().to_string())
            .replace("/var/cache/nginx/charye", &format!("{at}/cache"))
            .replace("/etc/nginx/charye-proxy.conf", &common.display().to_string());
        let guard = start_nginx(folder.path(), &site, || {
            http::get(port, "/healthz").is_ok_and(|answer| answer.status > 0)
        })?;
        Ok(Self { _guard: guard, port, _folder: folder })
    }
}

/// Debian's nginx with what stands in an example, everything else in `folder`.
pub(super) fn start_nginx(folder: &Path, site: &str, is_ready: impl FnMut() -> bool) -> Result<Guard> {
    let (at, config) = (folder.display(), folder.join("nginx.conf"));
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {at}/{name};"))
        .join("\n");
    let text = format!(
        "daemon off;\nuser root;\nworker_processes 1;\npid {at}/nginx.pid;\nevents {{ worker_connections 1024; }}\n\
         http {{\naccess_log off;\nkeepalive_requests 10000000;\n{temporary}\ninclude /etc/nginx/mime.types;\n{site}}}\n"
    );
    std::fs::write(&config, text)?;
    let mut command = Command::new(NGINX);
    command.arg("-p").arg(folder).arg("-c").arg(&config).arg("-e").arg(folder.join("error.log"));
    let mut guard = Guard::spawn(&mut command)?;
    guard.wait_until(READY_SECONDS_MAX, is_ready).context("nginx (Debian package nginx-light)")?;
    Ok(guard)
}

pub(super) fn missing() -> Option<String> {
    (!Path::new(NGINX).exists()).then(|| "Debian package nginx-light is missing".to_owned())
}

pub(super) fn run() -> Result<()> {
    let service = Service::new()?;
    let booking = service.start_booking()?;
    let gate = service.start_gate()?;
    wait_for_phase(service.gate_port, "open")?;
    let exported = export(&service)?;
    let told = Told::default();
    let (leaked, looks) = leaks(&service, &told, &exported, |text| text)?;
    let (caught, _) = leaks(&service, &told, &exported, keep_everything)?;
    Figure {
        promise: "F8".to_owned(),
        test: "two people behind nginx".to_owned(),
        runs: looks,
        of: "looks at personal pages through a cache".to_owned(),
        violations: leaked,
        saboteur: "a cache that keeps whatever it gets".to_owned(),
        caught,
        more: "examples/nginx, Debian's nginx".to_owned(),
    }
    .tell()?;
    everybody_has_gone(&service, &exported, [booking, gate])
}

pub(super) fn export(service: &Service) -> Result<PathBuf> {
    let folder = service.folder.path().join("exported");
    let program = workspace::release_dir()?.join("charye");
    let mut command = Command::new(program);
    command.arg("export-static").arg(&folder).arg("--config").arg(service.config());
    ensure!(command.status()?.success(), "charye export-static failed");
    Ok(folder)
}

/// The saboteur: a cache as it is put together in a hurry.
fn keep_everything(text: String) -> String {
    text + "\nproxy_ignore_headers Cache-Control Expires Set-Cookie Vary;\nproxy_cache_valid 200 201 303 1m;\n"
}

/// Two people ask in turn for what is theirs. Returns how often one got what was the other's or could have been, and
/// how often was looked.
fn leaks(
    service: &Service,
    told: &Told,
    exported: &Path,
    change: impl Fn(String) -> String,
) -> Result<(u64, u64)> {
    let people = [enter(service.gate_port, told)?, enter(service.gate_port, told)?];
    take_place(service.gate_port, told, &people[0])?;
    let proxy = Proxy::start(service.gate_port, exported, change)?;
    let (mut leaked, mut looks) = (0, 0);
    for round in 0..ROUNDS {
        for path in PERSONAL {
            for inside in &people {
                let who =
                    [("charye-session", inside.session.as_str()), ("charye-pass", inside.pass.as_str())];
                let own = http::get_with(service.gate_port, path, &who)?;
                let seen = http::get_with(proxy.port, path, &who)?;
                looks += 1;
                let is_own = path.starts_with("/api/") && own.body != seen.body;
                leaked += u64::from(is_own || !seen.is_kept_by_nobody || own.status != seen.status);
            }
        }
        leaked += u64::from(same_ticket(proxy.port)?);
        looks += 1;
        let document = http::get(proxy.port, &format!("/gate/{CAMPAIGN}.json"))?;
        ensure!(document.status == 200, "round {round}: the gate document answered {}", document.status);
    }
    Ok((leaked, looks))
}

/// Two who ask for a ticket get two.
fn same_ticket(port: u16) -> Result<bool> {
    let ticket = || -> Result<String> {
        text(&call(port, &format!("/gate/{CAMPAIGN}/tickets"), &[], &json!({}))?, "/ticket")
    };
    Ok(ticket()? == ticket()?)
}

/// From the living service a copy, from the dead one words.
fn everybody_has_gone(service: &Service, exported: &Path, processes: [Process; 2]) -> Result<()> {
    let proxy = Proxy::start(service.gate_port, exported, |text| text)?;
    let regions = "/static/regions.json";
    read(&http::get(proxy.port, regions)?)?;
    for mut process in processes {
        process.guard.crash()?;
    }
    for (path, lang) in [("/my", "ko"), ("/en/my", "en"), ("/book", "ko"), ("/healthz", "ko"), ("/en", "en")]
    {
        let answer: Answer = http::get(proxy.port, path)?;
        ensure!(is_apology(&answer), "{path} answered {} without words", answer.status);
        ensure!(answer.is_kept_by_nobody, "the apology at {path} may be kept");
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(body.contains(&format!("<html lang=\"{lang}\"")), "{path} is in the wrong language");
        let style = body.split("href=\"/static/").nth(1).and_then(|rest| rest.split('"').next());
        let style = format!("/static/{}", style.context("an apology without style")?);
        ensure!(http::get(proxy.port, &style)?.status == 200, "{style} is not there");
    }
    let still = http::get(proxy.port, "/wait?still")?;
    let renews = String::from_utf8_lossy(&still.body).contains("http-equiv=\"refresh\"");
    ensure!(is_apology(&still) && !renews, "whoever wants no renewal is not given the page without");
    let posted = http::post(proxy.port, &format!("/gate/{CAMPAIGN}/tickets"), &[], "{}")?;
    ensure!(is_apology(&posted), "a form was answered {} without words", posted.status);
    for path in [regions, "/regions", "/en/regions/1100000000", "/help", "/static/clinics/1111000000.json"] {
        let answer = http::get(proxy.port, path)?;
        ensure!(answer.status == 200 && !answer.body.is_empty(), "{path} answered {}", answer.status);
    }
    println!("every process killed: the apology in both languages, and regions, clinics and help from files");
    crate::journey::look_at_apology(proxy.port)
}
