//! The pages of the staff. Their frame is another than the public's: wider, without the line.

pub mod calls;
pub mod campaign;
pub mod clinics;
pub mod codes;
pub mod days;
pub mod home;
pub mod new_person;
pub mod operator;
pub mod person;
pub mod record;
pub mod review;
pub mod setup;
pub mod sign_in;
pub mod stop;
pub mod times;
pub mod trouble;
pub mod wrap_up;

use super::Chrome;

/// What is around every page of the staff.
#[expect(clippy::struct_excessive_bools, reason = "independent powers, each named where it is given")]
#[derive(Clone, Debug)]
pub struct Frame {
    pub chrome: Chrome,
    /// Who is signed in.
    pub who: Option<String>,
    pub serves_people: bool,
    pub reads_record: bool,
    pub exports: bool,
    pub runs_line: bool,
    pub runs_campaign: bool,
    pub may_stop: bool,
    /// This page in the other language; of the answer to a form, where staff begin.
    pub other_path: String,
    /// For the forms of the page.
    pub csrf: String,
    pub key: String,
}
