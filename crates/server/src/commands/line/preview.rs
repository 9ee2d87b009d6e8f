//! `charye line preview`: what people in line would see, before an order is given.

use super::{line, words};
use crate::cli::SteeringPlaces;
use crate::country;
use crate::system::SystemClock;
use crate::verify::config;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use store::Clock as _;
use waiting_room::{Order, Orders};
use web::preview::Preview;

pub(super) fn write(folder: &Path, (ko, en): (&str, &str), of: &SteeringPlaces) -> Result<ExitCode> {
    let wished = (ko.to_owned(), en.to_owned());
    if let Err(bad) = (Order::Message { ko: wished.0.clone(), en: wished.1.clone() }).check() {
        bail!(words(bad));
    }
    let message = if ko.is_empty() && en.is_empty() { in_force(of)? } else { wished };
    let config = config(&of.places, of.data.as_ref())?;
    let (country, names) = country::load(&config.data, country::SOME_DAY)?;
    let preview = Preview {
        campaign: &country.campaigns()[0],
        campaign_name: (&names.name.0, &names.name.1),
        message: &message,
        order: config.order(),
        demo: true,
        made_at: SystemClock.now(),
    };
    let files = preview.files();
    for (path, content) in &files {
        let path = folder.join(path);
        let fault = || format!("쓸 수 없습니다 / cannot write {}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(fault)?;
        fs::write(&path, content).with_context(fault)?;
    }
    let pages = files.keys().filter(|path| !path.contains('/')).count();
    println!("화면 {pages}개를 썼습니다 / {pages} pages written to {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// What stands on the pages now.
fn in_force(of: &SteeringPlaces) -> Result<(String, String)> {
    let (line, tag) = line(of)?;
    let mut orders = Orders::default();
    for (_, given) in line.orders(tag, 0)? {
        orders.follow(&given.order, given.given_at);
    }
    Ok(orders.message)
}
