//! `charye demo`: everything on one machine in one command.

use crate::cli::Demo;
use crate::commands::serve::run_until_signal;
use crate::config::draw::DrawConfig;
use crate::config::{Config, LogFormat};
use crate::country::Doors;
use crate::service::Service;
use crate::system::{SystemClock, SystemRandomness};
use crate::telemetry;
use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rehearsal::crowd::{self, CrowdConfig, CrowdProgress};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use store::{Clock as _, Randomness};
use store_sqlite::JOURNAL_FILE;

pub(crate) const DOORS_FILE: &str = "demo.toml";
const OPEN_FOR_S: i64 = 12 * 86_400;

/// Born 1962 to 1966, with numbers that nobody has and phones that reach nobody. The last two are a foreigner, and
/// somebody whose phone is in another name: the demo's provider refuses it.
const TEST_PEOPLE: [(&str, &str, &str); 5] = [
    ("김차례", "620314-2000016", "010-0000-0001"),
    ("이모의", "640229-1000020", "010-0000-0002"),
    ("박시험", "661231-1000032", "010-0000-0003"),
    ("Han Sarang", "620101-5000044", "010-0000-0005"),
    ("최명의", "630707-1000050", "010-0000-0404"),
];

pub(crate) fn run(demo: &Demo) -> Result<ExitCode> {
    telemetry::start(LogFormat::Text);
    let doors = doors(&demo.dir, demo.opens_in.as_secs())?;
    let mut config = Config { listen: demo.address(), data: demo.dir.clone(), ..Config::default() };
    config.campaign.admissions_per_second = demo.admissions_per_second.max(1);
    // People may stand in line from the first moment.
    config.campaign.lobby_minutes = 366 * 24 * 60;
    config.operator_listen = Some((Ipv4Addr::LOCALHOST, demo.operator_port).into());
    config.access_log = demo.access_log;
    config.draw = demo.draw.then(DrawConfig::of_a_demo);
    config.staff.listen = demo.staff_port.map(|port| (Ipv4Addr::LOCALHOST, port).into());
    let service = Service::prepare(config, doors)?;
    welcome(demo, doors, (service.operator_address(), service.staff_address()))?;
    if demo.crowd > 0 {
        send_crowd(demo, service.app.campaign().slug.clone());
    }
    run_until_signal(service)
}

/// The opening of the first start in this folder; started again, the demo goes on where it was.
fn doors(folder: &Path, opens_in_s: u64) -> Result<Doors> {
    if let Some(doors) = kept_doors(folder)? {
        return Ok(doors);
    }
    ensure!(
        !folder.join(JOURNAL_FILE).exists(),
        "{}: 모의 서비스의 자료 폴더가 아닙니다. 실제 사업의 자료에는 가상의 사람을 넣지 않습니다 / not the data folder of a demonstration; no synthetic people go into a real campaign",
        folder.display()
    );
    let opens_at_s = SystemClock.now().as_second() + i64::try_from(opens_in_s).context("--opens-in")?;
    let doors = Doors { opens_at_s, closes_at_s: opens_at_s + OPEN_FOR_S };
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join(DOORS_FILE);
    std::fs::write(&path, toml::to_string(&doors)?).with_context(|| path.display().to_string())?;
    Ok(doors)
}

/// What an earlier start of a demo left in this folder.
pub(crate) fn kept_doors(folder: &Path) -> Result<Option<Doors>> {
    let path = folder.join(DOORS_FILE);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    toml::from_str(&text).map(Some).with_context(|| path.display().to_string())
}

fn welcome(
    demo: &Demo,
    doors: Doors,
    (operator, staff): (Option<SocketAddr>, Option<SocketAddr>),
) -> Result<()> {
    let port = demo.port;
    let opens_at = booking::KOREA.to_datetime(Timestamp::from_second(doors.opens_at_s)?);
    println!("차례 모의 서비스가 켜졌습니다 / the Charye demo is up");
    println!();
    println!("  첫 화면 / start here     http://127.0.0.1:{port}/        (English: /en)");
    println!("  문자 보관함 / messages   http://127.0.0.1:{port}/outbox");
    println!("  API                      http://127.0.0.1:{port}/openapi.json");
    if let Some(operator) = operator {
        println!("  운영자 / operator        http://{operator}/metrics, /health/ready");
    }
    if let Some(staff) = staff {
        let data = demo.dir.display();
        println!(
            "  직원 화면 / staff        http://{staff}/desk   (charye staff add --data {data} NAME --role agent)"
        );
    }
    println!();
    println!("  예약 시작 / opening      {opens_at} (한국 시각 / Korea)");
    println!();
    println!("  시험용 사람 / test people (이름 · 주민등록번호 · 휴대전화)");
    for (name, number, phone) in TEST_PEOPLE {
        println!("    {name}   {number}   {phone}");
    }
    println!();
    println!("  자료 폴더 / data folder  {}", demo.dir.display());
    println!("  멈추기 / stop            Ctrl+C");
    Ok(())
}

/// In a thread of its own, over HTTP like everybody.
fn send_crowd(demo: &Demo, campaign: String) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, demo.port));
    let random: &dyn Randomness = &SystemRandomness;
    // A kept store knows the crowd of an earlier start: this one must be others.
    let seed = u64::from_be_bytes(random.bytes());
    let config = CrowdConfig::new(address, campaign, demo.crowd, seed);
    let spawned = std::thread::Builder::new().name("crowd".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime for the crowd can be made");
        let report = runtime.block_on(crowd::run(config, say_progress));
        println!("군중이 모두 돌아갔습니다 / the crowd has gone home: {:?}", report.journal);
    });
    spawned.expect("the system has room for one more thread");
}

fn say_progress(progress: &CrowdProgress) {
    if progress.elapsed.as_secs().is_multiple_of(10) {
        let journal = &progress.journal;
        println!("군중 / crowd: {journal:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_folder_that_holds_a_real_campaign_is_no_place_for_synthetic_people() {
        let folder = Scratch::inside(&std::env::temp_dir()).unwrap();
        std::fs::write(folder.path().join(JOURNAL_FILE), "").unwrap();
        assert!(
            doors(folder.path(), 60).unwrap_err().to_string().contains("모의 서비스의 자료 폴더가 아닙니다")
        );
    }

    #[test]
    fn a_demonstration_goes_on_in_its_own_folder() {
        let folder = Scratch::inside(&std::env::temp_dir()).unwrap();
        let first = doors(folder.path(), 60).unwrap();
        std::fs::write(folder.path().join(JOURNAL_FILE), "").unwrap();
        assert_eq!(doors(folder.path(), 3_600).unwrap(), first);
    }
}
