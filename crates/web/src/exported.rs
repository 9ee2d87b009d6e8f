//! What any web server can say when every process of ours has gone: the apology, the pages of information, the files of
//! regions and clinics. Made from the same templates, and addressed as the living service addresses them; a page has
//! `.html` at its end.

use crate::journey::help::help_page;
use crate::lang::Lang;
use crate::pages::parts::LineOrder;
use crate::pages::trouble::TroublePage;
use crate::pages::{Assets, Chrome};
use crate::static_plane::StaticPlane;
use booking::Country;
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An apology asks again by itself; whoever sees one is not told to come at the moment at which everybody else is.
const RETRY_SECONDS: [u32; 4] = [20, 27, 34, 41];
/// What an agent can look up: no process answered.
const SUPPORT_CODE: &str = "906-000000";

pub struct Export<'a> {
    pub country: &'a Country,
    pub order: LineOrder,
    pub demo: bool,
    pub made_at: Timestamp,
}

impl Export<'_> {
    /// Every file by its path, without a slash before it.
    pub fn files(&self) -> BTreeMap<String, Bytes> {
        let (assets, mut known) = crate::assets::assets();
        let Self { country, order, demo, made_at } = *self;
        known.extend(StaticPlane { country, assets, demo, made_at }.files());
        let mut files: BTreeMap<String, Bytes> = known
            .into_iter()
            .map(|(path, file)| (file_name(&path), Bytes::copy_from_slice(file.text())))
            .collect();
        for lang in [Lang::Ko, Lang::En] {
            let help = help_page(self.chrome(lang, "/help", assets), country.campaigns()[0].limits, order);
            files.insert(file_name(&lang.href("/help")), rendered(&help));
            let apology = |renews, retry_seconds| {
                rendered(&TroublePage {
                    chrome: Chrome { renews, ..self.chrome(lang, "/wait", assets) },
                    retry_seconds,
                    retry_href: lang.href("/wait"),
                    support_code: SUPPORT_CODE.to_owned(),
                })
            };
            for (number, seconds) in RETRY_SECONDS.iter().enumerate() {
                files.insert(format!("apology-{}-{number}.html", lang.code()), apology(true, *seconds));
            }
            files.insert(format!("apology-{}-still.html", lang.code()), apology(false, RETRY_SECONDS[0]));
        }
        files
    }

    fn chrome(&self, lang: Lang, path: &str, assets: Assets) -> Chrome {
        Chrome::for_everybody(lang, path.to_owned(), self.demo, assets, self.made_at).without_clock()
    }
}

fn rendered(page: &impl askama::Template) -> Bytes {
    page.render().expect("templates write to memory only").into()
}

fn file_name(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let is_page = !path.rsplit('/').next().unwrap_or(path).contains('.');
    if is_page { format!("{path}.html") } else { path.to_owned() }
}
