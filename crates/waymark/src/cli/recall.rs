//! The verbs of agents in trouble.

use crate::settings::ClientArgs;
use clap::ArgGroup;
use domain::id::RecallId;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group = ArgGroup::new("where").args(["url", "site"]).required(true).multiple(true),
    group = ArgGroup::new("what").args(["message", "error_class"]).required(true).multiple(true),
    after_help = "\
Asks what got past this trouble before. Where it is known what to do, it says that, what proves it, and
when not to do it; where nothing is known, it says so.

Examples:
  waymark recall --url https://shop.example/basket --intent 'order what is in the basket' \\
      --message \"locator.click: Timeout 30000ms exceeded. waiting for locator('#order')\"
  npx playwright test 2>&1 | waymark recall --url https://shop.example/basket --intent order --message -
  waymark recall --site shop-admin --page /orders --intent 'save the order' --action click \\
      --error-class not_interactable --tried wait_for_idle --json
  waymark recall outcome 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --advice 1 --worked"
)]
pub(crate) struct RecallArgs {
    #[command(subcommand)]
    pub(crate) then: Option<RecallThen>,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The URL of the page where the step failed.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The site, where tasks name it; that of the URL otherwise.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// The page, as in /orders/{id}/edit, where there is no URL.
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    pub(crate) page: Option<String>,
    /// What the step was for, in words.
    #[arg(long, value_name = "TEXT", required = true)]
    pub(crate) intent: Option<String>,
    /// What the tool said, as it comes; `-` reads it from standard input.
    #[arg(long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// What kind of trouble, as element_not_found; that of the message otherwise.
    #[arg(long, value_name = "CLASS")]
    pub(crate) error_class: Option<String>,
    /// What was being done, as click or fill; what the message says otherwise.
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<String>,
    /// What it was done to, a target as JSON; what the message says otherwise.
    #[arg(long, value_name = "JSON")]
    pub(crate) target: Option<String>,
    /// What the agent is after as a whole: kept with the recall, and of no influence on the advice.
    #[arg(long, value_name = "TEXT")]
    pub(crate) goal: Option<String>,
    /// What was tried already: the id of a remedy, an approach, or an action as JSON. May be repeated.
    #[arg(long, value_name = "ID|APPROACH|JSON")]
    pub(crate) tried: Vec<String>,
    /// What the agent calls itself.
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// At most how many pieces of advice.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3))]
    pub(crate) limit: Option<u32>,
    /// Only the text for a language model, in about so many tokens, 40 at least.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) token_budget: Option<u32>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum RecallThen {
    /// Report what became of advice.
    Outcome(OutcomeArgs),
}

#[derive(Debug, clap::Args)]
#[command(
    group = ArgGroup::new("told").args(["advice", "remedy"]).required(true).multiple(true),
    after_help = "\
The same report again changes nothing; another one about the same advice is refused.
Exit code: 0 it is kept, 64 wrong call, 65 it does not fit or contradicts an earlier one, 69 no
server, 77 key.

Examples:
  waymark recall outcome 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --advice 1 --worked
  waymark recall outcome 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --advice 2 --failed --note 'still covered'
  waymark recall outcome 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f \\
      --remedy '{\"action\": {\"action\": \"click\", \"target\": {\"text\": \"Order now\"}}}'"
)]
pub(crate) struct OutcomeArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The id of the recall.
    pub(crate) id: RecallId,
    /// Which piece of advice, by its rank.
    #[arg(long, value_name = "RANK", requires = "became")]
    pub(crate) advice: Option<u32>,
    #[command(flatten)]
    pub(crate) became: Became,
    /// What worked instead: `first` and `action`, as JSON or in a file. It becomes a hint to others.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) remedy: Option<String>,
    /// Anything to add, for people.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

/// What became of it: one of them.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(id = "became", multiple = false, requires = "advice")]
#[expect(clippy::struct_excessive_bools, reason = "flags of which clap lets one through")]
pub(crate) struct Became {
    /// It was done, and the step did what it should.
    #[arg(long)]
    pub(crate) worked: bool,
    /// It was done, and did not help.
    #[arg(long)]
    pub(crate) failed: bool,
    /// It was done, and nobody can tell.
    #[arg(long)]
    pub(crate) unverified: bool,
    /// It was not done.
    #[arg(long)]
    pub(crate) not_tried: bool,
}
