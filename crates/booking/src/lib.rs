//! Pure rules of slots, holds and appointments.
