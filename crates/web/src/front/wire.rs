//! A connection as hyper sees it.

use super::limits::READ_BYTES_PER_SECOND_MIN;
use bytes::Bytes;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Leaves the end to the closing of the descriptor, which follows at once and sends the same FIN: one call less for
/// everybody who comes on a connection of their own. Hyper's own refusals, which have no words, are kept back for
/// whoever has some ([`super::apology`]). An answer that nobody reads ends the connection.
pub(super) struct Wire<S> {
    /// What was read before hyper took over.
    first: Bytes,
    stream: S,
    write_wait: Duration,
    stalled: Option<Box<Stalled>>,
    /// The status with which hyper would have ended the connection.
    pub(super) refused: Option<u16>,
}

/// An answer that does not fit into the socket any more.
struct Stalled {
    until: Pin<Box<Sleep>>,
    /// Bytes that went out since then.
    written: u64,
}

impl Stalled {
    fn new(wait: Duration) -> Self {
        Self { until: Box::pin(sleep(wait)), written: 0 }
    }
}

impl<S> Wire<S> {
    pub(super) fn new(first: Bytes, stream: S, write_wait: Duration) -> Self {
        Self { first, stream, write_wait, stalled: None, refused: None }
    }

    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// An error when the socket has taken too little for too long.
    fn poll_patience(&mut self, ctx: &mut Context<'_>) -> Result<()> {
        let wait = self.write_wait;
        let stalled = self.stalled.get_or_insert_with(|| Box::new(Stalled::new(wait)));
        while stalled.until.as_mut().poll(ctx).is_ready() {
            if stalled.written < wait.as_secs().max(1) * READ_BYTES_PER_SECOND_MIN {
                return Err(Error::new(ErrorKind::TimedOut, "the other side does not read"));
            }
            **stalled = Stalled::new(wait);
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(ctx, buffer);
        }
        let length = self.first.len().min(buffer.remaining());
        buffer.put_slice(&self.first.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let mut mine = bytes;
        if let Some((from, status)) = wordless_refusal(bytes) {
            if from == 0 {
                self.refused = Some(status);
                return Poll::Ready(Ok(bytes.len()));
            }
            mine = &bytes[..from];
        }
        match Pin::new(&mut self.stream).poll_write(ctx, mine) {
            Poll::Pending => match self.poll_patience(ctx) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
            Poll::Ready(written) => {
                if let (Some(stalled), Ok(written)) = (&mut self.stalled, &written) {
                    stalled.written += *written as u64;
                }
                Poll::Ready(written)
            }
        }
    }

    /// Hyper asks for it when everything is written.
    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(ctx) {
            Poll::Pending => match self.poll_patience(ctx) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
            flushed @ Poll::Ready(_) => {
                self.stalled = None;
                flushed
            }
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _ctx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Where, at the end of what hyper writes, a refusal of its own begins, and its status: a head of 4xx that closes, and
/// nothing after it. No page of ours is empty.
fn wordless_refusal(bytes: &[u8]) -> Option<(usize, u16)> {
    const LENGTH_MAX: usize = 256;
    let head = bytes.strip_suffix(b"\r\n\r\n")?;
    let tail_from = head.len().saturating_sub(LENGTH_MAX);
    let line = b"HTTP/1.1 4";
    let begins = head[tail_from..].windows(line.len()).rposition(|window| window == line)?;
    let head = &head[tail_from + begins..];
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let (mut closes, mut is_empty) = (false, false);
    for line in lines {
        closes |= line.eq_ignore_ascii_case("connection: close");
        is_empty |= line.eq_ignore_ascii_case("content-length: 0");
        if line.is_empty() {
            return None;
        }
    }
    (closes && is_empty).then_some((tail_from + begins, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_without_words_at_the_very_end_is_kept_back() {
        let blank = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let page = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npage";
        let found = |text: &str| wordless_refusal(text.as_bytes());
        assert_eq!(found(blank), Some((0, 400)));
        assert_eq!(found(&format!("{page}{blank}")), Some((page.len(), 400)));
        assert_eq!(found(&format!("{blank}{page}")), None);
        assert_eq!(found("HTTP/1.1 303 See Other\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"), None);
        assert_eq!(found("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 9\r\n\r\n"), None);
        assert_eq!(
            found("HTTP/1.1 404 Not Found\r\n\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
            None
        );
        assert_eq!(found(""), None);
    }
}
