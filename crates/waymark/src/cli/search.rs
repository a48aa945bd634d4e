//! The verb that searches traces.

use crate::settings::ClientArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Say what went wrong, or what was to be done, in your own words: it is compared by meaning and by words
with every failed step and every goal of the project. What stands in double quotes must occur as it
is. A question about something that never happened finds nothing.

Examples:
  waymark search failed to find a booking button
  waymark search '\"Book now\"' --site rooms.example --healed false
  waymark search captcha --error-class challenge --since 7d
  waymark search \"could not log in\" --agent nightly-admin --json | jq -r '.items[].id'")]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// What to look for.
    #[arg(required = true, value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// By meaning (semantic), by words (text), or by both (hybrid).
    #[arg(long, value_name = "MODE", default_value = "hybrid")]
    pub(crate) mode: String,
    #[command(flatten)]
    pub(crate) filter: SearchFilterArgs,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// The `next` of the page before, for the page after it.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

/// Among which runs.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchFilterArgs {
    /// Only runs on this site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// Only failed steps on this page: a URL, a path, or a page as traces have it.
    #[arg(long, value_name = "PAGE")]
    pub(crate) page: Option<String>,
    /// Only what failed with this class, as element_not_found or timeout.
    #[arg(long, value_name = "CLASS")]
    pub(crate) error_class: Option<String>,
    /// Only runs that ended so: succeeded, failed, cancelled, released, lost.
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<String>,
    /// Only runs of this agent.
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Option<String>,
    /// Only runs with this label.
    #[arg(long, value_name = "KEY:VALUE")]
    pub(crate) label: Option<String>,
    /// Only runs begun since then: 90m, 24h or 7d ago, a day, or a time.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only runs begun before then.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only failures that the run got past, or only those that it did not.
    #[arg(long, value_name = "BOOL")]
    pub(crate) healed: Option<bool>,
}
