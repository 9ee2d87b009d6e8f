//! The air between a phone and the service: connections that can be cut, all of them, and no new one gets through.
use anyhow::{Context, Result};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(super) struct Air {
    port: u16,
    is_cut: watch::Sender<bool>,
    carrier: JoinHandle<()>,
}

impl Air {
    /// In front of the service at that port.
    pub(super) async fn open(to: u16) -> Result<Self> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("listening in front of the service")?;
        let port = listener.local_addr()?.port();
        let (is_cut, cut) = watch::channel(false);
        let carrier = tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                tokio::spawn(carry(phone, to, cut.clone()));
            }
        });
        Ok(Self { port, is_cut, carrier })
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub(super) fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Air {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}

/// Until one of both closes, or the air is cut; a phone that comes while it is cut finds nobody.
async fn carry(mut phone: TcpStream, to: u16, mut cut: watch::Receiver<bool>) {
    if *cut.borrow_and_update() {
        return;
    }
    let Ok(mut service) = TcpStream::connect(("127.0.0.1", to)).await else { return };
    // Either end may go at any time: that is what it is for.
    tokio::select! {
        _ = copy_bidirectional(&mut phone, &mut service) => {}
        _ = cut.wait_for(|is_cut| *is_cut) => {}
    }
}
