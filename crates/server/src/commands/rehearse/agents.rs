//! The agents of a rehearsed call centre: accounts that are made in the folder of the demonstration, as `charye staff add`
//! makes them, and set up over HTTP, as people do; then they sign in with a password and a code of the moment.

use super::operator::set_up;
use crate::cli;
use crate::commands::staff::add_agents;
use crate::report::thousands;
use crate::system::SystemClock;
use anyhow::{Context as _, Result, ensure};
use rehearsal::calls::{AgentKey, CallPlan};
use rehearsal::office::Office;
use rehearsal::scenario::CallDay;
use std::net::SocketAddr;
use std::sync::Mutex;
use store::Clock as _;
use web::staff::totp::{code_of, step_at};

/// What an agent's codes are made of, and the last one that was used.
struct Codes {
    secret: [u8; 20],
    last_step: u64,
}

/// Who calls and who answers; None on a day without a call centre.
pub(super) fn plan(asked: &cli::Rehearse, day: Option<&CallDay>) -> Result<Option<CallPlan>> {
    let Some(day) = day else { return Ok(None) };
    let (Some(desk), Some(data)) = (asked.desk, &asked.data) else {
        anyhow::bail!(
            "--desk, --data: 상담원이 일할 직원 화면의 주소(charye demo --staff-port)와, 계정을 만들 그 서비스의 자료 폴더를 적어 주십시오 / give the staff's listener (charye demo --staff-port) and the data folder of the service, where the agents' accounts are made"
        );
    };
    let agents = asked.agents.unwrap_or(day.agents);
    ensure!(agents > 0, "--agents: 0일 수 없습니다 / must not be 0");
    println!("상담원 계정 {0}개를 준비합니다 / {0} agents get their accounts", thousands(agents.into()));
    // Of this rehearsal alone: one that was broken off has left its own.
    let begun_s = SystemClock.now().as_second();
    let names: Vec<String> = (0..agents).map(|agent| format!("r{begun_s:x}-{agent:03}")).collect();
    let setups = add_agents(data, &asked.places, &names)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (keys, codes) = runtime.block_on(ready(desk, names, &setups))?;
    Ok(Some(CallPlan {
        desk,
        callers: asked.callers.unwrap_or(day.callers),
        arrival: day.arrival.clone(),
        pace: asked.compress.max(1),
        agents: keys,
        code: Box::new(move |agent| next_code(&codes[agent])),
    }))
}

async fn ready(
    desk: SocketAddr,
    names: Vec<String>,
    setups: &[String],
) -> Result<(Vec<AgentKey>, Vec<Mutex<Codes>>)> {
    let (mut keys, mut codes) = (Vec::new(), Vec::new());
    for (login, setup) in names.into_iter().zip(setups) {
        let mut office = Office::new(desk);
        let factors = set_up(&mut office, &login, setup, |_, _| Ok(())).await;
        let (factors, last_step) = factors.with_context(|| login.clone())?;
        keys.push(AgentKey { login, password: factors.password });
        codes.push(Mutex::new(Codes { secret: factors.secret, last_step }));
    }
    Ok((keys, codes))
}

/// None is good twice, nor one before it.
fn next_code(codes: &Mutex<Codes>) -> String {
    let mut codes = codes.lock().expect("nothing panics here");
    let present = step_at(SystemClock.now());
    // One further than the next is not good yet: asked too often, the last one is said again, and refused.
    codes.last_step = present.max(codes.last_step + 1).min(present + 1);
    code_of(&codes.secret, codes.last_step)
}
