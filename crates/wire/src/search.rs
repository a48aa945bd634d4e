//! Runs that were searched for, each with the part that fits.

use crate::{Run, Step};
use domain::failure::ErrorClass;
use domain::id::RunId;
use domain::search::{PassageKind, SearchMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of the runs that were found, best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchPage {
    /// The runs.
    pub items: Vec<FoundRun>,
    /// Give it as `cursor` to get the next page; `null` on the last one.
    pub next: Option<String>,
    /// How it was searched: `text` instead of `hybrid` while the meaning of the question cannot be
    /// had, because the embedder is off or does not answer.
    pub mode: SearchMode,
}

/// A run that was found. Which groups of fields it has is up to `fields`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundRun {
    /// The id of the run.
    pub id: RunId,
    /// How well it fits, from 0 to 1. It depends on the question and on what matched alone, so it
    /// stays the same while other runs come and go.
    #[schema(minimum = 0, maximum = 1, example = 0.58)]
    pub score: f64,
    /// The run as lists have it; with `fields=run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The part of it that fits; with `fields=match`.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
    /// The step that fits as the trace has it: its artifacts are named, never contained; with
    /// `fields=step`, and where a step fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
}

/// The part of a run that fits what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Match {
    /// Whether it is a step that failed, or the run itself by its goal and its end.
    pub kind: PassageKind,
    /// The number of the step in the run; `null` of the run itself.
    pub seq: Option<u32>,
    /// What the step was for, or the goal of the run, without what was typed.
    #[schema(example = "book the room")]
    pub intent: String,
    /// The page on which the step began; `null` of the run itself.
    #[schema(example = "/rooms/{id}")]
    pub page: Option<String>,
    /// The element that the step meant, in words, without what was typed; `null` of the run itself,
    /// and where none was meant.
    #[schema(example = "book attic button")]
    pub element: Option<String>,
    /// How the step failed, or what the run failed with.
    pub error_class: Option<ErrorClass>,
    /// What fits, in one line.
    #[schema(example = "book the room · nothing on the page matches css `…` · /rooms/{id}")]
    pub snippet: String,
    /// Whether the run got past the failure; of the run itself, past any failure.
    pub healed: bool,
}
