//! `cargo xtask deploy`: what deploy/ holds, proved against programs that other people wrote.

mod boards;
mod files;
mod http;
mod live;
mod phoenix;
mod promql;
mod query;
mod rules;
mod running;
mod sites;
mod story;
mod tools;

use crate::cli::Context;
use crate::say::{complain, say};
use anyhow::{Result, bail};
use clap::Subcommand;
use tools::Tools;

/// What to prove.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum DeployCommand {
    /// The files: compose and Kubernetes against public schemas, the Dockerfile with hadolint, rules
    /// with promtool and their tests, dashboards and runbooks against each other. Needs no build.
    Check,
    /// `/metrics` of a running Waymark, scraped with Debian's Prometheus: every query of every
    /// dashboard and rule is evaluated, and names nothing that is not there; the dashboard of sites
    /// asks the real database, as its own role.
    Metrics,
    /// One run with its whole tree in Arize Phoenix, read back through its API. Fetches some 850 MB
    /// once, below target/.
    Traces,
}

/// Proves it.
pub(crate) fn run(context: &Context, command: DeployCommand) -> Result<()> {
    match command {
        DeployCommand::Check => check(context),
        DeployCommand::Metrics => live::run(context),
        DeployCommand::Traces => phoenix::run(context),
    }
}

/// Everything that can be said of the files alone.
pub(crate) fn check(context: &Context) -> Result<()> {
    let tools = Tools::provide(context)?;
    let mut faults = files::faults(context, &tools)?;
    faults.extend(rules::faults(context, &tools)?);
    faults.extend(boards::faults(context.workspace.root())?);
    verdict(&faults)?;
    say!("deploy: compose, Dockerfile, Kubernetes, rules, runbooks and dashboards are fine");
    Ok(())
}

/// Fails if anything was found, having said all of it.
fn verdict(faults: &[String]) -> Result<()> {
    for fault in faults {
        complain(format_args!("deploy: {fault}"));
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("the deployment has {} faults: see above", faults.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn dashboards_alerts_runbooks_and_the_image_agree() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let parts = [boards::faults(&root), rules::alone(&root), files::other_model(&root)];
        for faults in parts {
            assert_eq!(faults.unwrap(), [""; 0]);
        }
    }
}
