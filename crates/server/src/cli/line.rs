//! What an operator orders of the line.

use super::{HELP, OPTIONS, Places};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Steering {
    #[command(subcommand)]
    pub(crate) what: SteeringWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SteeringWhat {
    /// 지금까지의 지시와 그 결과 · what was ordered until now, and what it comes to
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Show {
        #[command(flatten)]
        of: SteeringPlaces,
    },
    /// 줄 선 사람들이 볼 화면을 파일로(지시하기 전에) · the pages that people in line would see, as files, before an order is given
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Preview {
        /// 파일을 둘 폴더 · folder for the files
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// 한국어 안내말(둘 다 없으면 지금의 것) · a message in Korean; without any, the one in force
        #[arg(long, default_value = "", value_name = "TEXT")]
        ko: String,
        /// 영어 안내말 · in English
        #[arg(long, default_value = "", value_name = "TEXT")]
        en: String,
        #[command(flatten)]
        of: SteeringPlaces,
    },
    /// 입장을 멈춤(순서는 그대로) · nobody is called and nobody enters; every place is kept
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Pause(Given),
    /// 다시 입장 · admission goes on
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Resume(Given),
    /// 초당 입장 인원의 상한(0이면 설정값) · people admitted a second at the most; 0 for what is configured
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Rate {
        /// 초당 몇 명 · people a second
        #[arg(value_name = "N")]
        per_second: u32,
        #[command(flatten)]
        given: Given,
    },
    /// 초당 입장 인원의 하한(0이면 설정값) · people admitted a second at the least; 0 for what is configured
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Floor {
        /// 초당 몇 명 · people a second
        #[arg(value_name = "N")]
        per_second: u32,
        #[command(flatten)]
        given: Given,
    },
    /// 화면이 묻는 간격을 몇 배로(1이면 원래대로) · pages ask so many times less often; 1 for as usual
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Stretch {
        /// 몇 배 · so many times
        #[arg(value_name = "N")]
        factor: u32,
        #[command(flatten)]
        given: Given,
    },
    /// 기다리는 모든 화면에 보일 말(둘 다 비우면 지움) · words on every waiting page; both empty to take them away
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Message {
        /// 한국어 · in Korean
        #[arg(long, default_value = "", value_name = "TEXT")]
        ko: String,
        /// 영어 · in English
        #[arg(long, default_value = "", value_name = "TEXT")]
        en: String,
        #[command(flatten)]
        given: Given,
    },
    /// 지금까지의 입장권을 모두 무효로 · every pass given until now ends
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Revoke(Given),
    /// 대기 접수를 끝냄(되돌릴 수 없음) · no more tickets and nobody called, for good
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Close(Given),
}

#[derive(Debug, Args)]
pub(crate) struct SteeringPlaces {
    /// 자료 폴더(기본: 설정 파일의 것) · folder for the data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Given {
    /// 까닭(기록에 남음) · why; it is kept
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// 지시한 사람 · who orders it; it is kept
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) of: SteeringPlaces,
}
