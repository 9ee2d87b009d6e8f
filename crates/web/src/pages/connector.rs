//! What people see at a site that is not ours, where neither the site nor the line can be shown.

use crate::lang::Lang;
use askama::Template;
use bytes::Bytes;

/// Why nothing else is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// No news of the line, so nobody can be let in.
    LineSilent,
    /// The site behind the connector does not answer.
    SiteSilent,
    /// The browser kept no cookie, or the way through the line took too long.
    BeginAgain,
}

#[derive(Clone, Debug, Template)]
#[template(path = "pages/connector.html", whitespace = "minimize")]
pub struct ConnectorPage {
    pub lang: Lang,
    pub hindrance: Hindrance,
    /// The site, as people know it.
    pub name: String,
    /// Where the line is.
    pub line: String,
    /// Asks again by itself.
    pub renews: bool,
}

impl ConnectorPage {
    pub fn new(lang: Lang, hindrance: Hindrance, name: String, line: String) -> Self {
        Self { lang, hindrance, name, line, renews: hindrance != Hindrance::BeginAgain }
    }

    pub fn html(&self) -> Bytes {
        self.render().expect("templates write to memory only").into()
    }

    fn title(&self) -> &'static str {
        let (ko, en) = match self.hindrance {
            Hindrance::LineSilent => ("잠시만 기다려 주십시오", "One moment, please"),
            Hindrance::SiteSilent => ("사이트가 응답하지 않습니다", "The site does not answer"),
            Hindrance::BeginAgain => ("다시 한 번 들어와 주십시오", "Please come in once more"),
        };
        self.lang.t(ko, en)
    }

    fn what(&self) -> &'static str {
        let (ko, en) = match self.hindrance {
            Hindrance::LineSilent => (
                "대기열 소식이 늦어지고 있어 지금은 아무도 들어갈 수 없습니다. 10초 뒤 저절로 다시 시도합니다.",
                "News of the line is late, so nobody can go in just now. This page tries again in 10 seconds.",
            ),
            Hindrance::SiteSilent => (
                "이용하시는 분의 잘못이 아닙니다. 10초 뒤 저절로 다시 시도합니다.",
                "It is not your fault. This page tries again in 10 seconds.",
            ),
            Hindrance::BeginAgain => (
                "들어오는 데 시간이 너무 오래 걸렸거나, 이 브라우저가 쿠키를 저장하지 않습니다. 쿠키를 막으셨다면 허용하신 뒤 다시 시도해 주십시오.",
                "The way in took too long, or this browser keeps no cookies. If cookies are blocked, allow them and try again.",
            ),
        };
        self.lang.t(ko, en)
    }

    fn kept(&self) -> &'static str {
        let (ko, en) = match self.hindrance {
            Hindrance::LineSilent | Hindrance::BeginAgain => (
                "대기 순서는 그대로입니다. 여러 번 누르지 않으셔도 됩니다.",
                "Your place in line is kept. There is no need to press again and again.",
            ),
            Hindrance::SiteSilent => (
                "들어오신 자격은 그대로입니다. 다시 줄을 서지 않으셔도 됩니다.",
                "Your turn is kept. You need not stand in line again.",
            ),
        };
        self.lang.t(ko, en)
    }
}
