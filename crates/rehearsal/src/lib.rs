//! The crowd: speaks HTTP only.
