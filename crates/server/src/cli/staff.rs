//! The accounts of staff.

use super::{HELP, OPTIONS, Places};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;
use web::staff::account::{Role as StaffRole, StaffPlace};

#[derive(Debug, Args)]
pub(crate) struct Staff {
    #[command(subcommand)]
    pub(crate) what: StaffWhat,
}

/// Where the accounts are.
#[derive(Debug, Args)]
pub(crate) struct StaffPlaces {
    /// 자료 폴더 · data folder, in place of the one of the config
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StaffWhat {
    /// 새 계정: 한 번 쓰는 설정 번호를 보여 줌 · a new account; shows the set-up code, once
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Add {
        #[command(flatten)]
        of: Named,
        #[command(flatten)]
        grant: Granted,
    },
    /// 맡은 일을 바꿈 · another role in place of those before
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Grant {
        #[command(flatten)]
        of: Named,
        #[command(flatten)]
        grant: Granted,
    },
    /// 비밀번호나 휴대전화를 잃었을 때 새 설정 번호 · a new set-up code for whoever lost password or phone
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Renew {
        #[command(flatten)]
        of: Named,
    },
    /// 계정을 닫음: 들어와 있으면 바로 나가짐 · closes an account, at once also where it is signed in
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Disable {
        #[command(flatten)]
        of: Named,
    },
    /// 계정과 맡은 일 · the accounts and their roles
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    List {
        #[command(flatten)]
        places: StaffPlaces,
    },
    /// 계정에 있었던 일 전부 · everything that happened to accounts, oldest first
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Log {
        #[command(flatten)]
        places: StaffPlaces,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// 아이디: 소문자, 숫자, . - _ · account name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) places: StaffPlaces,
}

#[derive(Debug, Args)]
pub(crate) struct Granted {
    /// 맡은 일 · agent, clinic, manager, operator, auditor; several with commas
    #[arg(long, value_name = "ROLE", value_delimiter = ',', required = true, value_parser = role)]
    pub(crate) role: Vec<StaffRole>,
    /// 어디에서: all, 시·도 코드 10자리, C00001 · where it holds
    #[arg(long, value_name = "PLACE", default_value = "all", value_parser = place)]
    pub(crate) place: StaffPlace,
    /// 시작 날짜(기본: 오늘) · first day, today by default
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// 끝 날짜(기본: 석 달 뒤) · last day, three months from the first by default
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<Date>,
}

fn role(text: &str) -> Result<StaffRole, String> {
    StaffRole::parse(text).ok_or_else(|| StaffRole::ALL.map(StaffRole::code).join(", "))
}

fn place(text: &str) -> Result<StaffPlace, String> {
    StaffPlace::parse(text).ok_or_else(|| "all, 1100000000, C00001".to_owned())
}
