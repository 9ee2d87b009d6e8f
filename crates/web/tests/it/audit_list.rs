//! The audit record as auditors and operators take it away: the same list that the command line writes, sent as fast as
//! it is read and no faster.

use crate::ledger::Mood;
use crate::site::Site;
use crate::staff::{Desk, on_duty, record_of};
use booking::{Act, Channel, LookUp, Origin, StaffId};
use store::{AsStaff, AuditHead, Command, Request, StaffAct};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use web::audit_list::Line;
use web::staff::account::Role;

/// Many times what the sockets between the two take.
const MANY: usize = 30_000;
/// As the service reads them.
const PAGE: u64 = 512;

async fn looks(site: &Site, staff: StaffId, times: usize) {
    for _ in 0..times {
        let from = Origin { channel: Channel::Phone, sealed: vec![7; 48] };
        let act = StaffAct::LookUp { what: LookUp::DayList, whose: None };
        let command: Command = AsStaff { staff, from, why: Vec::new(), act }.into();
        site.app.store.execute(Request::from(command)).await.unwrap().unwrap();
    }
}

/// Somebody who reads slowly, as far as the end of the head.
struct Reader {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Reader {
    async fn ask(site: &Site, desk: &Desk, path: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        let mut stream = socket.connect(site.staff_address).await.unwrap();
        let cookie = &desk.jar["charye-staff"];
        let request = format!("GET {path} HTTP/1.1\r\nhost: desk\r\ncookie: charye-staff={cookie}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let (mut stream, mut head) = (BufReader::new(stream), String::new());
        while !head.ends_with("\r\n\r\n") {
            assert!(stream.read_line(&mut head).await.unwrap() > 0, "{head}");
        }
        Self { stream, head }
    }

    /// The rest; an error where it was cut.
    async fn body(mut self) -> Result<String, String> {
        let mut body = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.map_err(|error| error.to_string())?;
            let size = usize::from_str_radix(line.trim_end(), 16);
            let size = size.map_err(|_| String::from_utf8_lossy(&body).into_owned())?;
            let mut chunk = vec![0; size + 2];
            let read = self.stream.read_exact(&mut chunk).await;
            read.map_err(|_| String::from_utf8_lossy(&body).into_owned())?;
            if size == 0 {
                return Ok(String::from_utf8(body).unwrap());
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }
}

/// What a list of these events has to say, letter by letter.
async fn expected(site: &Site, since: u64) -> String {
    let events = site.app.store.audit_since(0, usize::MAX).await.unwrap();
    let head_after = |seq: u64| match events.iter().find(|event| event.seq == seq) {
        None => AuditHead::begin(1),
        Some(event) => AuditHead { incarnation: 1, seq, hash: event.hash },
    };
    let mut text = Vec::new();
    Line::begin(&head_after(since)).write(&mut text);
    events.iter().filter(|event| event.seq > since).for_each(|event| Line::event(event).write(&mut text));
    Line::end(&head_after(events.len() as u64)).write(&mut text);
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn an_auditor_and_an_operator_take_the_whole_record_and_that_is_on_record() {
    let site = Site::new();
    site.open().await;
    for (login, role) in [("gam", Role::Auditor), ("park", Role::Operator)] {
        let (mut desk, id) = on_duty(&site, login, role, "all").await;
        looks(&site, id, 2 * PAGE as usize + 3).await;
        assert!(desk.get(&site, "/desk").await.body.contains("href=\"/desk/audit\""), "{role:?}");
        let reader = Reader::ask(&site, &desk, "/desk/audit").await;
        assert!(
            reader.head.starts_with("HTTP/1.1 200") && reader.head.contains("no-store"),
            "{}",
            reader.head
        );
        let list = reader.body().await.unwrap();
        assert_eq!(list, expected(&site, 0).await);
        let last = record_of(&site, id).await.pop().unwrap();
        assert_eq!(last.entry.what, Act::LookedUp(LookUp::Export));
        assert!(list.contains(&format!("{{\"event\":{{\"seq\":{},", last.seq)), "it is in the list itself");
    }
}

#[tokio::test]
async fn what_came_after_an_event_is_a_list_of_its_own_and_beyond_the_end_there_is_none() {
    let site = Site::new();
    site.open().await;
    let (mut desk, id) = on_duty(&site, "gam", Role::Auditor, "all").await;
    looks(&site, id, 20).await;
    for since in [1, 7, 20] {
        let list =
            Reader::ask(&site, &desk, &format!("/desk/audit?since={since}")).await.body().await.unwrap();
        assert_eq!(list, expected(&site, since).await);
    }
    for nowhere in ["1000000", "-1", "x", ""] {
        let answer = desk.get(&site, &format!("/desk/audit?since={nowhere}")).await;
        assert_eq!(answer.status, 404, "{nowhere}");
    }
}

/// A service that collected the list first would have asked for all of it before the first line was read.
#[tokio::test]
async fn no_more_is_read_than_is_taken_and_a_list_that_breaks_off_has_no_end() {
    let site = Site::new();
    site.open().await;
    let (desk, id) = on_duty(&site, "gam", Role::Auditor, "all").await;
    looks(&site, id, MANY).await;
    let before = site.ledger.asked();
    let reader = Reader::ask(&site, &desk, "/desk/audit").await;
    site.ledger.feel(Mood::Gone);
    let told = reader.body().await.unwrap_err();
    let asked = site.ledger.asked() - before;
    assert!(asked < MANY as u64 / PAGE / 2, "{asked} times");
    assert!(told.starts_with("{\"begin\":") && !told.contains("{\"end\":"), "{} bytes", told.len());
}

#[tokio::test]
async fn a_third_list_at_once_is_told_to_ask_again() {
    let site = Site::new();
    site.open().await;
    let (mut desk, id) = on_duty(&site, "gam", Role::Auditor, "all").await;
    looks(&site, id, MANY).await;
    let readers =
        [Reader::ask(&site, &desk, "/desk/audit").await, Reader::ask(&site, &desk, "/desk/audit").await];
    let third = desk.get(&site, "/desk/audit").await;
    assert!(third.status == 503 && !third.header("retry-after").is_empty(), "{third:?}");
    for reader in readers {
        reader.body().await.unwrap();
    }
    Reader::ask(&site, &desk, "/desk/audit?since=1").await.body().await.unwrap();
}

#[tokio::test]
async fn nothing_is_answered_where_the_ledger_is_not_there() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "gam", Role::Auditor, "all").await;
    site.ledger.feel(Mood::Gone);
    assert_eq!(desk.get(&site, "/desk/audit").await.status, 503);
}
