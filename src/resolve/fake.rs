//! A web for tests: a fixed table of answers, loud about every URL that is not in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::document::Why;
use super::fetch::{Answer, Order, Taken};

/// A closed web. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct FakeWeb(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    pages: BTreeMap<String, Page>,
    asked: Vec<String>,
    taken: Vec<(String, Vec<u8>)>,
}

#[derive(Clone, Debug)]
enum Page {
    Answer { status: u16, content_type: String, body: Vec<u8>, etag: Option<String> },
    Redirect(String),
    Failure(Why),
}

impl FakeWeb {
    /// An empty web.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves `body` with status 200 at `url`.
    pub fn page(&self, url: &str, content_type: &str, body: impl Into<Vec<u8>>) -> &Self {
        self.answer(url, 200, content_type, body)
    }

    /// Serves `body` with `status` at `url`.
    pub fn answer(
        &self,
        url: &str,
        status: u16,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> &Self {
        let content_type = content_type.to_owned();
        self.put(url, Page::Answer { status, content_type, body: body.into(), etag: None })
    }

    /// Serves `body` at `url` under an `ETag`; who has it already is told so (304).
    pub fn tagged(&self, url: &str, etag: &str, body: impl Into<Vec<u8>>) -> &Self {
        let (content_type, etag) = ("application/json".to_owned(), Some(etag.to_owned()));
        self.put(url, Page::Answer { status: 200, content_type, body: body.into(), etag })
    }

    /// Sends who asks for `url` to `to`.
    pub fn redirect(&self, url: &str, to: &str) -> &Self {
        self.put(url, Page::Redirect(to.to_owned()))
    }

    /// Lets every request for `url` end this way.
    pub fn failure(&self, url: &str, why: Why) -> &Self {
        self.put(url, Page::Failure(why))
    }

    /// Every URL that was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }

    /// Every message that was brought, with the URL it was brought to, in order.
    pub fn taken(&self) -> Vec<(String, Vec<u8>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).taken.clone()
    }

    fn put(&self, url: &str, page: Page) -> &Self {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.pages.insert(url.to_owned(), page);
        self
    }

    fn page_at(&self, url: &str) -> Option<Page> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.asked.push(url.to_owned());
        inner.pages.get(url).cloned()
    }

    #[expect(clippy::panic, reason = "a test that writes to a URL it did not foresee is wrong")]
    pub(super) fn post(&self, url: &url::Url, body: &[u8]) -> Result<Taken, Why> {
        let page = self.page_at(url.as_str());
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.taken.push((url.to_string(), body.to_vec()));
        match page {
            None => panic!("the fake web has no page at {url}"),
            Some(Page::Failure(why)) => Err(why),
            Some(Page::Redirect(_)) => Ok(Taken { status: 302, retry_after: None }),
            Some(Page::Answer { status, .. }) => Ok(Taken { status, retry_after: None }),
        }
    }

    #[expect(clippy::panic, reason = "a test that asks for a URL it did not foresee is wrong")]
    pub(super) fn get(&self, order: &Order<'_>) -> Result<Answer, Why> {
        let mut url = order.url.to_string();
        let mut crossed_origin = false;
        for _ in 0..=super::budget::REDIRECTS {
            match self.page_at(&url) {
                None => panic!("the fake web has no page at {url}"),
                Some(Page::Failure(why)) => return Err(why),
                Some(Page::Redirect(to)) => {
                    let next = super::form::check(&to).map_err(Why::Form)?;
                    crossed_origin |= next.origin() != order.url.origin();
                    url = to;
                }
                Some(Page::Answer { body, .. }) if body.len() > order.kind.limit() => {
                    return Err(Why::TooBig(order.kind.limit()));
                }
                Some(Page::Answer { status, content_type, body, etag }) => {
                    let known = etag.is_some() && etag.as_deref() == order.etag;
                    let (status, bytes) = if known { (304, Vec::new()) } else { (status, body) };
                    return Ok(Answer {
                        status,
                        final_url: url,
                        crossed_origin,
                        content_type: Some(content_type),
                        cache_control: None,
                        etag,
                        bytes,
                    });
                }
            }
        }
        Err(Why::RedirectLoop)
    }
}
