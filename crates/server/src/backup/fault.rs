//! Why a backup is not believed.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BackupFault {
    NotABackup,
    OtherRelease,
    OtherKey,
    /// Changed or exchanged; counted from 1.
    Damaged {
        chunk: u32,
    },
    EndsTooEarly,
    GoesOn,
    /// The seals hold, what is in them makes no sense.
    Manifest,
    File,
}

impl fmt::Display for BackupFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ko, en) = match self {
            Self::NotABackup => ("차례의 백업 파일이 아닙니다", "not a backup of Charye"),
            Self::OtherRelease => {
                ("이 판이 모르는 형식의 백업입니다", "a backup in a format that this release does not know")
            }
            Self::OtherKey => {
                ("다른 열쇠로 만든 백업입니다(--keys)", "this backup was made with another key (--keys)")
            }
            Self::Damaged { chunk } => {
                return write!(
                    f,
                    "백업이 손상되었습니다({chunk}번째 조각) / the backup is damaged (piece {chunk})"
                );
            }
            Self::EndsTooEarly => ("백업이 중간에 끊겼습니다", "the backup ends too early"),
            Self::GoesOn => {
                ("백업 끝에 다른 내용이 붙어 있습니다", "there is more behind the end of the backup")
            }
            Self::Manifest => ("백업의 목록이 올바르지 않습니다", "the list in the backup makes no sense"),
            Self::File => {
                ("백업 안의 파일이 목록과 다릅니다", "a file in the backup is not what its list says")
            }
        };
        write!(f, "{ko} / {en}")
    }
}

impl std::error::Error for BackupFault {}
