//! Real upgrades of real applications: tasks recorded on an old release and run on a new one, with
//! and without memory. What became of them is asked of the application; what was acted on is
//! compared with a truth that people labelled (tests/drift).

mod account;
mod apps;
mod carried;
mod client;
mod human;
mod labels;
mod modes;
mod options;
mod same;
mod service;
mod tasks;
mod work;

use account::Account;
use anyhow::{Result, ensure};
use modes::Mode;
use options::Options;
use service::Service;
use std::sync::Arc;
use tasks::Group;
use work::Crew;

/// How many tasks run at once. Most of their time they wait for what does not appear.
const WORKERS: usize = 4;

/// Runs every chosen task in every chosen mode.
pub(super) async fn measure() -> Result<()> {
    let options = Arc::new(Options::read()?);
    let groups = tasks::groups(&options)?;
    ensure!(!groups.is_empty(), "there is no such application: see tests/drift");
    let mut account = Account::new();
    let service = Service::start(&options).await?;
    let crew = Crew::new(Arc::clone(&options), Arc::new(service), WORKERS);
    for group in groups {
        one_group(&options, &crew, group, &mut account).await?;
        // What is there so far is worth having, however the rest goes.
        account.write(&options.results)?;
    }
    crew.stop().await?;
    account.print()?;
    account.verdict()
}

async fn one_group(
    options: &Options,
    crew: &Crew,
    group: Group,
    account: &mut Account,
) -> Result<()> {
    super::progress(&format!("{group}: labelling, {} tasks", group.trials.len()));
    let labels = crew.label(&group).await?;
    account.complaints(&group, &labels);
    let (labels, group) = labels.whole(group);
    for mode in Mode::ALL.into_iter().filter(|mode| options.wants(*mode) && group.has(*mode)) {
        super::progress(&format!("{group}: {}", mode.name()));
        let measured = modes::measure(crew, &group, &labels, mode).await?;
        account.add(&group, mode, measured);
    }
    crew.rest().await;
    Ok(())
}
