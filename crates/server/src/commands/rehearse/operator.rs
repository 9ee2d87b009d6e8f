//! The operator of the rehearsed service, with whose account the audit record is taken away over HTTP. The credential is a
//! file and never on the command line: the account of a rehearsal, whose service has synthetic people only.

use crate::audit::{self, Listed};
use crate::system::{SystemClock, SystemRandomness};
use anyhow::{Context as _, Error, Result, bail};
use rehearsal::office::{Fault, Office};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use store::{Clock as _, Randomness};
use tokio::runtime::Runtime;
use web::staff::totp::{base32, code_of, step_at, unbase32};

const PASSWORD_BYTES: usize = 20;

/// `at` and `login`, and either `setup`, the code that `charye staff add` shows, or what became of it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    /// The staff's listener.
    at: SocketAddr,
    login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    setup: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_secret: Option<String>,
}

/// What signs in.
pub(super) struct Factors {
    pub(super) password: String,
    pub(super) secret: [u8; 20],
}

pub(super) struct Operator {
    login: String,
    factors: Factors,
    /// No code is good twice, nor one before it.
    last_step: u64,
    office: Office,
    runtime: Runtime,
}

impl Operator {
    /// Signs in; with a set-up code the account is made ready before, and what it has become is kept in the file.
    pub(super) fn sign_in(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let credential: Credential = toml::from_str(&text).with_context(|| file.display().to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut office = Office::new(credential.at);
        let (factors, last_step) = if let Some(factors) = factors_of(&credential)? {
            (factors, 0)
        } else {
            let setup = credential.setup.as_deref().unwrap_or_default();
            let kept = |password: &str, secret: &str| {
                let (password, code_secret) = (Some(password.to_owned()), Some(secret.to_owned()));
                keep(file, &Credential { setup: None, password, code_secret, ..credential.clone() })
            };
            runtime.block_on(set_up(&mut office, &credential.login, setup, kept))?
        };
        let mut operator = Self { login: credential.login, factors, last_step, office, runtime };
        operator.sign_in_again()?;
        Ok(operator)
    }

    fn sign_in_again(&mut self) -> Result<()> {
        let step = step_at(SystemClock.now()).max(self.last_step + 1);
        match self.try_code(step) {
            // That of the moment was used, by an earlier rehearsal perhaps; the next is good already.
            Err(Fault::SignInWrong) => self.try_code(step + 1).map_err(told),
            tried => tried.map_err(told),
        }
    }

    fn try_code(&mut self, step: u64) -> Result<(), Fault> {
        self.last_step = step;
        let code = code_of(&self.factors.secret, step);
        self.runtime.block_on(self.office.sign_in(&self.login, &self.factors.password, &code))
    }

    /// Into a new file, as it comes; then it has to prove itself.
    pub(super) fn take_list(&mut self, to: &Path) -> Result<Listed> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
        let mut out = BufWriter::new(file.with_context(|| to.display().to_string())?);
        // A long rehearsal outlives a session that nobody uses.
        if !self.runtime.block_on(self.office.take_list(&mut out)).map_err(told)? {
            self.sign_in_again()?;
            if !self.runtime.block_on(self.office.take_list(&mut out)).map_err(told)? {
                bail!("직원 확인이 바로 끝났습니다 / the sign-in ended at once");
            }
        }
        out.into_inner()?.sync_all()?;
        audit::check(to, None)
    }
}

/// None where the account has to be made ready first.
fn factors_of(credential: &Credential) -> Result<Option<Factors>> {
    match (&credential.setup, &credential.password, &credential.code_secret) {
        (Some(_), None, None) => Ok(None),
        (None, Some(password), Some(secret)) => {
            let secret = unbase32(secret).context(
                "code_secret: 인증 앱에 넣는 글자가 아닙니다 / not the letters that go into an app",
            )?;
            Ok(Some(Factors { password: password.clone(), secret }))
        }
        _ => bail!(
            "setup이나, password와 code_secret 둘 다를 적어 주십시오 / give setup, or both password and code_secret"
        ),
    }
}

/// Makes an account ready with its set-up code. What it is becoming, password and secret, goes to `keep` before it is used:
/// an account whose secret nobody has is of no use.
pub(super) async fn set_up(
    office: &mut Office,
    login: &str,
    setup: &str,
    keep: impl FnOnce(&str, &str) -> Result<()>,
) -> Result<(Factors, u64)> {
    let random: &dyn Randomness = &SystemRandomness;
    let password = base32(&random.bytes::<PASSWORD_BYTES>());
    let begun = office.begin(login, setup, &password).await.map_err(told)?;
    let secret = unbase32(&begun.secret).context("the page shows no secret")?;
    keep(&password, &begun.secret)?;
    let step = step_at(SystemClock.now());
    office.finish(&begun, &code_of(&secret, step)).await.map_err(told)?;
    Ok((Factors { password, secret }, step))
}

/// What happened, and what to do next.
fn told(fault: Fault) -> Error {
    let (ko, next) = match &fault {
        Fault::Unreached => (
            "직원 화면에 닿지 못했습니다. at의 주소를 보시고, 서비스를 --staff-port와 함께 켜 주십시오",
            "look at the address in `at`, and start the service with --staff-port",
        ),
        Fault::Unreadable => (
            "직원 화면을 읽지 못했습니다. 서비스와 같은 판의 charye를 쓰십시오",
            "use the charye that serves",
        ),
        Fault::SetupCodeWrong => (
            "설정 번호가 맞지 않거나 이미 쓰였습니다. charye staff renew로 새 번호를 받으십시오",
            "get a new one with `charye staff renew`",
        ),
        Fault::NotSetUp => (
            "계정을 준비하지 못했습니다. 두 컴퓨터의 시계를 맞추고 새 설정 번호로 다시 하십시오",
            "set both clocks, and try with a new set-up code",
        ),
        Fault::SignInWrong => (
            "아이디·비밀번호·숫자 6자리 가운데 맞지 않는 것이 있습니다. 시계를 보시고 1분 뒤 다시 하십시오",
            "look at the clocks, and try again in a minute",
        ),
        Fault::MayNotTake => (
            "이 계정은 감사 기록을 받을 수 없습니다. 운영자나 감사 담당자의 계정을 쓰십시오",
            "use an operator's or an auditor's",
        ),
        Fault::NotGiven(_) => ("감사 기록을 받지 못했습니다. 잠시 뒤 다시 하십시오", "try again in a while"),
        Fault::Cut => {
            ("감사 기록이 도중에 끊겼습니다. 서비스가 떠 있는지 보십시오", "see whether the service is up")
        }
        Fault::Unwritten(_) => ("감사 기록을 파일에 쓰지 못했습니다. 디스크를 보십시오", "look at the disk"),
    };
    let words = format!("{ko} / {fault}: {next}");
    match fault {
        Fault::Unwritten(error) => Error::new(error).context(words),
        _ => Error::msg(words),
    }
}

/// Whole or not at all, and for its owner's eyes.
fn keep(file: &Path, credential: &Credential) -> Result<()> {
    let mut beside = PathBuf::from(file).into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
    let mut out: File = options.with_context(|| beside.display().to_string())?;
    out.write_all(toml::to_string(credential)?.as_bytes())?;
    out.sync_all()?;
    fs::rename(&beside, file).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(more: &str) -> Credential {
        toml::from_str(&format!("at = \"127.0.0.1:9\"\nlogin = \"park\"\n{more}")).unwrap()
    }

    #[test]
    fn a_credential_is_a_set_up_code_or_both_factors() {
        assert!(factors_of(&credential("setup = \"ABCD\"")).unwrap().is_none());
        let secret = base32(&[7; 20]);
        let both = format!("password = \"four words\"\ncode_secret = \"{secret}\"");
        assert_eq!(factors_of(&credential(&both)).unwrap().unwrap().secret, [7; 20]);
        for wrong in [
            "",
            "password = \"x\"",
            "password = \"x\"\ncode_secret = \"0\"",
            "setup = \"A\"\npassword = \"x\"",
        ] {
            assert!(factors_of(&credential(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_set_up_code_became_is_kept_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = crate::scratch::Scratch::beside(&std::env::temp_dir()).unwrap();
        let file = folder.path().join("operator.toml");
        fs::write(&file, "x").unwrap();
        keep(&file, &Credential { setup: None, ..credential("password = \"four words\"") }).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("four words") && !text.contains("setup"), "{text}");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
