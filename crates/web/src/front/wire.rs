//! A connection as hyper sees it.

use bytes::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::net::TcpStream;

/// Leaves the end to the closing of the descriptor, which follows at once and sends the same FIN: one call less for
/// everybody who comes on a connection of their own.
pub(super) struct Wire {
    /// What was read before hyper took over.
    pub(super) first: Bytes,
    pub(super) rest: TokioIo<TcpStream>,
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<()>> {
        if !self.first.is_empty() {
            let length = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first.split_to(length));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.rest).poll_read(ctx, buffer)
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.rest).poll_write(ctx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.rest).poll_flush(ctx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _ctx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
