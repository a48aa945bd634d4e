//! Judging what came of going somewhere.

use super::BrowserSession;
use super::budget::Budget;
use super::state::{Document, Load, State};
use domain::failure::{ErrorClass, Failure};
use std::time::Duration;

/// How long the browser may take to show a page of its own.
const ERROR_PAGE_WITHIN: Duration = Duration::from_secs(1);

impl BrowserSession {
    /// Judges the document that came. After a click, a site that refuses what was entered often
    /// says so with the form and a status of 400 or 422: that is for the step's conditions.
    pub(super) fn judge(&self, lenient: bool) -> Result<(), Failure> {
        let Some(document) = self.watched.see(|state| state.tab().map(|tab| tab.document.clone()))
        else {
            return Ok(());
        };
        let Document { url, status, unreachable, .. } = document;
        if let Some(wanted) = unreachable.as_deref()
            && status.is_none()
        {
            return Err(self.cannot_reach(wanted, "the browser shows an error page"));
        }
        let wanted = unreachable.unwrap_or(url);
        match status {
            Some(403 | 502) if self.egress_trouble(&wanted, self.began.at).is_some() => {
                Err(self.cannot_reach(&wanted, "refused"))
            }
            Some(400 | 409 | 422) if lenient => Ok(()),
            Some(status @ 400..) => Err(http_failure(&wanted, status)),
            _ => Ok(()),
        }
    }

    /// What an error of the browser's network code means; `None` when it means nothing bad.
    pub(super) async fn unreachable(&self, url: &str, error: &str) -> Option<Failure> {
        // An answer with an error status and no text: the browser makes up a page for it.
        if error.contains("ERR_HTTP_RESPONSE_CODE_FAILURE") {
            let shown = |state: &State| {
                let idle = state.tab()?.load == Load::Idle;
                (idle || state.is_dead()).then_some(())
            };
            self.watched.until(Budget::new(ERROR_PAGE_WITHIN).deadline, shown).await;
            return self.judge(false).err();
        }
        if error.contains("ERR_ABORTED") {
            return None;
        }
        Some(self.cannot_reach(url, error))
    }

    /// The loader of the document that is shown.
    pub(super) fn document(&self) -> String {
        self.watched
            .see(|state| state.tab().map(|tab| tab.document.loader.clone()))
            .unwrap_or_default()
    }

    /// What is wrong when the browser was sent somewhere, was answered, and shows what it showed
    /// before: no file was given either.
    pub(super) fn came_to_nothing(&self, url: &str, came_from: &str) -> Option<Failure> {
        let status = self.watched.see(|state| {
            let tab = state.tab()?;
            let moved = tab.document.loader != came_from || tab.load != Load::Idle;
            if moved || !state.journal.downloads.is_empty() {
                return None;
            }
            tab.stillborn.as_ref()?.status
        })?;
        let message = format!("{url} answered with HTTP {status} and no document");
        Some(Failure::new(ErrorClass::NavigationFailed, message).lasting())
    }

    fn cannot_reach(&self, url: &str, error: &str) -> Failure {
        let failed = |why: &str| {
            Failure::new(ErrorClass::NavigationFailed, format!("{url} cannot be opened: {why}"))
        };
        match self.egress_trouble(url, self.began.at) {
            Some(trouble) if trouble.refused => failed(&trouble.message).lasting(),
            Some(trouble) => failed(&trouble.message),
            None => failed(&in_words(error)),
        }
    }

    pub(super) fn still_loading(&self, budget: &Budget) -> Failure {
        let url = self.watched.see(|state| {
            let tab = state.tab()?;
            match &tab.load {
                Load::Under { loader } => tab.answers.get(loader).map(|answer| answer.url.clone()),
                _ => Some(tab.url.clone()),
            }
        });
        let url = url.unwrap_or_else(|| self.url());
        Failure::new(
            ErrorClass::Timeout,
            format!("the document at {url} was not loaded within {}", budget.shown()),
        )
    }
}

/// Nothing came in time.
pub(super) fn no_answer(url: &str, budget: &Budget) -> Failure {
    Failure::new(ErrorClass::Timeout, format!("{url} did not answer within {}", budget.shown()))
}

fn http_failure(url: &str, status: u16) -> Failure {
    let (class, means) = match status {
        429 => (ErrorClass::RateLimited, "too many requests"),
        401 => (ErrorClass::LoginRequired, "the page wants a login"),
        403 => (ErrorClass::HttpError, "forbidden"),
        404 | 410 => (ErrorClass::HttpError, "there is no such page"),
        503 => (ErrorClass::HttpError, "the site is not available now"),
        500.. => (ErrorClass::HttpError, "the server failed"),
        _ => (ErrorClass::HttpError, "the server refused the request"),
    };
    let failure = Failure::new(class, format!("{url} answered with HTTP {status}: {means}"));
    match status {
        408 | 425 | 429 | 500.. => failure,
        _ => failure.lasting(),
    }
}

fn in_words(error: &str) -> String {
    let known = [
        ("ERR_CONNECTION_REFUSED", "nothing listens at that address"),
        ("ERR_NAME_NOT_RESOLVED", "the host name does not resolve"),
        ("ERR_TUNNEL_CONNECTION_FAILED", "no connection could be made"),
        ("ERR_CONNECTION_RESET", "the server closed the connection"),
        ("ERR_EMPTY_RESPONSE", "the server sent no answer"),
        ("ERR_CERT", "its certificate is not valid"),
        ("ERR_SSL", "no secure connection could be made"),
        ("ERR_TOO_MANY_REDIRECTS", "it redirects in a circle"),
        ("ERR_BLOCKED_BY_CLIENT", "the request was refused"),
        ("ERR_UNSAFE_PORT", "browsers do not open that port"),
        ("ERR_UNKNOWN_URL_SCHEME", "browsers do not know that kind of address"),
    ];
    let meaning = known.iter().find(|(name, _)| error.contains(name)).map(|(_, meaning)| meaning);
    match meaning {
        Some(meaning) => format!("{meaning} ({error})"),
        None => error.to_owned(),
    }
}
