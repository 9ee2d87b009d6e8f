//! What the feeder publishes: the index, and the files of each 시·군·구. Read by everybody, written by one.

use super::files::{DistrictFiles, Maker};
use super::{DayPart, Index};
use crate::lang::Lang;
use crate::published::Prepared;
use booking::{Campaign, Country, RegionCode};
use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::Full;
use hyper::http;
use jiff::Timestamp;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, RwLock, RwLockReadGuard};

/// One of the files of a 시·군·구.
#[derive(Debug, Clone, Copy)]
enum File {
    /// By [`DayPart::ALL`].
    Json(usize),
    Page(Lang),
}

pub struct Board {
    index: RwLock<Index>,
    addresses: HashMap<String, (usize, File)>,
    files: Vec<RwLock<Arc<DistrictFiles>>>,
    /// Korean, English.
    search_forms: RwLock<Arc<[Prepared; 2]>>,
}

thread_local! {
    /// Whether this thread reads an index.
    static READS: Cell<bool> = const { Cell::new(false) };
}

/// The index, while nobody changes it.
pub struct Reading<'a>(RwLockReadGuard<'a, Index>);

impl Deref for Reading<'_> {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.0
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        READS.set(false);
    }
}

impl Board {
    /// With files that say of every clinic that nothing is known yet.
    pub(super) fn new(country: Arc<Country>, campaign: &Campaign, maker: &Maker, now: Timestamp) -> Self {
        let index = Index::new(country, campaign);
        let mut addresses = HashMap::new();
        let mut files = Vec::new();
        for (number, district) in index.districts().iter().enumerate() {
            let code = district.code;
            for (position, part) in DayPart::ALL.into_iter().enumerate() {
                addresses.insert(json_address(code, part), (number, File::Json(position)));
            }
            for lang in [Lang::Ko, Lang::En] {
                addresses.insert(lang.href(&format!("/regions/{code}")), (number, File::Page(lang)));
            }
            files.push(RwLock::new(Arc::new(maker.make(&index, district, now))));
        }
        let search_forms = RwLock::new(Arc::new(search_forms(&index, maker, now)));
        Self { index: RwLock::new(index), addresses, files, search_forms }
    }

    /// To read, once at a time.
    ///
    /// # Panics
    /// Where the thread reads already. A second reader waits for a change that wants to be made in between, which waits
    /// for the first reader: the thread, and soon everybody who reads, would stand still for ever. That is how the desk
    /// of a rehearsed call centre died (24 November 2026); a panic ends one request.
    pub fn index(&self) -> Reading<'_> {
        assert!(!READS.replace(true), "this thread reads the index already");
        Reading(self.index.read().expect("nothing panics while the index is changed"))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Index)) {
        change(&mut self.index.write().expect("nothing panics while the index is changed"));
    }

    pub(super) fn publish(&self, district: usize, made: DistrictFiles) {
        *self.files[district].write().expect("nothing panics while publishing") = Arc::new(made);
    }

    pub(super) fn publish_search_forms(&self, maker: &Maker, now: Timestamp) {
        let made = Arc::new(search_forms(&self.index(), maker, now));
        *self.search_forms.write().expect("nothing panics while publishing") = made;
    }

    /// The search before anything was asked for.
    pub fn search_form(&self, lang: Lang, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let forms = Arc::clone(&self.search_forms.read().expect("nothing panics while publishing"));
        match lang {
            Lang::Ko => forms[0].respond(asked),
            Lang::En => forms[1].respond(asked),
        }
    }

    /// The file of an address, from memory; None when it is none of ours.
    pub fn respond(&self, path: &str, asked: &HeaderMap) -> Option<Response<Full<Bytes>>> {
        self.with_file(path, |file| file.respond(asked))
    }

    /// Every file with its address, for those who measure.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        self.addresses.keys().filter_map(|path| {
            let (raw, packed) = self.with_file(path, |file| (file.len(), file.packed_len()))?;
            Some((path.as_str(), raw, packed))
        })
    }

    fn with_file<T>(&self, path: &str, look: impl FnOnce(&Prepared) -> T) -> Option<T> {
        let (district, file) = *self.addresses.get(path)?;
        let files = Arc::clone(&self.files[district].read().expect("nothing panics while publishing"));
        Some(look(match file {
            File::Json(part) => &files.json[part],
            File::Page(Lang::Ko) => &files.page_ko,
            File::Page(Lang::En) => &files.page_en,
        }))
    }
}

fn json_address(sigungu: RegionCode, part: DayPart) -> String {
    match part {
        DayPart::Whole => format!("/availability/{sigungu}.json"),
        DayPart::Morning | DayPart::Afternoon => format!("/availability/{sigungu}.{}.json", part.name()),
    }
}

fn search_forms(index: &Index, maker: &Maker, now: Timestamp) -> [Prepared; 2] {
    [Lang::Ko, Lang::En].map(|lang| maker.search_form(index, now, lang))
}
