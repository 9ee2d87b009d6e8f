//! `charye draw` and `charye verify draw`: a draw that anybody can compute again.

use crate::cli::{Draw, DrawWhat, NOT_IN_ORDER};
use crate::config::Config;
use crate::country;
use crate::draw::{
    Checked, announce, check, finish, freeze, in_words, receipt, standing_in_words, tell_the_line,
};
use crate::system::{SystemClock, SystemRandomness};
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;
use store::Clock as _;
use store_sqlite::SqlitePlaces;
use waiting_room::CampaignTag;
use web::published::hex;

pub(crate) fn run(order: &Draw) -> Result<ExitCode> {
    let now = SystemClock.now();
    match &order.what {
        DrawWhat::Announce(asked) => {
            let rules = announce(asked, now)?;
            println!("규칙을 공개했습니다 / the rules are published: {}", asked.folder.display());
            println!("  값 / value from    {} {}", rules.source.name, rules.source.address);
        }
        DrawWhat::Freeze { folder, applicants, receipts } => {
            let frozen = freeze(folder, (applicants, receipts), now, &SystemRandomness)?;
            let root = &frozen.root;
            println!("명단을 확정했습니다 / the list is frozen");
            println!("  사람 / people      {} (겹친 줄 / named again {})", root.count, frozen.again);
            println!("  뿌리 / root        {}", root.root);
            println!("  회차 / round       {} ({})", root.round, root.issued_at);
            println!("  뿌리를 지금 널리 알리십시오 / make the root known widely, now");
        }
        DrawWhat::Value { config, value } => {
            let config = Config::read(config.as_deref())?;
            let (country, _names) = country::load(&config.data, country::SOME_DAY)?;
            let places = SqlitePlaces::open(&config.data)?;
            let root = tell_the_line(&places, CampaignTag(country.campaigns()[0].id.0), value, now)?;
            println!(
                "값을 적었습니다. 서비스가 곧 순서를 정합니다 / written down; the order follows at once"
            );
            println!("  회차 / round       {} ({})", root.round, root.issued_at);
        }
        DrawWhat::Finish { folder, value } => {
            let seed = finish(folder, value, now)?;
            println!("순서를 공개했습니다 / the order is published");
            println!("  씨앗 / seed        {}", hex(&seed.0));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// From the published files only.
pub(super) fn verify(folder: &Path, asked: Option<&str>) -> Result<ExitCode> {
    let asked = asked.map(receipt).transpose()?;
    match check(folder, asked)? {
        Ok(checked) => {
            tell(&checked);
            Ok(ExitCode::SUCCESS)
        }
        Err(found) => {
            println!("이상: 공개된 추첨이 계산과 다릅니다 / FAULT: the draw is not what was published");
            println!("  {}", in_words(&found));
            Ok(ExitCode::from(NOT_IN_ORDER))
        }
    }
}

fn tell(checked: &Checked) {
    println!("정상: 공개된 파일이 서로 맞습니다 / in order: the published files fit together");
    println!("  사업 / campaign    {}", checked.rules.campaign);
    println!("  사람 / people      {}", checked.lobby.count());
    println!("  뿌리 / root        {}", hex(&checked.lobby.root().0));
    println!("  {}", standing_in_words(&checked.standing));
    let source = &checked.rules.source;
    if source.is_demo {
        println!(
            "  연습용 값입니다. 실제 추첨이 아닙니다 / the values are made up: a rehearsal, no real draw"
        );
    } else {
        println!("  값이 맞는지 여기서 보십시오 / compare the value at  {} {}", source.name, source.address);
    }
    let Some(own) = &checked.own else { return };
    println!("  명단의 자리 / position  {} (증명 / proof: {})", own.position, own.path.join(" "));
    if let Some(place) = own.place {
        println!("  순번 / place       {}", place + 1);
    }
}
