//! Whether the store takes writes; asked by every request, so no lock.

use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use store::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Health {
    Well = 0,
    /// No room; a probe ends it.
    Full = 1,
    /// A write failed in a way that proves nothing about what is on the disk. Nothing ends it.
    Broken = 2,
}

#[derive(Debug, Default)]
pub(crate) struct HealthCell(AtomicU8);

impl HealthCell {
    pub(crate) fn get(&self) -> Health {
        match self.0.load(Ordering::Acquire) {
            0 => Health::Well,
            1 => Health::Full,
            _ => Health::Broken,
        }
    }

    /// Broken is for ever.
    pub(crate) fn set(&self, health: Health) {
        self.0.fetch_max(health as u8, Ordering::AcqRel);
        if health == Health::Well {
            let _still_broken =
                self.0.compare_exchange(Health::Full as u8, 0, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    pub(crate) fn note(&self, error: &StoreError) {
        match error {
            StoreError::Full => self.set(Health::Full),
            StoreError::Unavailable { .. } | StoreError::Corrupt { .. } => self.set(Health::Broken),
        }
    }
}

/// Breaks the store if the thread that holds it panics.
pub(crate) struct Tripwire<'a>(pub(crate) &'a HealthCell);

impl Drop for Tripwire<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set(Health::Broken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_passes_and_a_broken_one_does_not() {
        let health = HealthCell::default();
        health.set(Health::Full);
        assert_eq!(health.get(), Health::Full);
        health.set(Health::Well);
        assert_eq!(health.get(), Health::Well);
        health.set(Health::Broken);
        health.set(Health::Full);
        health.set(Health::Well);
        assert_eq!(health.get(), Health::Broken);
    }
}
