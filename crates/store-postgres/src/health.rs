//! Whether the store takes writes; asked by every request, so no lock.

use std::sync::atomic::{AtomicU8, Ordering};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Health {
    Well = 0,
    /// The database does not answer, or not as it should; the next attempt may end it.
    Away = 1,
    /// What this node remembers is not what the database says. Nothing ends it.
    Broken = 2,
}

#[derive(Debug, Default)]
pub(crate) struct HealthCell(AtomicU8);

impl HealthCell {
    pub(crate) fn get(&self) -> Health {
        match self.0.load(Ordering::Acquire) {
            0 => Health::Well,
            1 => Health::Away,
            _ => Health::Broken,
        }
    }

    /// Broken is for ever.
    pub(crate) fn set(&self, health: Health) {
        let _is_broken = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
            (now != Health::Broken as u8).then_some(health as u8)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_passes_and_a_broken_memory_does_not() {
        let health = HealthCell::default();
        health.set(Health::Away);
        assert_eq!(health.get(), Health::Away);
        health.set(Health::Well);
        assert_eq!(health.get(), Health::Well);
        health.set(Health::Broken);
        health.set(Health::Well);
        assert_eq!(health.get(), Health::Broken);
    }
}
