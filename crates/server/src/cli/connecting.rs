//! The line before another site.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Connector {
    /// 줄이 있는 곳 · where people stand in line
    #[arg(long, value_name = "https://HOST")]
    pub(crate) line: String,
    /// 대기열 문서를 다른 곳에서 가져올 때(캐시, 내부 주소) · where the gate document is asked for, if not there
    #[arg(long, value_name = "http://HOST:PORT")]
    pub(crate) news_from: Option<String>,
    /// 사업 이름(대기열 문서의 주소에 있는) · the campaign, as in the address of the gate document
    #[arg(long, value_name = "NAME")]
    pub(crate) campaign: String,
    /// 대기열 문서에 서명하는 열쇠(공개): `charye keys list` · the public key that signs the gate document
    #[arg(long, value_name = "HEX")]
    pub(crate) gate_key: String,
    /// 지키려는 사이트의 주소 · where people reach the site that is protected
    #[arg(long, value_name = "https://HOST")]
    pub(crate) site: String,
    /// 사이트 이름 · what people call it
    #[arg(long, value_name = "이름")]
    pub(crate) name: String,
    /// 영어 이름 · in English
    #[arg(long, value_name = "NAME")]
    pub(crate) name_en: Option<String>,
    /// 요청을 넘길 곳. 없으면 nginx auth_request의 물음에만 답함 · where requests go; without it only nginx's auth_request is answered
    #[arg(long, value_name = "http://HOST:PORT")]
    pub(crate) upstream: Option<String>,
    /// 이 연결기의 주소 · address of this connector
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "IP:PORT")]
    pub(crate) listen: SocketAddr,
    /// 방문을 봉인하는 32바이트 파일(연결기가 여럿이면 필요) · file of 32 bytes that seals visits; needed with several connectors
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: Option<PathBuf>,
    /// 믿을 인증 기관(PEM) · authorities that are trusted
    #[arg(long, default_value = "/etc/ssl/certs/ca-certificates.crt", value_name = "FILE")]
    pub(crate) authorities: PathBuf,
    /// 앞에 있는 프록시 수 · proxies before it whose word on the client's address is believed
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) trusted_hops: usize,
    /// 한꺼번에 받을 연결 수 · connections at once
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) connections_max: usize,
    /// 사이트의 대답을 기다리는 시간 · how long the site may think
    #[arg(long, default_value_t = 60, value_name = "N")]
    pub(crate) upstream_wait_seconds: u64,
}
