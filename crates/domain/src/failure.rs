//! What went wrong, as data: with a step ([`Failure`]), and with a task ([`TaskFailure`]).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of trouble a step met. These names are part of the public API.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Nothing matches the target.
    ElementNotFound,
    /// More than one element matches the target.
    AmbiguousMatch,
    /// The element is hidden, disabled, moving or covered.
    NotInteractable,
    /// The element left the page while it was acted upon.
    Detached,
    /// The page could not be loaded.
    NavigationFailed,
    /// The page answered with an HTTP error.
    HttpError,
    /// It took longer than it may.
    Timeout,
    /// The step was carried out, and what was expected of it does not hold.
    ExpectationFailed,
    /// The page refused what was entered.
    ValidationRejected,
    /// A dialog is in the way.
    DialogBlocked,
    /// The page wants a login first.
    LoginRequired,
    /// The page wants proof of a human: a captcha, a second factor.
    Challenge,
    /// The site says: too many requests.
    RateLimited,
    /// A download did not arrive.
    DownloadFailed,
    /// The page's own script failed.
    ScriptError,
    /// The browser or the tab died.
    BrowserCrashed,
    /// None of these.
    Unclassified,
}

impl ErrorClass {
    /// Every class.
    pub const ALL: [Self; 17] = [
        Self::ElementNotFound,
        Self::AmbiguousMatch,
        Self::NotInteractable,
        Self::Detached,
        Self::NavigationFailed,
        Self::HttpError,
        Self::Timeout,
        Self::ExpectationFailed,
        Self::ValidationRejected,
        Self::DialogBlocked,
        Self::LoginRequired,
        Self::Challenge,
        Self::RateLimited,
        Self::DownloadFailed,
        Self::ScriptError,
        Self::BrowserCrashed,
        Self::Unclassified,
    ];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ElementNotFound => "element_not_found",
            Self::AmbiguousMatch => "ambiguous_match",
            Self::NotInteractable => "not_interactable",
            Self::Detached => "detached",
            Self::NavigationFailed => "navigation_failed",
            Self::HttpError => "http_error",
            Self::Timeout => "timeout",
            Self::ExpectationFailed => "expectation_failed",
            Self::ValidationRejected => "validation_rejected",
            Self::DialogBlocked => "dialog_blocked",
            Self::LoginRequired => "login_required",
            Self::Challenge => "challenge",
            Self::RateLimited => "rate_limited",
            Self::DownloadFailed => "download_failed",
            Self::ScriptError => "script_error",
            Self::BrowserCrashed => "browser_crashed",
            Self::Unclassified => "unclassified",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Whether a step that failed so had not done anything to the page yet.
    #[must_use]
    pub const fn touched_nothing(self) -> bool {
        matches!(self, Self::ElementNotFound | Self::AmbiguousMatch | Self::NotInteractable)
    }

    /// Whether the trouble lies where nothing that is done on a page reaches: a remedy of another
    /// trouble gets past none of these.
    #[must_use]
    pub const fn is_beyond_the_page(self) -> bool {
        matches!(
            self,
            Self::NavigationFailed
                | Self::HttpError
                | Self::LoginRequired
                | Self::Challenge
                | Self::RateLimited
                | Self::BrowserCrashed
        )
    }

    /// Whether the same attempt, made again later on a fresh browser, may well succeed: the trouble
    /// lies with the network, the server or the browser, not with the step.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        match self {
            Self::NavigationFailed
            | Self::HttpError
            | Self::Timeout
            | Self::RateLimited
            | Self::DownloadFailed
            | Self::BrowserCrashed => true,
            Self::ElementNotFound
            | Self::AmbiguousMatch
            | Self::NotInteractable
            | Self::Detached
            | Self::ExpectationFailed
            | Self::ValidationRejected
            | Self::DialogBlocked
            | Self::LoginRequired
            | Self::Challenge
            | Self::ScriptError
            | Self::Unclassified => false,
        }
    }
}

impl std::fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step that did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// What kind of trouble.
    pub class: ErrorClass,
    /// What happened and what can be done about it.
    pub message: String,
    /// What did match the target: a line for each element, at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matched: Vec<String>,
    /// What was in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
    /// Whether it will be the same next time, whatever its class usually is: a missing page, say,
    /// is an HTTP error that no retry mends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lasting: bool,
}

impl Failure {
    /// A failure without further particulars.
    #[must_use]
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            matched: Vec::new(),
            blocked_by: None,
            lasting: false,
        }
    }

    /// The same failure, which no retry mends.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { lasting: true, ..self }
    }

    /// Whether the session cannot be used any more.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        self.class == ErrorClass::BrowserCrashed
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

/// Why a task failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The site will not let this goal happen; retrying unchanged is pointless.
    Blocked,
    /// Browser, network or ourselves; a retry may help.
    Infrastructure,
    /// Time, steps or attempts are used up.
    Budget,
    /// Nobody answered its question in time.
    Unanswered,
    /// The plan cannot be carried out as written.
    Invalid,
}

impl FailureKind {
    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Infrastructure => "infrastructure",
            Self::Budget => "budget",
            Self::Unanswered => "unanswered",
            Self::Invalid => "invalid",
        }
    }
}

/// Which limit was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitName {
    /// `limits.seconds`
    Seconds,
    /// `limits.steps`
    Steps,
    /// `limits.heals`
    Heals,
    /// `limits.attempts`
    Attempts,
}

/// Why a run or its task failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskFailure {
    /// What a client can do about it.
    pub kind: FailureKind,
    /// The limit that was used up, with the kind `budget`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitName>,
    /// The class of the step's failure, where one step is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ErrorClass>,
    /// What happened, in a sentence.
    pub message: String,
    /// The step to blame, by its number in the trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
}

impl TaskFailure {
    /// What a failing step means for its task.
    #[must_use]
    pub fn of_step(step: u32, failure: &Failure) -> Self {
        let kind = if failure.class.is_transient() && !failure.lasting {
            FailureKind::Infrastructure
        } else {
            FailureKind::Blocked
        };
        Self {
            kind,
            limit: None,
            class: Some(failure.class),
            message: failure.message.clone(),
            step: Some(step),
        }
    }

    /// A limit was reached.
    #[must_use]
    pub fn over_limit(limit: LimitName, message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Budget,
            limit: Some(limit),
            class: None,
            message: message.into(),
            step: None,
        }
    }

    /// Browser, network or ourselves.
    #[must_use]
    pub fn infrastructure(message: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Infrastructure,
            limit: None,
            class: None,
            message: message.into(),
            step: None,
        }
    }

    /// The plan cannot be carried out as written.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Invalid, ..Self::infrastructure(message) }
    }

    /// Whether another attempt may help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self.kind, FailureKind::Infrastructure)
    }

    /// The same failure as the end of the task: its attempts are used up.
    #[must_use]
    pub fn after_attempts(self, attempts: u32) -> Self {
        let times = if attempts == 1 { "1 attempt".into() } else { format!("{attempts} attempts") };
        Self {
            kind: FailureKind::Budget,
            limit: Some(LimitName::Attempts),
            message: format!("gave up after {times}: {}", self.message),
            ..self
        }
    }
}
