//! The peer: nginx with one worker, serving one small file from its cache of open files.
use crate::demo::on_core;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const READY_SECONDS_MAX: u64 = 10;
pub(crate) const FILE: &str = "/document.json";
/// The same bytes without a file: nginx's fastest answer.
pub(crate) const RETURN: &str = "/return";

pub(crate) struct Nginx {
    pub(crate) guard: Guard,
    pub(crate) port: u16,
    _dir: TempDir,
}

impl Nginx {
    pub(crate) fn start(document: &[u8], core: &str) -> Result<Self> {
        let dir = TempDir::new()?;
        let port = free_port()?;
        fs::write(dir.path().join(FILE.trim_start_matches('/')), document)?;
        let config = dir.path().join("nginx.conf");
        fs::write(&config, config_text(dir.path(), port, document.len()))?;
        let mut command = on_core(core, Path::new("nginx"));
        command.arg("-p").arg(dir.path()).arg("-c").arg(&config).arg("-e").arg(dir.path().join("error.log"));
        let mut guard = Guard::spawn(&mut command)?;
        let is_ready = || http::get(port, FILE).is_ok_and(|answer| answer.status == 200);
        guard.wait_until(READY_SECONDS_MAX, is_ready).context("nginx (Debian package nginx-light)")?;
        Ok(Self { guard, port, _dir: dir })
    }
}

/// Nginx at its best: for so small a file `sendfile` is a second call and a second packet for each answer,
/// and was measured at half the speed of reading the file.
fn config_text(dir: &Path, port: u16, document_length: usize) -> String {
    let dir = dir.display();
    let returned = "x".repeat(document_length);
    format!(
        "daemon off;
user root;
worker_processes 1;
pid {dir}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile off;
    keepalive_timeout 600s;
    keepalive_requests 100000000;
    open_file_cache max=100 inactive=600s;
    open_file_cache_valid 600s;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    default_type application/json;
    types {{ }}
    server {{
        listen 0.0.0.0:{port} backlog=4096;
        root {dir};
        location = {RETURN} {{ return 200 '{returned}'; }}
    }}
}}
"
    )
}
