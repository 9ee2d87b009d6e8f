//! A socket without manners: what is sent is bytes, what comes back is everything until the end.

use crate::site::Site;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Raw(pub(crate) TcpStream);

/// One answer as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Said {
    pub(crate) fn header(&self, name: &str) -> &str {
        let lines = self.head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

impl Raw {
    pub(crate) async fn to(site: &Site) -> Self {
        Self(TcpStream::connect(site.address).await.unwrap())
    }

    /// False when the other side has closed.
    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Up to the end of the first answer, which has a length.
    pub(crate) async fn hear_one(&mut self) -> Said {
        let mut all = Vec::new();
        loop {
            if let Some(said) = answers(&all).into_iter().next() {
                return said;
            }
            assert!(self.0.read_buf(&mut all).await.unwrap() > 0, "it ended early: {all:?}");
        }
    }

    /// Everything until the other side closes; a reset is a finding.
    pub(crate) async fn hear_out(&mut self) -> Vec<Said> {
        let mut all = Vec::new();
        let ended = self.0.read_to_end(&mut all).await;
        ended.unwrap_or_else(|error| panic!("{error} after {:?}", String::from_utf8_lossy(&all)));
        let said = answers(&all);
        let length: usize = said.iter().map(|said| said.head.len() + 4 + said.body.len()).sum();
        assert_eq!(length, all.len(), "{:?}", String::from_utf8_lossy(&all));
        said
    }
}

/// The whole answers at the beginning of these bytes.
fn answers(mut bytes: &[u8]) -> Vec<Said> {
    let mut found = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut said = Said { status, head, body: String::new() };
        let length = said.header("content-length").parse().unwrap_or(0);
        let Some(body) = bytes.get(end + 4..end + 4 + length) else { break };
        said.body = String::from_utf8_lossy(body).into_owned();
        bytes = &bytes[end + 4 + length..];
        found.push(said);
    }
    found
}

/// Seconds of a clock that stands still until nobody is connected any more; None after so many.
pub(crate) async fn seconds_until_alone(site: &Site, seconds_max: u32) -> Option<u32> {
    for second in 0..=seconds_max {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        if site.app.entrance.figures().connections == 0 {
            return Some(second);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    None
}
