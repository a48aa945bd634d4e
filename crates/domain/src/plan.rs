//! A plan: the ordered steps to try.
//!
//! A client writes the *form* ([`PlanForm`]): flat JSON, placeholders and all. With the task's
//! values filled in, the form becomes checked steps ([`PlanStep`]), once when the task is submitted
//! (so that a bad plan is refused before anything runs) and once when a run begins.

mod condition;
mod css;
pub mod keys;

mod form;
mod format;
mod locator;
mod reader;
mod roles;
mod step;
mod values;
mod xpath;

pub use condition::{Conditions, Glob, ResponseCondition, ValueCondition};
pub use form::{
    ActionName, ConditionForm, ElementState, FileForm, PlanForm, ResponseForm, ScrollBy, Shape,
    StepForm, TargetForm, ValueForm,
};
pub use format::{Unwritten, ValueFormat};
pub use locator::{Locator, Target};
pub use reader::{DEFAULT_TIMEOUT, plan_steps};
pub use step::{Action, Extract, FileContent, PlanStep, Tab, UploadFile};
pub use values::{Value, Values, is_name};
