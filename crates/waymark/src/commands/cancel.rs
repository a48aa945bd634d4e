//! `waymark cancel`: cancel a task.

use crate::cli::CancelArgs;
use crate::client::Client;
use crate::output;
use crate::settings::DataArgs;
use anyhow::Result;
use reqwest::Method;
use std::process::ExitCode;

pub(crate) async fn cancel(data: &DataArgs, args: &CancelArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let path = format!("/v1/tasks/{}/cancel", args.task);
    let task: wire::Task = client.send(client.request(Method::POST, &path)?).await?.json().await?;
    if json {
        output::json(&task)?;
    } else if task.state.is_terminal() {
        output::line(format!("Task {} is {}.", task.id, task.state.as_str()))?;
    } else {
        output::line(format!("Task {} stops after its current step.", task.id))?;
    }
    Ok(ExitCode::SUCCESS)
}
