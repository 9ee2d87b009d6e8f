//! `charye export-static`: what a web server in front says when every process has gone.

use crate::cli::ExportStatic;
use crate::commands::serve::doors;
use crate::config::Config;
use crate::country;
use crate::system::SystemClock;
use anyhow::{Context as _, Result};
use std::fs;
use std::process::ExitCode;
use store::Clock as _;
use web::exported::Export;

/// A file is written beside its place and renamed, so that the web server never reads half of one. What an earlier
/// export left stays: a page in somebody's hands may still ask for the style of yesterday.
pub(crate) fn run(export: &ExportStatic) -> Result<ExitCode> {
    let config = Config::read(export.config.as_deref())?;
    let now = SystemClock.now();
    let (country, _names) = country::load(&config.data, doors(&config, now)?)?;
    let files = Export { country: &country, order: config.order(), demo: true, made_at: now }.files();
    let mut bytes = 0;
    for (path, content) in &files {
        let path = export.folder.join(path);
        let fault = || format!("쓸 수 없습니다 / cannot write {}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(&export.folder)).with_context(fault)?;
        let draft = path.with_added_extension("unfinished");
        fs::write(&draft, content).and_then(|()| fs::rename(&draft, &path)).with_context(fault)?;
        bytes += content.len();
    }
    println!(
        "파일 {}개, {bytes}바이트를 내보냈습니다 / {0} files written to {}",
        files.len(),
        export.folder.display()
    );
    Ok(ExitCode::SUCCESS)
}
