//! One TOML file and the environment, typed, validated once at start. Every limit is named.

pub(crate) mod draw;
mod limits;
mod rate;
mod staff;

use crate::cli::Role;
use anyhow::{Context as _, Result, ensure};
use draw::DrawConfig;
use jiff::SignedDuration;
use limits::LimitsConfig;
use rate::RateConfig;
use serde::{Deserialize, Serialize, Serializer};
use staff::StaffConfig;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use store_postgres::Address;
use web::app::{OtherSite, WebSettings};
use web::pages::parts::LineOrder;

/// Defaults are what `charye serve` uses without a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    /// Scheme and host under which people reach the service, e.g. `https://booking.example`. With https first, cookies
    /// are `Secure`.
    pub(crate) public_origins: Vec<String>,
    pub(crate) data: PathBuf,
    /// Where the journal is: `postgres://user:password@host:5432/database`, for several nodes. Left out: in the data
    /// folder. Shown without its password.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_password")]
    pub(crate) store: Option<String>,
    /// Empty: beside the data folder.
    pub(crate) keys: PathBuf,
    /// With it `listen` speaks TLS; without it plain HTTP, behind a proxy that speaks TLS.
    pub(crate) tls: Option<TlsConfig>,
    /// With it a turn leads to that site, not to a booking here.
    pub(crate) site: Option<SiteConfig>,
    /// Where the head of the audit record is written down every hour, on another machine's disk if there is one.
    /// Empty: nowhere.
    pub(crate) audit_heads: PathBuf,
    pub(crate) campaign: CampaignConfig,
    /// With it the order of the lobby is drawn; left out: first come, first served.
    pub(crate) draw: Option<DrawConfig>,
    pub(crate) rate: RateConfig,
    pub(crate) limits: LimitsConfig,
    pub(crate) retention: RetentionConfig,
    pub(crate) staff: StaffConfig,
    /// `text` or `json`.
    pub(crate) log_format: LogFormat,
    /// One line for each request that reaches a handler; none of it names a person.
    pub(crate) access_log: bool,
    /// Where machines that watch find `/metrics` and `/health/…`: an address of its own, e.g. `127.0.0.1:9180`. Left
    /// out: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operator_listen: Option<SocketAddr>,
    /// Of the command line: the processes of one service share this file.
    #[serde(skip)]
    pub(crate) role: Role,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsConfig {
    /// PEM: the whole chain, ours first.
    pub(crate) certificate: PathBuf,
    /// PEM.
    pub(crate) key: PathBuf,
    /// Plain HTTP, where everybody is sent to the first of `public_origins`.
    #[serde(default)]
    pub(crate) redirect_listen: Option<SocketAddr>,
}

/// The line stands before a site that is not ours (`charye connector`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteConfig {
    /// Where people reach it: scheme and host, without a slash at the end.
    pub(crate) origin: String,
    /// Korean.
    pub(crate) name: String,
    /// English.
    pub(crate) name_en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CampaignConfig {
    /// RFC 3339. Empty: the next 12 July, 00:00 in Korea.
    pub(crate) opens_at: String,
    /// RFC 3339. Empty: twelve days after the opening.
    pub(crate) closes_at: String,
    pub(crate) lobby_minutes: u32,
    pub(crate) admissions_per_second: u32,
}

/// 보유기간. The law sets none for bookings: whoever keeps the data says how long its purpose lasts, and destroys it
/// without delay when that is over (개인정보 보호법 21조). Nothing is removed until it is said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetentionConfig {
    /// Days after the end of the campaign, or after the person's last visit if that is later.
    pub(crate) days: Option<u32>,
}

impl RetentionConfig {
    pub(crate) fn kept(&self) -> Option<SignedDuration> {
        self.days.map(|days| SignedDuration::from_hours(24 * i64::from(days)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_origins: Vec::new(),
            data: PathBuf::from("./charye-data"),
            store: None,
            keys: PathBuf::new(),
            tls: None,
            site: None,
            audit_heads: PathBuf::new(),
            campaign: CampaignConfig::default(),
            draw: None,
            rate: RateConfig::default(),
            limits: LimitsConfig::default(),
            retention: RetentionConfig::default(),
            staff: StaffConfig::default(),
            log_format: LogFormat::Text,
            access_log: false,
            operator_listen: None,
            role: Role::All,
        }
    }
}

impl Default for CampaignConfig {
    fn default() -> Self {
        Self {
            opens_at: String::new(),
            closes_at: String::new(),
            lobby_minutes: 60,
            admissions_per_second: 50,
        }
    }
}

/// A hundred years are no period.
const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 1..=36_500;

impl Config {
    pub(crate) fn read(file: Option<&Path>) -> Result<Self> {
        let mut config: Self = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| {
                    format!("설정 파일을 읽을 수 없습니다 / cannot read the config file: {}", path.display())
                })?;
                toml::from_str(&text).with_context(|| {
                    format!(
                        "설정 파일이 올바르지 않습니다 / the config file is not right: {}",
                        path.display()
                    )
                })?
            }
            None => Self::default(),
        };
        config.take_environment(environment)?;
        config.validate()?;
        Ok(config)
    }

    /// What containers usually set from outside.
    fn take_environment(&mut self, get: impl Fn(&str) -> Option<String>) -> Result<()> {
        if let Some(listen) = get("CHARYE_LISTEN") {
            self.listen = listen.parse().with_context(|| format!("CHARYE_LISTEN={listen}"))?;
        }
        if let Some(data) = get("CHARYE_DATA") {
            self.data = data.into();
        }
        if let Some(store) = get("CHARYE_STORE") {
            self.store = Some(store);
        }
        if let Some(keys) = get("CHARYE_KEYS") {
            self.keys = keys.into();
        }
        Ok(())
    }

    /// What the command line says over the file.
    pub(crate) fn take_orders(
        &mut self,
        role: Role,
        listen: Option<SocketAddr>,
        operator_listen: Option<SocketAddr>,
    ) -> Result<()> {
        self.role = role;
        let own = if role == Role::Desk { self.staff.listen } else { None };
        self.listen = listen.or(own).unwrap_or(self.listen);
        self.operator_listen = operator_listen.or(self.operator_listen);
        self.validate()
    }

    /// Where the process that has the ledger hears from the others of this machine.
    pub(crate) fn inside_socket(&self) -> PathBuf {
        self.data.join("run").join("booking.sock")
    }

    fn validate(&self) -> Result<()> {
        ensure!(
            self.operator_listen != Some(self.listen),
            "operator_listen: 공개 주소와 달라야 합니다 / must differ from the public address"
        );
        if let Some(draw) = &self.draw {
            draw.validate()?;
            ensure!(
                self.store.is_none(),
                "draw: 여러 대가 함께 쓰는 저장소에서는 아직 추첨할 수 없습니다 / there is no draw yet over several machines"
            );
        }
        self.rate.validate(self.campaign.admissions_per_second)?;
        ensure!(
            self.staff
                .listen_as(self.role)
                .is_none_or(|listen| listen != self.listen && Some(listen) != self.operator_listen),
            "staff.listen: 다른 주소와 달라야 합니다 / must differ from the other addresses"
        );
        self.staff.addresses()?;
        self.limits.validate()?;
        self.store_address()?;
        let redirects = self.tls.as_ref().is_some_and(|tls| tls.redirect_listen.is_some());
        ensure!(
            !redirects || self.public_origin_is_https(),
            "tls.redirect_listen: public_origins의 첫 주소가 https://여야 합니다 / the first of public_origins must be https://"
        );
        ensure!(
            self.retention.days.is_none_or(|days| RETENTION_DAYS.contains(&days)),
            "retention.days: 1~36500 사이여야 합니다 / must be from 1 to 36500"
        );
        let others = self.site.iter().map(|site| ("site.origin", &site.origin));
        for (name, origin) in self.public_origins.iter().map(|ours| ("public_origins", ours)).chain(others) {
            ensure!(
                is_origin(origin),
                "{name}: {origin}: https://호스트 형식이어야 합니다 / must look like https://host"
            );
        }
        Ok(())
    }

    /// None where the journal is in the data folder.
    pub(crate) fn store_address(&self) -> Result<Option<Address>> {
        let parse = |text: &String| {
            Address::parse(text).context("store: postgres://사용자@호스트/이름 형식이어야 합니다 / must look like postgres://user@host/name")
        };
        self.store.as_ref().map(parse).transpose()
    }

    pub(crate) fn web(&self) -> WebSettings {
        let site = self.site.as_ref().map(|site| OtherSite {
            origin: site.origin.clone(),
            name: (site.name.clone(), site.name_en.clone()),
        });
        WebSettings {
            public_origins: self.public_origins.clone(),
            secure_cookies: self.is_reached_by_tls(),
            socket: self.limits.socket(),
            site,
        }
    }

    pub(crate) fn order(&self) -> LineOrder {
        if self.draw.is_some() { LineOrder::Draw } else { LineOrder::FirstCome }
    }

    pub(crate) fn key_folder(&self) -> PathBuf {
        if self.keys.as_os_str().is_empty() { crate::keys::beside(&self.data) } else { self.keys.clone() }
    }

    /// People come by TLS, ours or a proxy's: cookies are `Secure`.
    pub(crate) fn is_reached_by_tls(&self) -> bool {
        self.tls.is_some() || self.public_origin_is_https()
    }

    fn public_origin_is_https(&self) -> bool {
        self.public_origins.first().is_some_and(|origin| origin.starts_with("https://"))
    }
}

/// Scheme and host, and nothing else: no path, no name of a user.
pub(crate) fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        matches!(scheme, "http" | "https") && !host.is_empty() && is_plain
    })
}

#[expect(clippy::ref_option, reason = "serde passes the field")]
fn without_password<S: Serializer>(store: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    let address = store.as_deref().and_then(|text| Address::parse(text).ok());
    to.serialize_some(&address.map(|address| format!("postgres://{address}")))
}

#[expect(clippy::disallowed_methods, reason = "this is the one config that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_read_back() {
        let text = toml::to_string(&Config::default()).unwrap();
        let config: Config = toml::from_str(&text).unwrap();
        config.validate().unwrap();
        assert_eq!(config.key_folder(), PathBuf::from("./charye-data.keys"));
    }

    #[test]
    fn a_misspelt_setting_is_an_error_not_a_default() {
        assert!(toml::from_str::<Config>("listne = \"127.0.0.1:1\"").is_err());
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let mut config = Config::default();
        config.take_environment(|name| (name == "CHARYE_LISTEN").then(|| "0.0.0.0:9".to_owned())).unwrap();
        assert_eq!(config.listen.port(), 9);
        assert!(config.take_environment(|name| (name == "CHARYE_LISTEN").then(|| "x".to_owned())).is_err());
    }

    #[test]
    fn a_database_is_named_and_its_password_is_never_shown() {
        let mut config = Config::default();
        assert!(config.store_address().unwrap().is_none());
        let address = "postgres://charye:secret@db:6432/booking";
        config.take_environment(|name| (name == "CHARYE_STORE").then(|| address.to_owned())).unwrap();
        config.validate().unwrap();
        let shown = toml::to_string(&config).unwrap();
        assert!(
            shown.contains("store = \"postgres://db:6432/booking\"") && !shown.contains("secret"),
            "{shown}"
        );
        config.store = Some("mysql://charye:secret@db/booking".to_owned());
        assert!(!format!("{:?}", config.validate().unwrap_err()).contains("secret"));
    }

    #[test]
    fn a_rate_of_nothing_is_refused() {
        let mut config = Config::default();
        config.campaign.admissions_per_second = 0;
        assert!(config.validate().is_err());
    }

    #[test]
    fn with_tls_cookies_are_secure_and_the_plain_port_needs_somewhere_to_send_people() {
        let text = "[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n";
        let mut config: Config = toml::from_str(text).unwrap();
        config.validate().unwrap();
        assert!(config.is_reached_by_tls());
        config.tls.as_mut().unwrap().redirect_listen = Some(SocketAddr::from(([0, 0, 0, 0], 80)));
        assert!(config.validate().is_err());
        config.public_origins = vec!["https://charye.test".to_owned()];
        config.validate().unwrap();
        assert!(
            toml::from_str::<Config>("[tls]\ncertificate = \"chain.pem\"\n").is_err(),
            "a key is missing"
        );
    }

    #[test]
    fn a_limit_beyond_reason_is_named() {
        let mut config = Config::default();
        config.limits.head_seconds_max = 0;
        let said = format!("{}", config.validate().unwrap_err());
        assert!(said.contains("limits.head_seconds_max = 0"), "{said}");
    }
}
