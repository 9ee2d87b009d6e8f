//! Front, pages, API, identity and message adapters.
