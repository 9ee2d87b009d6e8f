//! Developer tasks.

mod data;

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("data") => data::run(),
        _ => anyhow::bail!("usage: cargo xtask data"),
    }
}
