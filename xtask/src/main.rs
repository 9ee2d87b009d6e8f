//! Developer tasks: `cargo xtask help` lists them.
mod api;
mod bench;
mod card;
mod check;
mod clients;
mod clock;
mod data;
mod demo;
mod faults;
mod http;
mod journey;
mod kills;
mod nodes;
mod process;
mod rehearse;
mod roles;
mod scrape;
mod tidy;
mod workspace;

use faults::Fault;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask TASK

  test [--long]               the whole check; installs what it needs          모든 검사를 한 번에 실행합니다
  tidy                        the rules of the house                           저장소 규칙을 검사합니다
  bench gate                  the gate beside nginx, one core each             관문 성능을 nginx와 비교합니다
  bench refusal               a refused request beside an accepted one         거절과 처리의 비용을 비교합니다
  bench sweep [--short]       more people than it can bear, and losses         과부하와 고장 때의 처리량을 잽니다
  bench ledger [--short]      the ledger beside rows, a bare log, PostgreSQL   장부 성능을 다른 방식과 비교합니다
  bench nodes                 nodes on PostgreSQL beside the naive way         PostgreSQL 여러 노드의 성능을 비교합니다
  bench generator             the load generator itself beside wrk             부하 발생기를 wrk와 비교합니다
  journey [BROWSER…] [--scripts on|off] [--width 360|1280] [--walk NAME] [--long] [--keep-dir DIR]
                              a person's way through the pages, in browsers    여러 브라우저로 예약 과정을 따라갑니다
  kills [--long]              kill -9 while people book over HTTP              예약 중에 서버를 강제로 끕니다
  rehearse                    an opening in seconds, and its audit             짧은 연습과 그 감사를 돌립니다
  clients [--long]            clients that ask twice, fifty-fold, and go away  같은 요청을 되풀이하는 이용자를 시험합니다
  roles [planes|proxy|hand-over] [--long]
                              several processes: killed, stopped, handed over  여러 프로세스로 나누어 시험합니다
  nodes [across|storm] [--long]
                              several nodes on PostgreSQL: killed, cut off     PostgreSQL 위의 여러 노드를 시험합니다
  nodes failover [--long|BLOWS]
                              the database's machines fail, one by one or all  데이터베이스 서버를 고장 냅니다
  powercut [--long]           cuts the power while people book                 예약 중에 전원을 끊습니다
  fsync [--long]              a disk that fails while people book              예약 중에 디스크 오류를 냅니다
  full-disk [--long]          a disk without room while people book            예약 중에 디스크를 가득 채웁니다
  scrape                      Debian's Prometheus reads the operator's listener  프로메테우스가 지표를 읽는지 봅니다
  card [--long]               takes the last run into the reliability card     마지막 검사 결과를 신뢰성 표에 옮깁니다
  data                        makes the bundled country again                  모의 국가 자료를 다시 만듭니다
  data roster N FILE [WRONG]  a roster of N synthetic people, to import        가상 대상자 명단을 만듭니다
  help                        this text                                        이 도움말을 보여 줍니다
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> anyhow::Result<()> {
    match words {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["test", words @ ..] => check::run(words),
        ["rehearse"] => rehearse::run(),
        ["kills"] => kills::run(false),
        ["kills", "--long"] => kills::run(true),
        ["powercut", words @ ..] => faults::run(Fault::PowerCut, words),
        ["fsync", words @ ..] => faults::run(Fault::FailedFsync, words),
        ["full-disk", words @ ..] => faults::run(Fault::FullDisk, words),
        ["clients", words @ ..] => clients::run(words),
        ["card", words @ ..] => card::keep(words),
        ["roles", words @ ..] => roles::run(words),
        ["nodes", words @ ..] => nodes::run(words),
        ["scrape"] => scrape::run(),
        ["tidy"] => tidy::run(),
        ["data"] => data::run(),
        ["data", "roster", words @ ..] => data::roster::run(words),
        ["bench", what @ ..] => bench::run(what),
        ["journey", words @ ..] => journey::run(words),
        _ => anyhow::bail!("no such task / 알 수 없는 작업: {}\n\n{HELP}", words.join(" ")),
    }
}
