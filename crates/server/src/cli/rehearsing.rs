//! What is done before the day: plan it, rehearse it.

use super::{HELP, OPTIONS, Places};
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// 계획 파일(TOML). 없으면 2021년 7월 12일 · the plan; without one, 12 July 2021
    #[arg(value_name = "PLAN")]
    pub(crate) file: Option<PathBuf>,
    /// 나란히 견줄 다른 계획 · another plan beside it
    #[arg(long, value_name = "PLAN")]
    pub(crate) against: Option<PathBuf>,
    /// 자료 폴더: 지역·기관·배정을 여기서 읽음 · data folder that regions, clinics and doses are taken from
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// 그림이 든 보고서 · a report with charts, one file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// 프로그램이 읽을 결과 · the result for programs
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// 계획 파일의 본보기를 보임 · print a plan file to begin from
    #[arg(long)]
    pub(crate) example: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RehearseWhat {
    /// 모의 자료를 모두 지움 · erase everything synthetic: the demonstration's data, its keys, the logbook
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Erase(Erase),
}

#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// 모의 서비스의 자료 폴더. 다른 폴더는 거절함 · the demonstration's data folder; any other is refused
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// 일지와 보고서가 있는 폴더도 · the folder with logbook and reports, too
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Rehearse {
    #[command(subcommand)]
    pub(crate) what: Option<RehearseWhat>,
    /// 연습할 서비스의 주소 · where the service is that is rehearsed
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "IP:PORT")]
    pub(crate) at: SocketAddr,
    /// 어떤 날인가 · which day: kdca-2021-07-08, kdca-2021-07-12, everyone-in-a-minute, short-supply, call-centre-day, ten-seconds
    #[arg(long, default_value = "ten-seconds", value_name = "NAME")]
    pub(crate) scenario: String,
    /// 도착 곡선(CSV: 초,사람) · arrivals by a table instead: second,people
    #[arg(long, value_name = "FILE")]
    pub(crate) curve: Option<PathBuf>,
    /// 사람 수(기본: 그날의 수) · how many people; those of the day by default
    #[arg(long, value_name = "N")]
    pub(crate) people: Option<u32>,
    /// 몇 배 빠르게 · so many times faster than that day
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) compress: u32,
    /// 같은 씨앗, 같은 사람들 · the same seed makes the same people
    #[arg(long, default_value_t = 20_210_712, value_name = "N")]
    pub(crate) seed: u64,
    /// 동시에 여는 연결 · connections at once
    #[arg(long, default_value_t = 256, value_name = "N")]
    pub(crate) connections: usize,
    /// 초당 요청의 한도 · requests a second at the most
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) requests_per_second: u32,
    /// 그 서비스의 초당 입장 인원: 계획을 함께 그림 · the rate the service admits at; the plan is drawn beside
    #[arg(long, value_name = "N")]
    pub(crate) admissions_per_second: Option<u32>,
    /// 요청마다 새 연결 · a connection of its own for each request
    #[arg(long)]
    pub(crate) own_connections: bool,
    /// 그 서비스의 직원 화면 주소: call-centre-day의 상담원이 여기서 일함(--data 필요) · the staff's listener, where the agents of call-centre-day work; wants --data
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) desk: Option<SocketAddr>,
    /// 상담원 수(기본: 사람 수에 맞춤) · how many agents; by default in proportion to the people
    #[arg(long, value_name = "N")]
    pub(crate) agents: Option<u32>,
    /// 전화하는 사람 수(기본: 사람 수에 맞춤) · how many people call; by default in proportion
    #[arg(long, value_name = "N")]
    pub(crate) callers: Option<u32>,
    /// 생각하고 입력하는 속도의 배수 · how many times faster than people they think and type
    #[arg(long, value_name = "N")]
    pub(crate) haste: Option<u32>,
    /// 지난 연습(--out)을 다시 감사: audit.jsonl은 charye audit export의 목록 · audit the rehearsal in --out again; its audit.jsonl is a list of `charye audit export`
    #[arg(long)]
    pub(crate) audit_again: bool,
    /// 그 서비스의 자료 폴더: 끝난 뒤 감사에 씀 · the service's data folder, for the audit afterwards
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// 그 서비스의 운영자 계정(TOML: at, login, setup): 끝난 뒤 감사 기록을 직원 화면에서 받음 · an operator's account of that service; the audit record is then taken from the staff's listener
    #[arg(long, value_name = "FILE")]
    pub(crate) operator: Option<PathBuf>,
    /// 일지와 보고서를 둘 새 폴더 · a new folder for logbook and reports
    #[arg(long, default_value = "./charye-rehearsal", value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) places: Places,
}
