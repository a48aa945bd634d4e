#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod answer;
mod ask;
mod create_task;
mod maps;
mod report;
mod secrets;
mod texts;

mod advice;
mod artifact;
mod escalation;
mod event;
mod health;
mod key;
mod memory;
mod page;
mod problem;
mod recall;
mod retention;
mod run;
mod search;
mod site;
mod stats;
mod step;
mod task;
mod time;

pub use answer::AnswerForm;
pub use ask::{AskMemory, CheckedAsk, TriedForm};
pub use create_task::{CreateTask, TaskLimits};
pub use report::{AdviceReport, KeptReport, OutcomeReport, RemedyForm, ReportOutcome};
pub use secrets::Secrets;
pub use texts::is_label_key;

pub use advice::{DeadEnd, MemoryAnswer, OfferedAdvice, OfferedStep, SeenElement};
pub use artifact::Artifact;
pub use escalation::{Escalation, EscalationCandidate};
pub use event::TaskEvent;
pub use health::{Database, Health, MemoryLag, Ready, SearchLag};
pub use key::{ApiKey, CreateKey, CreatedKey};
pub use memory::{FlagMemory, Memory, Pattern};
pub use page::Page;
pub use problem::Problem;
pub use recall::Recall;
pub use retention::{Retention, RetentionReport, SetRetention};
pub use run::Run;
pub use search::{FoundRun, Match, SearchPage};
pub use site::{Avoid, Site, SiteDay, SitePeriod, SiteReport, Unsolved, Works};
pub use stats::{Comparison, Figures, Heals, Reuse, StatDay, Stats};
pub use step::{ArtifactRef, Step};
pub use task::{Limits, Task};

// The words of `domain` that stand in these shapes as they are.
pub use domain::escalation::{Answer, AnswerKind, EscalationKind, EscalationState};
pub use domain::failure::{ErrorClass, FailureKind, LimitName, TaskFailure};
pub use domain::fleet::{Reason, ReasonCode, SiteState};
pub use domain::id::{EscalationId, RecallId, RemedyId, RunId, TaskId};
pub use domain::invalid::Invalid;
pub use domain::memory::{MemoryState, Origin, Proof, Tactic, Trust, Voucher};
pub use domain::recall::AdviceOutcome;
pub use domain::retention::Removed;
pub use domain::run::Outcome;
pub use domain::search::{PassageKind, SearchMode};
pub use domain::task::TaskState;
