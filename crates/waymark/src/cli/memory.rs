//! The verbs about memory.

use crate::settings::{ClientArgs, DatabaseArgs, EmbeddingArgs};
use domain::id::RemedyId;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Memory is made of traces, and of what traces had taught that were removed since, so nothing in it is
lost by making it anew. It is needed after a change of the embedder, and never while all is well. Runs
may go on meanwhile; they find less until it is done.

Examples:
  waymark reindex
  waymark reindex --project shop
  waymark reindex --json | jq .situations")]
pub(crate) struct ReindexArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) embeddings: EmbeddingArgs,
    /// Only the memory of this project.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
A memory is what was done about a failure, and what became of it. Without a verb: list them.

Examples:
  waymark memories                                   last change first
  waymark memories --site shop-admin --state dead_end
  waymark memories show 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f
  waymark memories flag 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --reason 'it clicks the wrong button'
  waymark memories --state flagged --json | jq -r '.items[].id'"
)]
pub(crate) struct MemoriesArgs {
    #[command(subcommand)]
    pub(crate) action: Option<MemoriesAction>,
    #[command(flatten)]
    pub(crate) list: MemoryListArgs,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum MemoriesAction {
    /// List what is remembered, last change first.
    List(MemoryListArgs),
    /// Show a memory: what fails, what was done, its proof, where it comes from.
    Show(MemoryArgs),
    /// Mark a memory as wrong: it is never served again.
    Flag(FlagArgs),
    /// Take a flag back.
    #[command(after_help = "\
Example:
  waymark memories unflag 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f")]
    Unflag(MemoryArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark memories list --site shop-admin
  waymark memories list --tactic alternative_tool --trust human --json")]
pub(crate) struct MemoryListArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) about: AboutArgs,
    /// Only those that stand here: pattern, proven, unproven, retired, dead_end, flagged.
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
}

/// What memories are about.
#[derive(Debug, clap::Args)]
pub(crate) struct AboutArgs {
    /// Only those of this site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// Only those of this page: as in /orders/{id}/edit, a path, or a URL.
    #[arg(long, value_name = "PAGE")]
    pub(crate) page: Option<String>,
    /// Only those about failures of this class, as element_not_found.
    #[arg(long, value_name = "CLASS")]
    pub(crate) error_class: Option<String>,
    /// Only those with this tactic: fallback_path, retry_with_variation, alternative_tool, escalation.
    #[arg(long, value_name = "TACTIC")]
    pub(crate) tactic: Option<String>,
    /// Only those that this one vouches for: human, verified, unverified, reported, flagged.
    #[arg(long, value_name = "TRUST")]
    pub(crate) trust: Option<String>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// The `next` of the page before, for the page after it.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

impl AboutArgs {
    /// As the query of a list.
    pub(crate) fn query(self) -> Vec<(&'static str, String)> {
        let given = [
            ("site", self.site),
            ("page", self.page),
            ("error_class", self.error_class),
            ("tactic", self.tactic),
            ("trust", self.trust),
            ("limit", Some(self.limit.to_string())),
            ("cursor", self.cursor),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  waymark memories show 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f")]
pub(crate) struct MemoryArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Its id: the remedy_id of a step in a trace.
    pub(crate) id: RemedyId,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  waymark memories flag 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --reason 'it clicks the wrong button'")]
pub(crate) struct FlagArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Its id.
    pub(crate) id: RemedyId,
    /// Why it is wrong.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A pattern is a remedy that worked in at least three runs: what fails, and what works instead.

Examples:
  waymark patterns
  waymark patterns --site shop-admin --error-class element_not_found
  waymark patterns --json | jq -r '.items[] | .fails + \" => \" + .works'")]
pub(crate) struct PatternsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) about: AboutArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark sites                          how each site is, those first that need somebody
  waymark sites --state action_needed
  waymark sites shop-admin               what works there, what to avoid, its days")]
pub(crate) struct SitesArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Show this site.
    #[arg(value_name = "SITE", conflicts_with_all = ["state", "limit", "cursor"])]
    pub(crate) site: Option<String>,
    /// Only those that are so: ok, watch, action_needed.
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// The `next` of the page before, for the page after it.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Days are UTC; the last 30 unless told otherwise.

Examples:
  waymark stats
  waymark stats --since 7d
  waymark stats --since 2026-11-01 --until 2026-11-30 --site shop-admin
  waymark stats --agent nightly --json | jq .comparison")]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The first day: 7d ago, a day, or a time on it.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// The last day, given likewise.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only what happened on this site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// Only what this agent did.
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Option<String>,
}
