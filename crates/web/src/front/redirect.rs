//! Where TLS is spoken, the plain port says only where to go.

use super::apology::{PATIENCE, last_words, read_head};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections that are answered at once.
const CONNECTIONS_MAX: usize = 1_000;
const HEAD_BYTES_MAX: usize = 2048;

/// Sends everybody to the same address under `origin`, which is the service's own and never what a request says of
/// itself; until told to stop.
pub async fn serve(listener: std::net::TcpListener, origin: String, stop: impl Future<Output = ()>) {
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let origin: Arc<str> = origin.into();
    tokio::pin!(stop);
    loop {
        let place = Arc::clone(&places).acquire_owned().await.expect("the semaphore is never closed");
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => return,
        };
        let Ok((mut stream, _peer)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let origin = Arc::clone(&origin);
        tokio::spawn(async move {
            let mut head = vec![0; HEAD_BYTES_MAX];
            let length = timeout(PATIENCE, read_head(&mut stream, &mut head)).await.unwrap_or(0);
            if length > 0 {
                last_words(&mut stream, answer(&origin, &head[..length]).as_bytes()).await;
            }
            drop(place);
        });
    }
}

fn answer(origin: &str, head: &[u8]) -> String {
    let target =
        head.splitn(3, |byte| *byte == b' ').nth(1).and_then(|target| std::str::from_utf8(target).ok());
    // Printable ASCII beginning with one slash: nothing that could end the line or name another host.
    let is_path =
        |target: &&str| target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic());
    let target = target.filter(is_path).unwrap_or("/");
    let location = format!("{origin}{target}");
    let body = format!(
        "<!doctype html><html lang=\"ko\"><meta charset=\"utf-8\"><title>차례</title><p><a href=\"{}\">{}</a></p></html>",
        origin, "안전한 주소로 이동 / Go to the secure address"
    );
    format!(
        "HTTP/1.1 308 Permanent Redirect\r\nlocation: {location}\r\ncontent-type: text/html; charset=utf-8\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_sent_to_our_own_origin_whatever_they_say() {
        let location = |head: &str| {
            let said = answer("https://charye.test", head.as_bytes());
            said.lines().nth(1).unwrap().trim_end().to_owned()
        };
        assert_eq!(
            location("GET /my?x=1 HTTP/1.1\r\nhost: evil.test\r\n\r\n"),
            "location: https://charye.test/my?x=1"
        );
        for odd in [
            "GET http://evil.test/ HTTP/1.1\r\n",
            "GET .evil.test HTTP/1.1\r\n",
            "GET /\u{1}x HTTP/1.1",
            "GET",
            "",
        ] {
            assert_eq!(location(odd), "location: https://charye.test/", "{odd:?}");
        }
    }
}
