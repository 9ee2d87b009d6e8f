//! What is shown when the machine, the address or the form is at fault, not the person.

use super::Chrome;
use askama::Template;

/// 503 and its like: says that the place is kept and tries again by itself.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/trouble.html", whitespace = "minimize")]
pub struct TroublePage {
    pub chrome: Chrome,
    /// The page asks again after so many seconds; spread by the server.
    pub retry_seconds: u32,
    /// A page that can be asked for with GET, also after a POST.
    pub retry_href: String,
    /// What an agent can look up.
    pub support_code: String,
}

/// 404.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/not_found.html", whitespace = "minimize")]
pub struct NotFoundPage {
    pub chrome: Chrome,
}

/// 400: the field is named and the problem is said in the language of the page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/bad_request.html", whitespace = "minimize")]
pub struct BadRequestPage {
    pub chrome: Chrome,
    pub field: String,
    pub problem: String,
    /// Where the form is.
    pub back_href: String,
}

/// 403: the form is too old or came from elsewhere.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/form_expired.html", whitespace = "minimize")]
pub struct FormExpiredPage {
    pub chrome: Chrome,
    pub back_href: String,
}
