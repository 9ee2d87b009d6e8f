//! `charye serve`.

use crate::cli::Serve;
use crate::commands::demo::kept_doors;
use crate::config::Config;
use crate::country::Doors;
use crate::service::{Service, signal};
use crate::system::SystemClock;
use crate::telemetry;
use anyhow::{Context as _, Result, ensure};
use booking::korean_day;
use jiff::Timestamp;
use std::path::Path;
use std::process::ExitCode;
use store::Clock as _;
use tokio::sync::watch;

const OPEN_FOR_DAYS: i64 = 12;

pub(crate) fn run(serve: &Serve) -> Result<ExitCode> {
    let mut config = Config::read(serve.config.as_deref())?;
    config.take_orders(serve.role, serve.listen, serve.operator_listen)?;
    no_demonstration(&config.data)?;
    telemetry::start(config.log_format);
    let doors = doors(&config, SystemClock.now())?;
    let is_kept_for_ever = config.retention.days.is_none();
    let service = Service::prepare(config, doors)?;
    let listen = service.config().listen;
    let opens_at = Timestamp::from_second(doors.opens_at_s)?;
    let scheme = if service.config().tls.is_some() { "https" } else { "http" };
    println!("차례가 켜졌습니다 / Charye is up:  {scheme}://{listen}/");
    if let Some(operator) = service.operator_address() {
        println!("운영자 / operator:  http://{operator}/metrics");
    }
    if let Some(staff) = service.staff_address() {
        println!("직원 / staff:  {scheme}://{staff}/desk");
    }
    println!("예약 시작 / opening:  {}", booking::KOREA.to_datetime(opens_at));
    println!(
        "알림: 본인확인 기관 연동 전이므로 모의 본인확인을 씁니다 / note: no identity provider is connected yet, the demo one is used"
    );
    if is_kept_for_ever {
        println!(
            "알림: 보유기간(retention.days)을 정하지 않아 개인정보를 파기하지 않습니다 / note: retention.days is not set, so no personal data is ever removed"
        );
    }
    run_until_signal(service)
}

pub(crate) fn run_until_signal(service: Service) -> Result<ExitCode> {
    let (stop, stopping) = watch::channel(false);
    let waiter = std::thread::spawn(move || -> Result<()> {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(signal());
        println!("\n마치는 중입니다 / stopping");
        let _ = stop.send(true);
        Ok(())
    });
    service.run(&stopping)?;
    waiter.join().map_err(|_| anyhow::anyhow!("the signal thread panicked"))??;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn stop_at_signal() {
    signal().await;
    println!("\n마치는 중입니다 / stopping");
}

/// Synthetic people stay in the folder of their demonstration.
fn no_demonstration(data: &Path) -> Result<()> {
    ensure!(
        kept_doors(data)?.is_none(),
        "{}: 모의 서비스(charye demo)의 자료 폴더입니다. 실제 사업에는 새 폴더를 쓰십시오 / the data folder of a demonstration; a real campaign needs a folder of its own",
        data.display()
    );
    Ok(())
}

/// The opening of the config, or the next 12 July at midnight in Korea.
pub(crate) fn doors(config: &Config, now: Timestamp) -> Result<Doors> {
    let instant = |name: &str, text: &str| -> Result<Timestamp> {
        text.parse().with_context(|| format!("campaign.{name} = {text:?}: 2027-07-12T00:00:00+09:00 형식이어야 합니다 / must look like this"))
    };
    let opens_at = match config.campaign.opens_at.as_str() {
        "" => next_12_july(now)?,
        text => instant("opens_at", text)?,
    };
    let closes_at = match config.campaign.closes_at.as_str() {
        "" => opens_at + jiff::SignedDuration::from_hours(24 * OPEN_FOR_DAYS),
        text => instant("closes_at", text)?,
    };
    ensure!(opens_at < closes_at, "campaign: 마감이 시작보다 앞섭니다 / it closes before it opens");
    Ok(Doors { opens_at_s: opens_at.as_second(), closes_at_s: closes_at.as_second() })
}

fn next_12_july(now: Timestamp) -> Result<Timestamp> {
    let today = korean_day(now);
    let this_year = jiff::civil::date(today.year(), 7, 12);
    let day = if today < this_year { this_year } else { jiff::civil::date(today.year() + 1, 7, 12) };
    Ok(booking::KOREA.to_timestamp(day.at(0, 0, 0, 0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_config_it_opens_on_the_next_12_july_at_midnight_in_korea() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let doors = doors(&Config::default(), now).unwrap();
        assert_eq!(Timestamp::from_second(doors.opens_at_s).unwrap().to_string(), "2027-07-11T15:00:00Z");
    }

    #[test]
    fn a_closing_before_the_opening_is_refused() {
        let mut config = Config::default();
        config.campaign.opens_at = "2027-07-12T00:00:00+09:00".to_owned();
        config.campaign.closes_at = "2027-07-11T00:00:00+09:00".to_owned();
        assert!(doors(&config, Timestamp::UNIX_EPOCH).is_err());
        config.campaign.closes_at = "tomorrow".to_owned();
        assert!(doors(&config, Timestamp::UNIX_EPOCH).is_err());
    }
}
