//! The identity check: what is typed, and the code that comes to the phone.
use super::page::Page;
use super::people::Person;
use anyhow::{Context, Result, ensure};
use fantoccini::Locator;

/// First with two mistakes in the form and one in the code.
pub(super) async fn with_mistakes(page: &Page<'_>, person: Person) -> Result<()> {
    page.arrive("본인확인", "identity").await?;
    page.stays(&["label"]).await?;
    fill(page, Person { number: "641332-1000000", phone: "010-12", ..person }).await?;
    page.press("인증번호 받기").await?;
    page.see("입력하신 내용을 확인해 주십시오").await?;
    page.look("identity-mistakes").await?;
    for (name, typed) in [("name", person.name), ("number", "641332-1000000"), ("phone", "010-12")] {
        let kept = page.typed(name).await?;
        ensure!(kept == typed, "`{name}` held “{typed}” and now “{kept}”");
    }
    page.shows_error_at("number").await?;
    page.shows_error_at("phone").await?;

    fill(page, person).await?;
    page.press("인증번호 받기").await?;
    page.arrive("인증번호 입력", "code").await?;
    page.stays(&[".lead"]).await?;
    let code = code_on_the_phone(page, person).await?;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    page.fill("code", wrong).await?;
    page.press("확인").await?;
    page.see("인증번호가 다릅니다. 4번 더").await?;
    page.look("code-wrong").await?;
    page.shows_error_at("code").await?;
    page.fill("code", &code).await?;
    page.press("확인").await
}

/// The words of the page, in its language.
pub(super) struct Words {
    pub(super) send: &'static str,
    pub(super) enter_code: &'static str,
    pub(super) confirm: &'static str,
}

pub(super) const KOREAN: Words =
    Words { send: "인증번호 받기", enter_code: "인증번호 입력", confirm: "확인" };
pub(super) const ENGLISH: Words =
    Words { send: "Send me a code", enter_code: "Enter the code", confirm: "Confirm" };

pub(super) async fn prove(page: &Page<'_>, person: Person, words: &Words) -> Result<()> {
    fill(page, person).await?;
    page.press(words.send).await?;
    page.see(words.enter_code).await?;
    let code = code_on_the_phone(page, person).await?;
    page.fill("code", &code).await?;
    page.press(words.confirm).await
}

pub(super) async fn fill(page: &Page<'_>, person: Person) -> Result<()> {
    page.fill("name", person.name).await?;
    page.fill("number", person.number).await?;
    page.fill("phone", person.phone).await
}

/// The newest code for this phone, looked up in another tab, as the page advises.
async fn code_on_the_phone(page: &Page<'_>, person: Person) -> Result<String> {
    let client = &page.browser.client;
    let here = client.window().await?;
    let outbox = client.new_window(true).await.context("a tab for the outbox")?.handle;
    client.switch_to_window(outbox).await?;
    page.visit("/outbox").await?;
    let path = format!("//article[contains(., '{}')]//p[@class='code']", person.phone_masked());
    let code = client.find(Locator::XPath(&path)).await.context("no code on the phone")?.text().await?;
    client.close_window().await?;
    client.switch_to_window(here).await?;
    Ok(code)
}
