//! What the page itself says about a failure, and what that makes of it. Only when a step failed
//! anyway, and only what the page clearly shows: a wrong class sends whoever heals it astray.

use super::BrowserSession;
use super::budget::Budget;
use super::quoted::quoted;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Action;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

const WITHIN: Duration = Duration::from_millis(750);

#[derive(Debug, Default, Deserialize)]
struct Explanation {
    /// What the page says in red.
    complaints: Vec<String>,
    /// Fields the browser or the page marks as wrong.
    invalid: Vec<Invalid>,
    /// Whether it asks who one is.
    login: bool,
    /// A test for humans.
    challenge: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Invalid {
    field: String,
    says: String,
}

impl BrowserSession {
    pub(super) async fn explained(&self, failure: Failure, action: Option<&Action>) -> Failure {
        let may_be_more = matches!(
            failure.class,
            ErrorClass::ElementNotFound
                | ErrorClass::ExpectationFailed
                | ErrorClass::NotInteractable
        );
        if !may_be_more {
            return failure;
        }
        let Some(spot) = self.spot_now() else { return failure };
        let budget = Budget::new(WITHIN);
        let explanation: Result<Explanation, _> =
            self.call(&spot, "explain", &json!({}), &budget).await;
        match explanation {
            Ok(explanation) => self.weigh(failure, &explanation, action),
            Err(_) => failure,
        }
    }

    fn weigh(&self, failure: Failure, page: &Explanation, action: Option<&Action>) -> Failure {
        match failure.class {
            ErrorClass::NotInteractable => {
                let by = failure.blocked_by.as_deref().unwrap_or_default().to_lowercase();
                match &page.challenge {
                    Some(test) if by.contains("captcha") || by.contains("challenge") => {
                        challenged(failure, test)
                    }
                    _ => failure,
                }
            }
            ErrorClass::ElementNotFound => match &page.challenge {
                Some(test) => challenged(failure, test),
                None if page.login && self.sent_to_login(action) => wants_login(failure),
                None => failure,
            },
            _ => self.weigh_expectation(failure, page),
        }
    }

    fn weigh_expectation(&self, failure: Failure, page: &Explanation) -> Failure {
        let url = self.url();
        let stayed = url == self.began.url;
        if let Some(test) = &page.challenge
            && page.complaints.is_empty()
            && page.invalid.is_empty()
        {
            return challenged(failure, test);
        }
        if stayed && self.began.pressed && !page.invalid.is_empty() {
            let fields: Vec<String> = page
                .invalid
                .iter()
                .map(|Invalid { field, says }| format!("{field}: {says}"))
                .collect();
            let message = format!(
                "the page does not accept what was entered ({}); {}",
                fields.join(", "),
                failure.message
            );
            return Failure { class: ErrorClass::ValidationRejected, message, ..failure };
        }
        let came_to_login =
            page.login && looks_like_login(&url) && !looks_like_login(&self.began.url);
        if came_to_login && page.complaints.is_empty() {
            return wants_login(failure);
        }
        if page.complaints.is_empty() {
            return self.weigh_script(failure, stayed);
        }
        let said: Vec<String> = page.complaints.iter().map(|text| quoted(text)).collect();
        let message = format!("{}; the page says: {}", failure.message, said.join(", "));
        Failure { message, ..failure }
    }

    /// A press that did nothing, and a script that threw at it: that is why.
    fn weigh_script(&self, failure: Failure, stayed: bool) -> Failure {
        let thrown = self.watched.see(|state| state.journal.thrown.first().cloned());
        match thrown {
            Some(thrown) if stayed && self.began.pressed => {
                let message = format!("the page's script failed ({thrown}); {}", failure.message);
                Failure { class: ErrorClass::ScriptError, message, ..failure }
            }
            _ => failure,
        }
    }

    /// Whether the page asks for a login instead of showing what the step looks for: it was come
    /// to by being sent there, and the step is not itself about logging in.
    fn sent_to_login(&self, action: Option<&Action>) -> bool {
        let about_login = action.and_then(Action::target).is_some_and(|target| {
            let target = target.to_string().to_lowercase();
            [
                "login", "log in", "log_in", "sign in", "signin", "sign-in", "password", "user",
                "email",
            ]
            .iter()
            .any(|word| target.contains(word))
        });
        looks_like_login(&self.url()) && !about_login
    }
}

/// Whether an address is one of a login, by the parts of its path: `/auth/user/add` is not.
fn looks_like_login(url: &str) -> bool {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let url = url.split('?').next().unwrap_or(url);
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let own = path.split('/').skip(1);
    // The address within an application that never loads another page.
    let within = fragment.split('?').next().unwrap_or_default().split('/').skip(1);
    let parts: Vec<String> =
        own.chain(within).filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    let enters = |part: &String| {
        let words: String = part.chars().filter(|letter| !"-_".contains(*letter)).collect();
        ["login", "logon", "signin"].iter().any(|word| words.contains(word))
    };
    let asks = |part: &String| {
        ["auth", "authorize", "authenticate", "sso"]
            .contains(&part.split('.').next().unwrap_or(part))
    };
    parts.iter().any(enters) || parts.last().is_some_and(asks)
}

fn challenged(failure: Failure, test: &str) -> Failure {
    let message = format!("the page wants proof of a human ({test}); {}", failure.message);
    Failure { class: ErrorClass::Challenge, message, ..failure }
}

fn wants_login(failure: Failure) -> Failure {
    let message = format!("the page wants a login first; {}", failure.message);
    Failure { class: ErrorClass::LoginRequired, message, ..failure }
}

#[cfg(test)]
mod tests {
    use super::looks_like_login;

    #[test]
    fn a_login_is_known_by_its_address() {
        for (url, is) in [
            ("https://x.example/admin/login/?next=/admin/", true),
            ("https://x.example/users/sign_in", true),
            ("https://x.example/wp-login.php", true),
            ("https://x.example/realms/a/openid-connect/auth?client_id=b", true),
            ("https://x.example/#/log-in?to=/", true),
            ("https://x.example/auth", true),
            ("https://x.example/admin/auth/user/add/", false),
            ("https://x.example/lessons/?from=/login", false),
            ("https://login.example/orders", false),
            ("about:blank", false),
        ] {
            assert_eq!(looks_like_login(url), is, "{url}");
        }
    }
}
