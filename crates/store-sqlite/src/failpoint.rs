//! Named points where the process can be made to die, so that a test can be sure of every instant that matters. In a
//! release there is nothing of it: [`failpoint!`] is empty without the feature that only tests switch on.
//!
//! To add a point: its name in [`ALL`] and one line where it is passed. The tests then die there, too.

/// Dies here if the environment says so.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "saboteur")]
        crate::failpoint::pass($name);
    };
}
pub(crate) use failpoint;

#[cfg(feature = "saboteur")]
pub use armed::{ALL, VARIABLE};
#[cfg(feature = "saboteur")]
pub(crate) use armed::{before_each_commit, pass};

#[cfg(feature = "saboteur")]
mod armed {
    use rusqlite::Connection;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// `NAME:N`: the process aborts when it passes that point for the n-th time, counted from 1.
    pub const VARIABLE: &str = "CHARYE_FAILPOINT";

    /// In the order in which a service passes them for the first time.
    pub const ALL: [&str; 23] = [
        "start.locked",
        "start.opened",
        "start.before_head",
        "views.opened",
        "views.loaded",
        "replay.before",
        "replay.row",
        "replay.done",
        "writer.decided",
        "journal.before_insert",
        "journal.before_commit",
        "journal.committed",
        "head.before_write",
        "head.written",
        "writer.merged",
        "writer.between_answers",
        "writer.answered",
        "views.before_commit",
        "views.committed",
        "checkpoint.before",
        "checkpoint.done",
        "stop.before_checkpoint",
        "views.before_checkpoint",
    ];

    struct Armed {
        name: String,
        left: AtomicU64,
    }

    /// # Panics
    /// If the point is not in [`ALL`]: it would never be tested.
    pub(crate) fn pass(name: &str) {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let Some(armed) = ARMED.get_or_init(armed) else { return };
        assert!(ALL.contains(&name), "{name} is not in the list of failpoints");
        if armed.name == name && armed.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            std::process::abort();
        }
    }

    /// Between the rows of a transaction and their commit.
    pub(crate) fn before_each_commit(mut connection: Connection) -> Connection {
        let hook = || {
            pass("journal.before_commit");
            false
        };
        connection.commit_hook(Some(hook)).expect("the connection is ours");
        connection
    }

    fn armed() -> Option<Armed> {
        let told = std::env::var_os(VARIABLE)?;
        let (name, count) = told.to_str()?.rsplit_once(':')?;
        assert!(ALL.contains(&name), "there is no failpoint {name}");
        Some(Armed { name: name.to_owned(), left: AtomicU64::new(count.parse().ok()?) })
    }
}
