//! The command line, in Korean and English. Exit codes: 0 done, 1 failed, 2 not understood, 3 checked and not in order.

mod connecting;
mod draw;
mod line;
mod rehearsing;
mod staff;
mod upkeep;

pub(crate) use connecting::Connector;
pub(crate) use draw::{Draw, DrawAnnounce, DrawWhat};
pub(crate) use line::{Given, Steering, SteeringPlaces, SteeringWhat};
pub(crate) use rehearsing::{Erase, Plan, Rehearse, RehearseWhat};
pub(crate) use staff::{Granted, Staff, StaffPlaces, StaffWhat};
pub(crate) use upkeep::{
    Audit, AuditWhat, Backup, Check, Inspect, Keys, KeysWhat, Move, Places, Restore, Retention, Verify, View,
};

use crate::import::{Defaults, Mode, tidy_time};
use anyhow::{Context as _, Result, ensure};
use clap::error::{ContextKind, ErrorKind};
use clap::{ArgAction, Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

pub(crate) const FAILED: u8 = 1;
const NOT_UNDERSTOOD: u8 = 2;
pub(crate) const NOT_IN_ORDER: u8 = 3;

const HELP: &str = "\
{about}

사용법 / Usage: {usage}

{all-args}{after-help}";

/// 차례(Charye): 전국 예약 서비스 · a national appointment-booking service
#[derive(Debug, Parser)]
#[command(name = "charye", version, help_template = HELP, subcommand_value_name = "명령/COMMAND")]
#[command(subcommand_help_heading = "명령 / Commands", disable_help_subcommand = true)]
#[command(disable_help_flag = true, disable_version_flag = true, next_help_heading = OPTIONS)]
#[command(after_help = "처음이라면 / First time here:  charye demo")]
struct Line {
    #[command(subcommand)]
    command: Command,
    /// 도움말 · this help
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// 버전 · version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

const OPTIONS: &str = "옵션 / Options";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 한 대에서 전부 시험 실행 · the whole service on one machine, opening in a minute
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Demo(Demo),
    /// 서비스 시작 · run the service
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Serve(Serve),
    /// 사과문·안내 파일을 다른 웹 서버용으로 내보내기 · files for a web server that stays when this service is gone
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    ExportStatic(ExportStatic),
    /// 다른 사이트 앞에 줄 세우기 · the line before a site that is not ours
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Connector(Connector),
    /// 설정과 저장소 점검 · print the effective config and check the store
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Check(Check),
    /// 실제 자료 가져오기 · import a real country: regions, clinics, the roster of people
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Import(Import),
    /// 장부나 공개된 추첨 증명 · prove the journal of a folder, backup or database, or a published draw; names the first offence
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Verify(Verify),
    /// 백업(서비스 중에도 됨) · back up, also while the service runs; consistent and encrypted
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Backup(Backup),
    /// 백업에서 되살리기 · restore a backup into an empty folder, and prove it
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Restore(Restore),
    /// 내장 장부를 PostgreSQL로 옮기고 증명하기 · move the journal of a folder into the database, and prove it there
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Move(Move),
    /// 들여다보기(개인정보 없음) · look into a folder, backup or database; shows no personal data
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Inspect(Inspect),
    /// 감사 기록: 목록으로 내보내기, 목록 확인, 머리 · the audit record: export, check a list, its head
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Audit(Audit),
    /// 열쇠 · the key folder: list, rotate under a running service
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Keys(Keys),
    /// 대기 줄 지시: 멈춤, 속도, 안내말, 입장권 무효 · orders to the line: pause, rate, words, revoke
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Line(Steering),
    /// 신청자 명단으로 추첨: 누구나 다시 계산할 수 있게 공개 · a draw from a list of applicants that anybody can compute again
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Draw(Draw),
    /// 직원 계정 · accounts of staff: add, renew, change roles, close, list
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Staff(Staff),
    /// 개인정보 보유기간과 파기 · whose data is removed when, and what was
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Retention(Retention),
    /// 예약 시작을 미리 셈함(서비스 없이) · foretell an opening, without a service
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Plan(Plan),
    /// 예약 시작을 연습함: 가상의 사람들과 감사 · rehearse an opening: a synthetic crowd, and its audit
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    #[command(subcommand_value_name = "무엇을/WHAT", subcommand_help_heading = "무엇을 / What")]
    Rehearse(Rehearse),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// 몇 초 뒤에 예약을 여는가(처음 시작할 때만) · time until the opening, at the first start in a folder
    #[arg(long, default_value = "60s", value_parser = duration, value_name = "60s|5m")]
    pub(crate) opens_in: Duration,
    /// 줄을 서고 예약하는 가상의 사람 수 · synthetic people who stand in line and book
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) crowd: u32,
    /// 자료를 둘 폴더 · folder for the data; started again in it, the demo goes on
    #[arg(long, default_value = "./charye-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// 주소 · address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "IP")]
    pub(crate) listen: std::net::IpAddr,
    /// 포트 · port
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    pub(crate) port: u16,
    /// 운영자 포트(지표·상태), 0이면 아무 빈 포트 · port for metrics and health; 0: any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(crate) operator_port: u16,
    /// 직원 화면 포트. 없으면 직원 화면이 없음, 0이면 아무 빈 포트 · port of the staff's pages; without it there are none
    #[arg(long, value_name = "PORT")]
    pub(crate) staff_port: Option<u16>,
    /// 요청마다 기록 한 줄(개인정보 없음) · one log line for each request, without personal data
    #[arg(long)]
    pub(crate) access_log: bool,
    /// 시작 전에 본인확인을 마친 사람들의 순서를 추첨으로 정함 · the order of the lobby is drawn
    #[arg(long)]
    pub(crate) draw: bool,
    /// 초당 입장 인원 · people admitted a second
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) admissions_per_second: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// 설정 파일(TOML). 없으면 ./charye-data 에 내장 저장소 · config file; without it an embedded store in ./charye-data
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 이 프로세스가 맡을 일: 전부, 줄, 장부, 직원 창구 · what this process is for; several share one config
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub(crate) role: Role,
    /// 설정의 주소 대신 · address in place of the one of the config
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// 설정의 운영자 주소 대신 · operator's address in place of the one of the config
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) operator_listen: Option<SocketAddr>,
}

/// What a process is for. All of one service share the data folder, on one machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Role {
    #[default]
    All,
    /// The line and the files; the rest is asked of the booking process. Several may share a port.
    Gate,
    /// The ledger, and whatever `all` answers, at an address of its own.
    Booking,
    /// The staff's, asked of the booking process by a lane of their own.
    Desk,
}

impl Role {
    pub(crate) fn has_ledger(self) -> bool {
        matches!(self, Self::All | Self::Booking)
    }

    /// Another one may be at the same address: the next release, or one more.
    pub(crate) fn shares_its_port(self) -> bool {
        matches!(self, Self::Gate | Self::Booking)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExportStatic {
    /// 내보낼 폴더(없으면 만듦) · the folder, made if it is not there
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// 설정 파일 · config file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    pub(crate) what: ImportWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportWhat {
    /// 시·도, 시·군·구, 읍·면·동 · the tree of regions
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Regions(ImportRegions),
    /// 위탁의료기관 · the places that vaccinate
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Clinics(ImportClinics),
    /// 대상자 명단 · the people of a group
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Roster(ImportRoster),
}

/// What every import has.
#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// 가져올 CSV 파일(UTF-8, .gz도 됨) · the CSV file (UTF-8, also .gz)
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// 자료 폴더 · data folder, in place of the one of the config
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// 설정 파일 · config file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 확인만 하고 바꾸지 않음 · check and preview, change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// 묻지 않고 바꿈(스크립트용) · do not ask, for scripts
    #[arg(long)]
    pub(crate) yes: bool,
    /// 고칠 곳 전체를 이 CSV 파일에 적음 · write the whole list of faults to this CSV file
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportRegions {
    #[command(flatten)]
    pub(crate) options: ImportOptions,
}

#[derive(Debug, Args)]
pub(crate) struct ImportClinics {
    #[command(flatten)]
    pub(crate) options: ImportOptions,
    /// 파일에 없을 때의 평일 진료 시간 · weekday hours where the file has none
    #[arg(long, default_value = "09:00-18:00", value_name = "FROM-TO")]
    default_hours: String,
    /// 점심시간(없으면 none) · lunch break, or none
    #[arg(long, default_value = "13:00-14:00", value_name = "FROM-TO")]
    default_lunch: String,
    /// 토요일 끝 시각(휴진이면 none) · end on Saturdays, or none
    #[arg(long, default_value = "none", value_name = "TIME")]
    default_saturday: String,
    /// 30분마다 받는 인원 · people in 30 minutes
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
    default_capacity: u32,
    /// 백신 한 병의 접종 횟수 · doses in a vial
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    default_doses_per_vial: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ImportRoster {
    #[command(flatten)]
    pub(crate) options: ImportOptions,
    /// 전체 명단이 아니라 몇 사람만 더하거나 고침 · the file adds or corrects a few people, the others stay
    #[arg(long)]
    pub(crate) add: bool,
}

impl Import {
    pub(crate) fn options(&self) -> &ImportOptions {
        match &self.what {
            ImportWhat::Regions(regions) => &regions.options,
            ImportWhat::Clinics(clinics) => &clinics.options,
            ImportWhat::Roster(roster) => &roster.options,
        }
    }
}

impl ImportOptions {
    pub(crate) fn mode(&self) -> Mode {
        match (self.dry_run, self.yes) {
            (true, _) => Mode::DryRun,
            (false, true) => Mode::Yes,
            (false, false) => Mode::Ask,
        }
    }
}

impl ImportClinics {
    pub(crate) fn defaults(&self) -> Result<Defaults> {
        let (opens, closes) = hours("--default-hours", &self.default_hours)?;
        let lunch = match self.default_lunch.as_str() {
            "none" => None,
            text => Some(hours("--default-lunch", text)?),
        };
        let saturday_closes = match self.default_saturday.as_str() {
            "none" => None,
            text => Some(time("--default-saturday", text)?),
        };
        let (capacity, doses_per_vial) = (self.default_capacity, self.default_doses_per_vial);
        Ok(Defaults { opens, closes, lunch, saturday_closes, capacity, doses_per_vial })
    }
}

fn hours(option: &str, text: &str) -> Result<(String, String)> {
    let (from, until) = text.split_once('-').with_context(|| format!("{option} {text}: 09:00-18:00"))?;
    let (from, until) = (time(option, from)?, time(option, until)?);
    ensure!(from < until, "{option} {text}: 끝이 시작보다 빠릅니다 / it ends before it begins");
    Ok((from, until))
}

fn time(option: &str, text: &str) -> Result<String> {
    tidy_time(text).with_context(|| format!("{option} {text}: 09:00"))
}

impl Demo {
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.listen, self.port)
    }
}

/// Help and version end the program well; what is not understood ends it with 2.
pub(crate) fn read() -> Result<Command, ExitCode> {
    Line::try_parse().map(|line| line.command).map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            print!("{error}");
            return ExitCode::SUCCESS;
        }
        eprintln!("{}", reword(&error));
        ExitCode::from(NOT_UNDERSTOOD)
    })
}

/// What the parser found, in our words.
fn reword(error: &clap::Error) -> String {
    let named = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (named(ContextKind::InvalidArg), named(ContextKind::InvalidValue));
    let (ko, en) = match error.kind() {
        ErrorKind::UnknownArgument => {
            (format!("모르는 옵션입니다: {argument}"), format!("unknown option: {argument}"))
        }
        ErrorKind::InvalidSubcommand => {
            let command = named(ContextKind::InvalidSubcommand);
            (format!("모르는 명령입니다: {command}"), format!("unknown command: {command}"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            format!("{argument} 값이 올바르지 않습니다: {value}"),
            format!("wrong value for {argument}: {value}"),
        ),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("명령이 없습니다.".to_owned(), "no command given".to_owned())
        }
        _ => (
            format!("명령줄을 이해하지 못했습니다. {argument}"),
            format!("the command line was not understood {argument}"),
        ),
    };
    format!("{ko}\n{en}\n\n도움말 / Help:  charye --help")
}

/// A failure for a tired operator: what was being done, then why, one line each.
pub(crate) fn explain(error: &anyhow::Error) -> String {
    let mut lines = vec!["실패했습니다 / failed".to_owned()];
    lines.extend(error.chain().map(|cause| format!("  {cause}")));
    lines.join("\n")
}

/// `60s`, `5m`, `1h`, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = digits.parse().map_err(|_| "60s, 5m, 1h".to_owned())?;
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("60s, 5m, 1h".to_owned()),
    };
    Ok(Duration::from_secs(number.saturating_mul(seconds).min(365 * 24 * 3600)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Line::command().debug_assert();
    }

    #[test]
    fn durations_are_read_with_their_unit() {
        for (text, seconds) in [("60s", 60), ("5m", 300), ("1h", 3600), ("7", 7)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "s", "5d", "-1s", "5 m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mistake_is_named_in_both_languages() {
        let said = |line: &[&str]| reword(&Line::try_parse_from(line).unwrap_err());
        let unknown = said(&["charye", "demo", "--nope"]);
        assert!(unknown.contains("모르는 옵션") && unknown.contains("unknown option: --nope"), "{unknown}");
        let wrong = said(&["charye", "demo", "--opens-in", "soon"]);
        assert!(wrong.contains("값이 올바르지") && wrong.contains("soon"), "{wrong}");
        assert!(said(&["charye", "fly"]).contains("unknown command: fly"));
    }
}
