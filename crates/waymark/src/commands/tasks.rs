//! `waymark tasks`: list tasks, newest first.

use crate::cli::TasksArgs;
use crate::client::Client;
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table};
use crate::settings::DataArgs;
use anyhow::Result;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 6] =
    [Word("task"), Word("state"), Word("site"), Word("attempt"), Word("submitted"), Prose("goal")];

pub(crate) async fn tasks(data: &DataArgs, args: TasksArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let mut query = vec![("limit", args.limit.to_string())];
    for (name, value) in
        [("state", args.state), ("site", args.site), ("agent", args.agent), ("label", args.label)]
    {
        query.extend(value.map(|value| (name, value)));
    }
    query.extend(args.cursor.map(|cursor| ("cursor", cursor)));
    let page: wire::Page<wire::Task> = client.get("/v1/tasks", &query).await?;
    if json {
        output::json(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    table(&page.items).print()?;
    output::note_next("The newest", page.items.len(), page.next.as_deref());
    Ok(ExitCode::SUCCESS)
}

fn table(tasks: &[wire::Task]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for task in tasks {
        table.add_row([
            task.id.to_string(),
            task.state.as_str().to_owned(),
            task.site.clone(),
            format!("{}/{}", task.attempt, task.limits.attempts),
            task.created_at.format("%F %T").to_string(),
            output::short(&task.goal, 60),
        ]);
    }
    table
}
