#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod create_task;
mod maps;
mod secrets;
mod texts;

mod artifact;
mod event;
mod health;
mod key;
mod page;
mod problem;
mod run;
mod step;
mod task;
mod time;

pub use create_task::{CreateTask, TaskLimits};
pub use secrets::Secrets;
pub use texts::is_label_key;

pub use artifact::Artifact;
pub use event::TaskEvent;
pub use health::{Database, Health, Ready};
pub use key::{ApiKey, CreateKey, CreatedKey};
pub use page::Page;
pub use problem::Problem;
pub use run::Run;
pub use step::{ArtifactRef, Step};
pub use task::{Limits, Task};

// The words of `domain` that stand in these shapes as they are.
pub use domain::failure::{ErrorClass, FailureKind, LimitName, TaskFailure};
pub use domain::id::{RunId, TaskId};
pub use domain::invalid::Invalid;
pub use domain::run::Outcome;
pub use domain::task::TaskState;
