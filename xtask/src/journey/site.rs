//! A site of three pages on this machine, to try the harness on before and without the real one.
use super::browser::Browser;
use super::page::Page;
use super::screen::{Engine, Screen};
use super::sound;
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

const FORM: &str = "<h1>양식</h1><p id=script>꺼짐</p>
<form method=post action=/sent>
<input name=name value=지울것> <select name=dose><option>1차<option>2차</select>
<label><input type=checkbox name=agree value=yes> 동의</label>
<button> 보내기 </button></form>
<p style='margin-top:2000px'>끝</p>
<script>document.getElementById('script').textContent = '켜짐'; nothing()</script>";

pub(super) async fn try_harness(engine: Engine) -> Result<()> {
    let port = serve()?;
    for screen in engine.all_screens() {
        let browser = Browser::open(screen).await?;
        let dir = super::screens_dir(&format!("harness-{screen}"))?;
        let page = Page::new(&browser, &format!("http://127.0.0.1:{port}"), &dir);
        let walked = walk(&page, screen).await;
        page.finish(walked).await?;
        check_picture(&browser, screen).await?;
        browser.close().await?;
        println!("journey --harness: {screen} works");
    }
    Ok(())
}

async fn walk(page: &Page<'_>, screen: Screen) -> Result<()> {
    page.visit("/").await?;
    let expected = if screen.scripts.are_on() { "켜짐" } else { "꺼짐" };
    let scripts = page.text("#script").await?;
    ensure!(scripts == expected, "scripts are {scripts}, not {expected}");
    let tells = screen.scripts.are_on() && screen.engine.cannot().is_empty();
    let complaints = page.browser.complaints().await?;
    ensure!(complaints.is_empty() != tells, "the browser complains about {complaints:?}");
    page.stays(&[]).await?;
    ensure!(page.stays(&["#count"]).await.is_err(), "a changed page counts as the same");
    ensure!(sound::check(page.browser).await.is_err(), "a field without a label counts as sound");
    ensure!(page.press("없는 단추").await.is_err(), "a button that is not there was pressed");
    page.fill("name", "홍길동").await?;
    page.fill("dose", "2차").await?;
    page.choose("agree", "yes").await?;
    page.keep_picture("form").await?;
    page.press("보내기").await?;
    page.see("name=%ED%99%8D%EA%B8%B8%EB%8F%99&dose=2%EC%B0%A8&agree=yes").await?;
    ensure!(page.path().await? == "/sent", "the form went elsewhere");
    page.press("처음으로").await?;
    page.see("양식").await
}

/// Width of the screen, height of the page: bytes 16 to 24 of a PNG.
async fn check_picture(browser: &Browser, screen: Screen) -> Result<()> {
    let picture = browser.picture().await?;
    let number =
        |at: usize| -> Option<u32> { Some(u32::from_be_bytes(picture.get(at..at + 4)?.try_into().ok()?)) };
    let (width, height) = (number(16).context("no PNG")?, number(20).context("no PNG")?);
    let wanted = screen.width.pixels();
    ensure!(width.abs_diff(wanted) <= 15, "the picture is {width} wide, the screen {wanted}");
    ensure!(height > 2_000, "the picture is {height} high: not the whole page");
    Ok(())
}

fn serve() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for (count, stream) in listener.incoming().flatten().enumerate() {
            // A browser opens connections in advance; and one that goes away mid-answer is no concern.
            thread::spawn(move || answer(stream, count).ok());
        }
    });
    Ok(port)
}

fn answer(mut stream: TcpStream, count: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let mut lines = head.lines().map(str::to_ascii_lowercase);
    let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    let page = if head.starts_with("POST /sent ") {
        format!("<h1>받음</h1><p>{}</p><a href=/>처음으로</a>", body.replace('&', "&amp;"))
    } else {
        format!("{FORM}<p id=count>{count}</p>")
    };
    let page = format!(
        "<!doctype html><html lang=ko><meta charset=utf-8><meta name=viewport content='width=device-width'>{page}"
    );
    let length = page.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {length}\r\n\r\n{page}")
}
