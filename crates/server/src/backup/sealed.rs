//! A stream in sealed chunks.

use super::{BackupFault, BackupKey};
use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::io::{Error, ErrorKind, Read, Result, Write};

const MAGIC: &[u8; 8] = b"CHRYBACK";
const VERSION: u16 = 1;
const SALT: usize = 32;
const KEY_CHECK: usize = 8;
const HEADER: usize = 8 + 2 + 8 + SALT + KEY_CHECK;
/// Of plain bytes.
const CHUNK: usize = 1 << 20;
const TAG: usize = 16;

/// Whether the file begins like one.
pub(crate) fn is_backup(mut file: impl Read) -> bool {
    let mut magic = [0; 8];
    file.read_exact(&mut magic).is_ok() && magic == *MAGIC
}

fn mac(key: &BackupKey, what: &str, salt: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(what.as_bytes());
    mac.update(&[0]);
    mac.update(salt);
    mac.finalize().into_bytes().into()
}

/// `plain`: how many bytes are sealed behind it, so that a file that was cut is known as such.
fn header(key: &BackupKey, salt: [u8; SALT], plain: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..10].copy_from_slice(&VERSION.to_be_bytes());
    header[10..18].copy_from_slice(&plain.to_be_bytes());
    header[18..18 + SALT].copy_from_slice(&salt);
    let check = mac(key, "charye backup header", &header[..18 + SALT]);
    header[18 + SALT..].copy_from_slice(&check[..KEY_CHECK]);
    header
}

struct Chunks {
    cipher: Aes256GcmSiv,
    header: [u8; HEADER],
    next: u32,
}

impl Chunks {
    fn new(key: &BackupKey, header: [u8; HEADER]) -> Self {
        let file_key = mac(key, "charye backup file", &header[18..18 + SALT]);
        Self { cipher: Aes256GcmSiv::new(&file_key.into()), header, next: 0 }
    }

    fn nonce(&self, is_last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(is_last);
        Nonce::from(nonce)
    }

    fn seal(&mut self, plain: &[u8], is_last: bool) -> Result<Vec<u8>> {
        let payload = Payload { msg: plain, aad: &self.header };
        let sealed = self.cipher.encrypt(&self.nonce(is_last), payload);
        self.next = self.next.checked_add(1).ok_or_else(|| Error::other("a backup of more than 4 PiB"))?;
        Ok(sealed.expect("a chunk is far below the limit of the cipher"))
    }

    fn open(&mut self, sealed: &[u8], is_last: bool) -> Option<Vec<u8>> {
        let payload = Payload { msg: sealed, aad: &self.header };
        self.cipher.decrypt(&self.nonce(is_last), payload).ok()
    }
}

/// Seals as many bytes as were told at the beginning. Only [`SealedWriter::finish`] makes it whole.
pub(super) struct SealedWriter<W> {
    inner: W,
    chunks: Chunks,
    plain: Vec<u8>,
}

impl<W: Write> SealedWriter<W> {
    pub(super) fn begin(mut inner: W, key: &BackupKey, salt: [u8; SALT], plain: u64) -> Result<Self> {
        let header = header(key, salt, plain);
        inner.write_all(&header)?;
        Ok(Self { inner, chunks: Chunks::new(key, header), plain: Vec::with_capacity(CHUNK) })
    }

    pub(super) fn finish(mut self) -> Result<W> {
        let sealed = self.chunks.seal(&self.plain, true)?;
        self.inner.write_all(&sealed)?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.plain.len() == CHUNK {
            let sealed = self.chunks.seal(&self.plain, false)?;
            self.inner.write_all(&sealed)?;
            self.plain.clear();
        }
        let taken = bytes.len().min(CHUNK - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Reads what was sealed; an error carries the [`BackupFault`].
pub(super) struct SealedReader<R> {
    inner: R,
    chunks: Chunks,
    plain: Vec<u8>,
    at: usize,
    /// Plain bytes that are not read yet.
    left: u64,
    is_over: bool,
}

impl<R: Read> SealedReader<R> {
    pub(super) fn begin(mut inner: R, key: &BackupKey) -> Result<Self> {
        let mut found = [0; HEADER];
        let length = filled(&mut inner, &mut found)?;
        if !found.starts_with(MAGIC) {
            return Err(fault(BackupFault::NotABackup));
        }
        if length < HEADER {
            return Err(fault(BackupFault::EndsTooEarly));
        }
        if found[8..10] != VERSION.to_be_bytes() {
            return Err(fault(BackupFault::OtherRelease));
        }
        let left = u64::from_be_bytes(found[10..18].try_into().expect("eight bytes"));
        let salt = found[18..18 + SALT].try_into().expect("the length of a salt");
        if header(key, salt, left) != found {
            return Err(fault(BackupFault::OtherKey));
        }
        Ok(Self { inner, chunks: Chunks::new(key, found), plain: Vec::new(), at: 0, left, is_over: false })
    }

    fn next_chunk(&mut self) -> Result<()> {
        let plain = self.left.min(CHUNK as u64);
        let mut sealed = vec![0; plain as usize + TAG];
        if filled(&mut self.inner, &mut sealed)? < sealed.len() {
            return Err(fault(BackupFault::EndsTooEarly));
        }
        let is_last = plain == self.left;
        let opened = self.chunks.open(&sealed, is_last);
        self.plain = opened.ok_or(fault(BackupFault::Damaged { chunk: self.chunks.next + 1 }))?;
        self.chunks.next += 1;
        self.left -= plain;
        self.at = 0;
        self.is_over = is_last;
        Ok(())
    }

    /// Everything was read, and nothing stands behind it.
    pub(super) fn finish(mut self) -> Result<()> {
        let mut one = [0];
        if self.read(&mut one)? > 0 || filled(&mut self.inner, &mut one)? > 0 {
            return Err(fault(BackupFault::GoesOn));
        }
        Ok(())
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        while self.at == self.plain.len() {
            if self.is_over {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let taken = bytes.len().min(self.plain.len() - self.at);
        bytes[..taken].copy_from_slice(&self.plain[self.at..self.at + taken]);
        self.at += taken;
        Ok(taken)
    }
}

/// As much as there is.
fn filled(from: &mut impl Read, bytes: &mut [u8]) -> Result<usize> {
    let mut at = 0;
    while at < bytes.len() {
        match from.read(&mut bytes[at..]) {
            Ok(0) => break,
            Ok(more) => at += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}

pub(super) fn fault(fault: BackupFault) -> Error {
    Error::new(ErrorKind::InvalidData, fault)
}
