//! What an operator does with a data folder: prove it, back it up, restore it, look into it.

use super::{HELP, OPTIONS};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Where config and keys are.
#[derive(Clone, Debug, Args)]
pub(crate) struct Places {
    /// 설정 파일 · config file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 열쇠 폴더 · key folder, in place of the one of the config
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// 설정 파일 · config file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// 자료 폴더(서비스 중에도 됨), 백업 파일, database(설정의), draw(추첨) · a data folder, also of a running service, a backup, database: the one of the config, or draw
    #[arg(value_name = "FOLDER|BACKUP|database|draw")]
    pub(crate) what: PathBuf,
    /// draw 다음에: 추첨의 공개 파일이 있는 폴더 · after draw: the folder of its published files
    #[arg(value_name = "FOLDER")]
    pub(crate) draw: Option<PathBuf>,
    /// 추첨에서 이 접수 번호의 자리와 증명 · of a draw: place and proof of this receipt
    #[arg(long, value_name = "RECEIPT", requires = "draw")]
    pub(crate) receipt: Option<String>,
    /// 따로 적어 둔 감사 기록의 머리들 · heads of the audit record that were kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) heads: Option<PathBuf>,
    /// 프로그램이 읽을 요약 · a summary for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// 사본을 둘 곳(기본: 대상 옆) · where the copy is put that is looked at; beside the target by default
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// 백업 파일, 또는 백업을 모으는 폴더 · the backup file, or a folder that gathers them
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) target: PathBuf,
    /// 자료 폴더 · data folder, in place of the one of the config
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Move {
    /// 자료 폴더 · data folder, in place of the one of the config
    #[arg(value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// 백업 파일 · the backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
    /// 빈 폴더, 또는 아직 없는 폴더 · an empty folder, or one that is not there yet
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// 자료 폴더, 백업 파일, database · a data folder, a backup, or database: the one of the config
    #[arg(value_name = "FOLDER|BACKUP|database")]
    pub(crate) what: PathBuf,
    /// 사본을 둘 곳(기본: 대상 옆) · where the copy is put that is looked at; beside the target by default
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(subcommand)]
    pub(crate) view: Option<View>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum View {
    /// 예약 하나의 내력 · the history of one appointment
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Appointment {
        /// 12345-67890
        #[arg(value_name = "NUMBER")]
        number: String,
    },
    /// 기관의 하루: 자리와 예약 · a clinic's day: places and appointments
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Slot {
        /// C00001
        #[arg(value_name = "CLINIC")]
        clinic: String,
        /// 2027-07-26
        #[arg(value_name = "DAY")]
        day: jiff::civil::Date,
    },
    /// 사업의 숫자(기본) · the figures of the campaign; what is shown without a word
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Figures,
    /// 장부의 마지막 기록 · the newest records of the journal
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Tail {
        /// 몇 개 · how many
        #[arg(default_value_t = 20, value_name = "N")]
        records: usize,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) what: AuditWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditWhat {
    /// 누가 언제 무엇을 했는지, 스스로 증명하는 목록으로 · who did what, as a list that proves itself
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Export {
        /// 자료 폴더, 백업 파일, database · a data folder, also of a running service, a backup, or database
        #[arg(value_name = "FOLDER|BACKUP|database")]
        what: PathBuf,
        /// 새로 만들 파일(한 줄에 JSON 하나) · the file to make, one JSON object a line
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// 이 번호 다음 사건부터 · the events after that number
        #[arg(long, default_value_t = 0, value_name = "N")]
        since: u64,
        #[command(flatten)]
        places: Places,
    },
    /// 지금의 머리: 다른 곳에 적어 두십시오 · its head now, to be kept elsewhere
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Head {
        /// 자료 폴더, 백업 파일, database · a data folder, a backup, or database: the one of the config
        #[arg(value_name = "FOLDER|BACKUP|database")]
        what: PathBuf,
        #[command(flatten)]
        places: Places,
    },
    /// 목록이 처음 적힌 그대로인지 · whether a list is as it was written
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Check {
        /// 내보낸 목록 · an exported list
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// 따로 적어 둔 머리들 · heads that were kept elsewhere
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Retention {
    /// 자료 폴더 · data folder, in place of the one of the config
    #[arg(value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// 기간이 지난 분을 켜져 있는 서비스가 지금 파기 · the running service removes whoever is due, now
    #[arg(long)]
    pub(crate) run: bool,
    /// 이 예약의 한 분만 파기(12345-67890, 또는 person-77) · removes the one person of this appointment
    #[arg(long, value_name = "NUMBER", conflicts_with = "run")]
    pub(crate) person: Option<String>,
    /// 사본을 둘 곳(기본: 대상 옆) · where the copy is put that is looked at; beside the target by default
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) what: KeysWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysWhat {
    /// 무엇이 있는지 · what there is
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    List {
        #[command(flatten)]
        places: Places,
    },
    /// 개인정보를 봉인하거나(fields) 사람을 찾는(aliases) 새 열쇠 · a new key that seals personal fields, or names people
    #[command(help_template = HELP, next_help_heading = OPTIONS)]
    Rotate {
        /// fields 또는 aliases · which
        #[arg(default_value = "fields", value_name = "fields|aliases", value_parser = ["fields", "aliases"])]
        which: String,
        #[command(flatten)]
        places: Places,
    },
}
