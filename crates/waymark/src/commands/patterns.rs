//! `waymark patterns`: what has proved itself over several runs.

use super::memories::proof;
use crate::cli::PatternsArgs;
use crate::client::Client;
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table, name};
use crate::settings::DataArgs;
use anyhow::Result;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 8] = [
    Word("site"),
    Prose("page"),
    Prose("fails"),
    Prose("works"),
    Word("class"),
    Word("proof"),
    Word("agents"),
    Word("since"),
];

pub(crate) async fn patterns(data: &DataArgs, args: PatternsArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let query = args.about.query();
    let page: wire::Page<wire::Pattern> = client.get("/v1/patterns", &query).await?;
    if json {
        output::json(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        output::note(
            "There is no such pattern yet: a remedy becomes one when it has worked in at least three \
             runs. `waymark memories` lists what is on its way.",
        );
        return Ok(ExitCode::SUCCESS);
    }
    table(&page.items).print()?;
    output::note_next("The last used", page.items.len(), page.next.as_deref());
    Ok(ExitCode::SUCCESS)
}

fn table(patterns: &[wire::Pattern]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for pattern in patterns {
        table.add_row([
            pattern.site.clone(),
            pattern.page.clone(),
            output::short(&pattern.fails, 80),
            output::short(&pattern.works, 80),
            name(&pattern.error_class),
            proof(&pattern.proof),
            pattern.proof.agents.to_string(),
            pattern.since.format("%F").to_string(),
        ]);
    }
    table
}
