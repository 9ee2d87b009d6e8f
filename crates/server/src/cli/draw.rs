//! A draw from a list of applicants, published so that anybody can compute it again.

use super::{HELP, OPTIONS};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Draw {
    #[command(subcommand)]
    pub(crate) what: DrawWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DrawWhat {
    /// 규칙 공개: 어느 값이 순서를 정하는가 · publish the rules: which value will decide
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Announce(DrawAnnounce),
    /// 명단 확정: 한 사람에 한 자리, 이름 없는 명단과 뿌리 공개 · freeze the list: one place a person, published without names
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Freeze {
        /// 공개할 파일의 폴더 · folder of the published files
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// 신청자 명단, 한 줄에 한 사람(공개하지 않음) · the applicants, one a line; never published
        #[arg(long, value_name = "FILE")]
        applicants: PathBuf,
        /// 접수 번호를 적을 새 파일(공개하지 않음) · the file to make with each applicant's receipt; never published
        #[arg(long, value_name = "FILE")]
        receipts: PathBuf,
    },
    /// 대기실 추첨: 나온 값을 서비스에 알림 · the lobby's draw: tells the service what the source gave out
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Value {
        /// 서비스의 설정 파일 · the service's config file
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// 정해진 회차에 나온 값, 글자 그대로 · what the source gave out in the named round, letter by letter
        #[arg(value_name = "TEXT")]
        value: String,
    },
    /// 나온 값으로 순서를 정해 공개 · the order that follows from the value, published
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Finish {
        /// 공개할 파일의 폴더 · folder of the published files
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// 정해진 회차에 나온 값, 글자 그대로 · what the source gave out in the named round, letter by letter
        #[arg(long, value_name = "TEXT")]
        value: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DrawAnnounce {
    /// 공개할 파일의 폴더(없으면 만듦) · folder of the published files, made if it is not there
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// 사업 이름 · name of the campaign
    #[arg(long, value_name = "NAME")]
    pub(crate) campaign: String,
    /// 시작 시각. 1분 뒤 처음 나오는 값이 정함 · the opening; the first value from a minute after it decides
    #[arg(long, value_name = "2027-07-26T11:00:00Z")]
    pub(crate) opens_at: Timestamp,
    /// 값을 내는 곳의 이름 · name of the source of the value
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// 누구나 값을 볼 수 있는 주소 · where anybody reads its values
    #[arg(long, value_name = "URL")]
    pub(crate) address: String,
    /// 1회차의 시각 · when its round 1 was issued
    #[arg(long, value_name = "2020-07-22T15:00:00Z")]
    pub(crate) first_at: Timestamp,
    /// 회차 사이의 초 · seconds from one round to the next
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) every_s: u32,
    /// 연습용 값임을 표시 · marks the values as made up, for a rehearsal
    #[arg(long)]
    pub(crate) demo_source: bool,
}
