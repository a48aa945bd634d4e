//! The verbs of the human's desk.

use crate::settings::ClientArgs;
use domain::id::{EscalationId, TaskId};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark escalations                    what waits for an answer
  waymark escalations --state any --site shop-admin
  waymark escalations --json | jq -r '.items[].id'")]
pub(crate) struct EscalationsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Only those in this state: open, answered, expired, cancelled; or any.
    #[arg(long, value_name = "STATE", default_value = "open")]
    pub(crate) state: String,
    /// Only those on this site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// Only those of this task.
    #[arg(long, value_name = "ID")]
    pub(crate) task: Option<TaskId>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// The `next` of the page before, for the page after it.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark escalation 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f
  waymark escalation 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --save page.png")]
pub(crate) struct EscalationArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Its id.
    pub(crate) id: EscalationId,
    /// Save the picture of the page to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<std::path::PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
`waymark escalation ID` shows which answers fit. What an action leaves out (its value, for example) is
that of the step it stands for.
Exit code: 0 the answer counts, 64 wrong call, 65 it does not fit or comes too late, 69 no server,
77 key.

Examples:
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --candidate 0
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f \\
      --action '{\"action\": \"click\", \"target\": {\"role\": \"button\", \"name\": \"Save\"}}'
  oathtool --totp -b \"$SEED\" | waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --input -
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --candidate 1 \\
      --first '{\"action\": \"click\", \"target\": {\"role\": \"button\", \"name\": \"More\"}}'
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --plan plan.json
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --give-up 'the feature is gone'")]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The id of the escalation.
    pub(crate) id: EscalationId,
    #[command(flatten)]
    pub(crate) answer: AnswerChoice,
    /// Type the input into this element, a target as JSON. When left out: the field for a one-time
    /// code where a code was asked for before the step or the step has no element, else the element
    /// of the failed step.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["candidate", "action", "plan", "skip", "give_up"])]
    pub(crate) target: Option<String>,
    /// Do this before, to open a menu, say: a step of a plan, as JSON or in a file. May be repeated;
    /// goes with --candidate and --action.
    #[arg(long, value_name = "FILE|JSON", conflicts_with_all = ["input", "plan", "skip", "give_up"])]
    pub(crate) first: Vec<String>,
}

/// One of them.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct AnswerChoice {
    /// It is this one of the candidates, from 0.
    #[arg(long, value_name = "N")]
    pub(crate) candidate: Option<u32>,
    /// Do this instead of the step: a step of a plan, as JSON, in a file, or `-` for standard input.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) action: Option<String>,
    /// Type this, a one-time code for example; `-` reads it from standard input, where no other
    /// process sees it.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
    /// Do this: a plan, or a task with a plan, in a file or `-` for standard input.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) plan: Option<String>,
    /// Leave the step out: it is done already, or not needed any more.
    #[arg(long)]
    pub(crate) skip: bool,
    /// It cannot be done.
    #[arg(long, value_name = "REASON", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "outer: given; inner: with a reason")]
    pub(crate) give_up: Option<Option<String>>,
}
