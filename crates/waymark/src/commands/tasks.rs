//! `waymark tasks`: list tasks, newest first.

use crate::cli::TasksArgs;
use crate::client::Client;
use crate::output;
use crate::settings::DataArgs;
use anyhow::Result;
use std::process::ExitCode;

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
    let mut table = output::table(&["task", "state", "site", "attempt", "submitted", "goal"]);
    for task in &page.items {
        table.add_row([
            task.id.to_string(),
            task.state.as_str().to_owned(),
            task.site.clone(),
            format!("{}/{}", task.attempt, task.limits.attempts),
            task.created_at.format("%F %T").to_string(),
            task.goal.chars().take(60).collect(),
        ]);
    }
    output::line(table.to_string())?;
    if let Some(next) = &page.next {
        output::note(format!("The newest {}; for the next: --cursor {next}", page.items.len()));
    }
    Ok(ExitCode::SUCCESS)
}
