//! `charye connector`: the line before a site that is not ours.

use crate::cli::Connector;
use crate::commands::serve::stop_at_signal;
use crate::config::{LogFormat, is_origin};
use crate::system::{SystemClock, SystemRandomness};
use crate::telemetry;
use ::connector::{Page, Pages, Settings, Uri};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use jiff::SignedDuration;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::{Clock as _, Randomness as _};
use web::lang::Lang;
use web::pages::connector::{ConnectorPage, Hindrance};

/// Half an hour for the slowest page of the slowest site.
const UPSTREAM_WAIT_S: std::ops::RangeInclusive<u64> = 1..=1_800;

pub(crate) fn run(asked: &Connector) -> Result<ExitCode> {
    telemetry::start(LogFormat::Text);
    let settings = settings(asked)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(asked.listen)
            .await
            .with_context(|| format!("이 주소에서 들을 수 없습니다 / cannot listen on {}", asked.listen))?;
        println!("연결기가 켜졌습니다 / the connector is up:  http://{}/", listener.local_addr()?);
        println!("{} → {}", settings.site, settings.line);
        ::connector::serve(listener, settings, stop_at_signal()).await.context("연결기 / connector")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn settings(asked: &Connector) -> Result<Settings> {
    for (name, origin) in [("--line", &asked.line), ("--site", &asked.site)] {
        ensure!(
            is_origin(origin),
            "{name} {origin}: https://호스트 형식이어야 합니다 / must look like https://host"
        );
    }
    ensure!(
        UPSTREAM_WAIT_S.contains(&asked.upstream_wait_seconds),
        "--upstream-wait-seconds: 1~1800 사이여야 합니다 / must be from 1 to 1800"
    );
    Ok(Settings {
        line: asked.line.clone(),
        news_from: address("--news-from", asked.news_from.as_deref())?,
        campaign: asked.campaign.clone(),
        gate_key: gate_key(&asked.gate_key)?,
        site: asked.site.clone(),
        upstream: address("--upstream", asked.upstream.as_deref())?,
        authorities: asked.authorities.clone(),
        secret: secret(asked.secret.as_deref())?,
        idle: SignedDuration::from_mins(15),
        trusted_hops: asked.trusted_hops,
        connections_max: asked.connections_max,
        upstream_wait: Duration::from_secs(asked.upstream_wait_seconds),
        pages: pages(asked),
        clock: Arc::new(|| SystemClock.now()),
        random: Arc::new(|bytes| SystemRandomness.fill(bytes)),
    })
}

fn address(name: &str, asked: Option<&str>) -> Result<Option<Uri>> {
    let Some(origin) = asked else { return Ok(None) };
    ensure!(
        is_origin(origin),
        "{name} {origin}: http://호스트:포트 형식이어야 합니다 / must look like http://host:port"
    );
    Ok(Some(origin.parse()?))
}

fn pages(asked: &Connector) -> Pages {
    let name_en = asked.name_en.as_ref().unwrap_or(&asked.name);
    let page = |hindrance| {
        let said = |lang: Lang| {
            let name = lang.t(&asked.name, name_en).to_owned();
            ConnectorPage::new(lang, hindrance, name, asked.line.clone()).html()
        };
        Page { ko: said(Lang::Ko), en: said(Lang::En) }
    };
    Pages {
        line_silent: page(Hindrance::LineSilent),
        site_silent: page(Hindrance::SiteSilent),
        begin_again: page(Hindrance::BeginAgain),
        style: Bytes::from_static(web::assets::STYLE),
    }
}

/// 64 hexadecimal digits, as `charye keys list` shows them.
fn gate_key(hex: &str) -> Result<[u8; 32]> {
    let digit = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..32).map(|byte| digit(byte * 2)).collect();
    let key = bytes.filter(|_| hex.len() == 64).and_then(|bytes| bytes.try_into().ok());
    key.context("--gate-key: `charye keys list`가 보여 주는 64자리여야 합니다 / must be the 64 digits that `charye keys list` shows")
}

/// Without a file it lasts as long as the process: whoever is inside then goes by the line once, without waiting.
fn secret(file: Option<&Path>) -> Result<[u8; 32]> {
    let Some(file) = file else {
        let mut drawn = [0; 32];
        SystemRandomness.fill(&mut drawn);
        return Ok(drawn);
    };
    let fault = || format!("--secret {}", file.display());
    let bytes = std::fs::read(file).with_context(fault)?;
    bytes
        .try_into()
        .ok()
        .with_context(|| format!("--secret {}: 32바이트여야 합니다 / must have 32 bytes", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_gate_is_read_as_it_is_shown() {
        let shown = (0..32).fold(String::new(), |shown, byte| shown + &format!("{byte:02x}"));
        assert_eq!(gate_key(&shown).unwrap()[31], 31);
        for wrong in ["", "00", &shown[1..], &format!("{shown}00"), &shown.replace('1', "x"), "한글"] {
            assert!(gate_key(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_origin_has_a_scheme_a_host_and_nothing_else() {
        assert!(is_origin("https://line.test") && is_origin("http://127.0.0.1:8080"));
        for wrong in ["line.test", "ftp://line.test", "https://", "https://line.test/", "https://a@b"] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
