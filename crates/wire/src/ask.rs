//! What an agent in trouble asks of memory.

mod check;

pub use check::CheckedAsk;

use domain::failure::ErrorClass;
use domain::id::RemedyId;
use domain::memory::Approach;
use domain::plan::{ActionName, StepForm, TargetForm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question to memory, from any agent in trouble: what it was doing, where, and what happened.
///
/// Where: `url`, or `site` with a `page`. What happened: `error_class`, or the raw `message` of
/// whatever tool it uses, which is classified. The more is said the better the advice: advice of the
/// tier `high` takes the same site, page, class, kind of action and purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://shop.example/basket",
    "message": "locator.click: Timeout 30000ms exceeded.\nCall log:\n  - waiting for locator('#order')",
    "intent": "order what is in the basket",
    "agent": "nightly-playwright"
}))]
pub struct AskMemory {
    /// The URL of the page. Of it, the site, the page (path without ids, names of query keys) and the
    /// origin are kept; its values are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 8000, example = "https://shop.example/basket")]
    pub url: Option<String>,
    /// The site, where tasks name it so (`"site": "shop-admin"`); that of `url` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 253, pattern = "^[!-~]+$")]
    pub site: Option<String>,
    /// The page, as in `/orders/{id}/edit`, where there is no `url` to say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000, example = "/basket")]
    pub page: Option<String>,
    /// What kind of trouble; that which `message` amounts to when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_class: Option<ErrorClass>,
    /// What the tool says, as it comes: Playwright, Selenium, Puppeteer, Cypress, a browser, a server.
    /// It is read, and not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20000)]
    pub message: Option<String>,
    /// What the failed step was for, in words.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub intent: String,
    /// What was being done; what `message` says, or what is usual, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionName>,
    /// What it was done to; what `message` says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetForm>,
    /// What the agent is after as a whole. It is kept with the recall, and that is all:
    /// nothing is looked up by it, and the advice is the same without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub goal: Option<String>,
    /// What was tried already: it is not advised again. Of an approach of which there are many ways, as
    /// of `other_locator`, that says too little: name the remedy or the action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub tried: Vec<TriedForm>,
    /// What the agent calls itself. Proof counts agents by their names.
    #[serde(default = "somebody")]
    #[schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$", default = "outside")]
    pub agent: String,
    /// At most how many pieces of advice; 3 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3)]
    pub limit: Option<i64>,
    /// About how many tokens of a language model `text` may take, a token being a third of its bytes.
    /// It is cut to fit: the best advice whole, or with as much of when not to use it as fits, others
    /// in a line each, and at the end what is left out; everything else is whole. With the least there
    /// may be room for the approach of the best advice only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 40, maximum = 100_000)]
    pub token_budget: Option<i64>,
}

fn somebody() -> String {
    "outside".to_owned()
}

/// Something that was tried: one of the three.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedForm {
    /// A remedy that memory had named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_id: Option<RemedyId>,
    /// A kind of remedy, whatever it was done to. Where one approach can be many things, as with
    /// `other_locator`, `other_format`, `plan_fallback` and `human_answer`, other ways of it are still
    /// advised on its own site, and `notes` says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approach: Option<Approach>,
    /// An action. What it typed or entered is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<StepForm>,
}
