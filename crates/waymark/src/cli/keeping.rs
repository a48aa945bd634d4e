//! The verb about how long things are kept.

use crate::settings::ClientArgs;
use std::str::FromStr;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Everything is kept for ever unless days are set. Traces and artifacts count from the end of their task,
memory from when it was last met, used or confirmed. What a task needs that has not ended is never
removed, and what a removed trace had taught stays in memory.

Examples:
  waymark retention
  waymark retention --set-traces 90 --set-artifacts 14 --dry-run     what would be removed now
  waymark retention --set-traces 90 --set-artifacts 14
  waymark retention --set-artifacts forever
  waymark retention --json | jq '.reports[0].removed'")]
pub(crate) struct RetentionArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Keep tasks and their traces for so many days after their end, or `forever`.
    #[arg(long, value_name = "DAYS")]
    pub(crate) set_traces: Option<Days>,
    /// Keep screenshots, snapshots and downloads for so many days after the end of their task, or
    /// `forever`, which is as long as the trace.
    #[arg(long, value_name = "DAYS")]
    pub(crate) set_artifacts: Option<Days>,
    /// Keep what is remembered for so many days after it was last of use, or `forever`.
    #[arg(long, value_name = "DAYS")]
    pub(crate) set_memory: Option<Days>,
    /// Set and remove nothing: count what would be removed now, by the days as they are or as given.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// How many days; none is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days(pub(crate) Option<i64>);

impl FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "forever" {
            return Ok(Self(None));
        }
        match text.parse() {
            Ok(days) if days > 0 => Ok(Self(Some(days))),
            _ => Err("give a number of days from 1 on, or `forever`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_number_or_for_ever() {
        assert_eq!("90".parse(), Ok(Days(Some(90))));
        assert_eq!("forever".parse(), Ok(Days(None)));
        for wrong in ["0", "-1", "", "never", "1.5"] {
            assert!(wrong.parse::<Days>().is_err(), "{wrong}");
        }
    }
}
