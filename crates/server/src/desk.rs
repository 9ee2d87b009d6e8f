//! The staff's side of a process: their accounts, their listener, and who is found by name.

use crate::config::Config;
use crate::service::{open_line, stopped};
use anyhow::{Context as _, Result};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use store_sqlite::SqliteStaff;
use tokio::sync::watch;
use web::app::App;
use web::front;
use web::keys::Keys;
use web::staff::Staff;
use web::staff::book::StaffBook;
use web::staff::console::{Console, DiskSpace};
use web::staff::finder::PeopleIndex;

/// The staff's accounts and pages: where the ledger is, if a listener for them is named.
pub(crate) fn staff_of(config: &Config, keys: &Arc<Keys>) -> Result<Option<Arc<Staff>>> {
    if !config.role.has_ledger() || config.staff.listen.is_none() {
        return Ok(None);
    }
    let file = SqliteStaff::open(&config.data)
        .context("직원 계정 파일을 열 수 없습니다 / the file of staff accounts cannot be opened")?;
    let book = StaffBook::new(Arc::new(file), Arc::clone(keys));
    // One that cannot be read is told at the start.
    book.entries()
        .context("직원 계정 파일을 읽을 수 없습니다 / the file of staff accounts cannot be read")?;
    let data = config.data.clone();
    let console = Console::new(open_line(config)?, Box::new(move || disk_space(&data)));
    Ok(Some(Arc::new(Staff::new(book, config.staff.addresses()?, console))))
}

/// For us, not for the administrator of the machine.
fn disk_space(folder: &Path) -> Option<DiskSpace> {
    let told = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
    Some(DiskSpace { free_bytes: bytes(told.f_bavail), total_bytes: bytes(told.f_blocks) })
}

/// A thread of its own, which the public cannot keep busy. Without a listener desk processes ask over the socket of this
/// machine.
pub(crate) async fn serve(listener: Option<TcpListener>, app: Arc<App>, stop: watch::Receiver<bool>) {
    let people = PeopleIndex::run(Arc::clone(&app));
    let console = Console::run(Arc::clone(&app));
    let answering = async {
        match listener {
            Some(listener) => front::serve_staff(listener, app, stopped(stop)).await,
            None => stopped(stop).await,
        }
    };
    tokio::select! {
        () = people => {}
        () = console => {}
        () = answering => {}
    }
}
