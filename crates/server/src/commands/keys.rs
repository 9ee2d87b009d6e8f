//! `charye keys`: what is in the key folder, and a new key of personal fields under a running service.

use crate::cli::{Keys, KeysWhat};
use crate::keys::{ready, rotate_aliases, rotate_fields};
use crate::system::SystemRandomness;
use crate::verify::config;
use anyhow::{Result, ensure};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub(crate) fn run(keys: &Keys) -> Result<ExitCode> {
    let (KeysWhat::List { places } | KeysWhat::Rotate { places, .. }) = &keys.what;
    let folder = config(places, None)?.key_folder();
    ensure!(folder.is_dir(), "열쇠 폴더가 없습니다 / there is no key folder: {}", folder.display());
    match &keys.what {
        KeysWhat::List { .. } => {
            let keys = ready(&folder, Arc::new(SystemRandomness))?;
            let newest = keys.fields.newest();
            let (number, has_former) = keys.names_key();
            let former =
                if has_former { ", 앞의 열쇠도 있음 / the one before is still there" } else { "" };
            println!("열쇠 폴더 / key folder       {}", folder.display());
            println!("개인정보 열쇠 / of fields    1–{newest}, {newest}번으로 봉인 / number {newest} seals");
            println!("이름 열쇠 / of names         {number}번 / number {number}{former}");
            println!("대기열 서명(공개) / gate, public {}", keys.gate_public_key());
            let backup =
                if folder.join("backup.key").exists() { "있음 / there" } else { "없음 / none yet" };
            println!("백업 열쇠 / of backups       {backup}");
        }
        KeysWhat::Rotate { which, .. } if which == "aliases" => rotate_names(&folder)?,
        KeysWhat::Rotate { .. } => {
            let number = rotate_fields(&folder, &SystemRandomness)?;
            println!("새 열쇠 / new key  {number}번 / number {number}  ({})", folder.display());
            println!("켜져 있는 서비스는 몇 초 안에 이 열쇠로 봉인하고, 전에 봉인한 것도 계속 읽습니다.");
            println!(
                "A running service seals with it within seconds, and goes on reading what older keys sealed."
            );
            println!("열쇠 폴더의 보관본을 새로 만드세요 / renew the copy that you keep of the key folder.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn rotate_names(folder: &Path) -> Result<()> {
    let number = rotate_aliases(folder, &SystemRandomness)?;
    println!("새 이름 열쇠 / new key of names  {number}번 / number {number}  ({})", folder.display());
    println!("켜져 있는 서비스는 몇 초 안에 이 열쇠로 사람을 찾고, 모두 새로 이름 붙입니다.");
    println!("A running service finds people by it within seconds, and names everybody anew.");
    println!("명단이 있으면 다시 가져오세요. 그 뒤, 빨라도 하루 뒤에 앞의 열쇠를 파기합니다.");
    println!(
        "Import the roster again, if there is one; after that, and not before a day, the old key is destroyed."
    );
    println!("열쇠 폴더의 보관본을 새로 만드세요 / renew the copy that you keep of the key folder.");
    Ok(())
}
