//! A cable between a node and the database, which can be pulled: what comes in then goes nowhere, and nobody is told.
use crate::process::free_port;
use anyhow::Result;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often a pulled cable is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Its threads end with this program.
pub(super) struct Cable {
    pub(super) port: u16,
    is_pulled: Arc<AtomicBool>,
}

impl Cable {
    pub(super) fn to(socket: &Path) -> Result<Self> {
        let port = free_port()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let is_pulled = Arc::new(AtomicBool::new(false));
        let (socket, pulled) = (socket.to_owned(), Arc::clone(&is_pulled));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // One that cannot be carried is closed at once, as by a server that is not there.
                drop(carry(near, &socket, &pulled));
            }
        });
        Ok(Self { port, is_pulled })
    }

    pub(super) fn pull(&self, is_pulled: bool) {
        self.is_pulled.store(is_pulled, Ordering::Relaxed);
    }
}

fn carry(near: TcpStream, socket: &PathBuf, is_pulled: &Arc<AtomicBool>) -> Result<()> {
    near.set_nodelay(true)?;
    let far = UnixStream::connect(socket)?;
    let (mut near_in, mut far_in) = (near.try_clone()?, far.try_clone()?);
    let (mut near, mut far) = (near, far);
    let (there, back) = (Arc::clone(is_pulled), Arc::clone(is_pulled));
    thread::spawn(move || pass(|bytes| near_in.read(bytes), |bytes| far.write_all(bytes), &there));
    thread::spawn(move || pass(|bytes| far_in.read(bytes), |bytes| near.write_all(bytes), &back));
    Ok(())
}

/// Until one of the ends is closed; the other is closed with this thread.
fn pass(
    mut read: impl FnMut(&mut [u8]) -> std::io::Result<usize>,
    mut write: impl FnMut(&[u8]) -> std::io::Result<()>,
    is_pulled: &AtomicBool,
) {
    let mut bytes = vec![0; 64 << 10];
    while let Ok(count @ 1..) = read(&mut bytes) {
        while is_pulled.load(Ordering::Relaxed) {
            thread::sleep(LOOK_EVERY);
        }
        if write(&bytes[..count]).is_err() {
            return;
        }
    }
}
