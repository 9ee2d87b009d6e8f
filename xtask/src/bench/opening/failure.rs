//! Why somebody went away without what they came for.
use std::fmt;
use std::io::{self, ErrorKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    Refused,
    Reset,
    /// Before the answer was whole.
    Closed,
    Silent,
    Unreadable,
    Status(u16),
    /// The generator's own: no port was left to it.
    NoPort,
    /// The generator's own, too.
    NoDescriptor,
    Other(ErrorKind),
}

/// Linux: too many open files, of the system and of the process.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

impl Failure {
    pub(super) fn of(error: &io::Error) -> Self {
        if let Some(ENFILE | EMFILE) = error.raw_os_error() {
            return Self::NoDescriptor;
        }
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => Self::Reset,
            ErrorKind::TimedOut => Self::Silent,
            ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse => Self::NoPort,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused at the port"),
            Self::Reset => f.write_str("reset"),
            Self::Closed => f.write_str("closed before the answer was whole"),
            Self::Silent => f.write_str("heard nothing"),
            Self::Unreadable => f.write_str("an answer that cannot be read"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::NoPort => f.write_str("no port left to the generator"),
            Self::NoDescriptor => f.write_str("no descriptor left to the generator"),
            Self::Other(kind) => write!(f, "{kind}"),
        }
    }
}
