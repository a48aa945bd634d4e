//! `waymark key`: make, list and revoke API keys, directly in the database.

use crate::app::{Database, clock};
use crate::cli::{KeyAction, KeyArgs};
use crate::exit::{Failed, USAGE};
use crate::output::Column::{Prose, Word};
use crate::output::{self, Table};
use crate::settings::DataArgs;
use anyhow::Result;
use chrono::Days;
use domain::id::ProjectId;
use domain::key::{ApiKey, Scope};
use serde_json::{Value, json};
use std::process::ExitCode;
use store::{NewKey, Store};

pub(crate) async fn key(data: &DataArgs, args: KeyArgs, json: bool) -> Result<ExitCode> {
    if matches!(args.action, KeyAction::Local) {
        return local(data);
    }
    let database = Database::open(data, &args.database).await?;
    let done = act(&database.store, &args.project, args.action, json).await;
    database.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

fn local(data: &DataArgs) -> Result<ExitCode> {
    let file = data.local_key_file()?;
    let key = std::fs::read_to_string(&file).map_err(|error| {
        let file = file.display();
        let right =
            "`waymark serve` makes one with a database of its own, else `waymark key create`";
        Failed::new(USAGE, format!("no local key: {file}: {error}; {right}"))
    })?;
    output::line(key.trim())?;
    Ok(ExitCode::SUCCESS)
}

async fn act(store: &Store, project: &str, action: KeyAction, json: bool) -> Result<()> {
    let project = store.projects().get_or_create(project).await?;
    match action {
        KeyAction::Create { name, scope, expires_in_days } => {
            let expires_at = expires_in_days
                .and_then(|days| clock().now().checked_add_days(Days::new(days.into())));
            let new = NewKey { name, scopes: scopes(&scope)?, expires_at };
            create(store, project, new, json).await
        }
        KeyAction::Local => Ok(()), // needs no database and was printed before
        KeyAction::List => list(&store.keys().list(project).await?, json),
        KeyAction::Revoke { id } => match store.keys().revoke(project, id).await? {
            Some(key) if json => output::json(&as_json(&key)),
            Some(key) => output::line(format!("Revoked `{}` ({}).", key.name, key.id)),
            None => Err(Failed::new(USAGE, format!("there is no key {id} in this project")).into()),
        },
    }
}

fn scopes(names: &[String]) -> Result<Vec<Scope>> {
    if names.is_empty() {
        return Ok(Scope::ALL.to_vec());
    }
    let read = |name: &String| {
        Scope::from_name(name).ok_or_else(|| {
            let known = Scope::ALL.map(Scope::as_str).join(", ");
            Failed::new(USAGE, format!("`{name}` is not a scope; scopes are {known}")).into()
        })
    };
    names.iter().map(read).collect()
}

async fn create(store: &Store, project: ProjectId, new: NewKey, json: bool) -> Result<()> {
    let minted = store.keys().mint(project, new).await?;
    if json {
        let mut value = as_json(&minted.key);
        value["secret"] = Value::from(minted.secret);
        return output::json(&value);
    }
    output::note(format!(
        "Made `{}` ({}). Its secret, shown this once:",
        minted.key.name, minted.key.id
    ));
    output::line(minted.secret)
}

fn list(keys: &[ApiKey], json: bool) -> Result<()> {
    if json {
        return output::json(&keys.iter().map(as_json).collect::<Vec<_>>());
    }
    let mut table = Table::new(&[
        Word("id"),
        Prose("name"),
        Word("begins with"),
        Prose("scopes"),
        Word("last used"),
        Word("state"),
    ]);
    for key in keys {
        let state = match (key.revoked_at, key.is_valid_at(clock().now())) {
            (Some(_), _) => "revoked",
            (None, true) => "valid",
            (None, false) => "expired",
        };
        table.add_row([
            key.id.to_string(),
            key.name.clone(),
            key.prefix.clone(),
            key.scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(" "),
            key.last_used_at.map_or_else(|| "never".into(), |at| at.format("%F %R").to_string()),
            state.to_owned(),
        ]);
    }
    table.print()
}

fn as_json(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    })
}
