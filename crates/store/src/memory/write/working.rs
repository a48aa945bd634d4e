//! The elements that targets meant in a run that succeeded.

use super::lesson::Lesson;
use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::memory::rows::{action_name, target_key};
use crate::text::{clean, json};
use domain::memory::{Effect, Worked};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which element, and on which page.
type Key = (&'static str, Uuid, String);

/// The last use of an element in the run, and its effect while all its uses had the same.
type Last<'a> = (&'a Worked, Option<&'a Effect>);

#[derive(Default)]
struct Columns {
    page: Vec<String>,
    action: Vec<&'static str>,
    target_key: Vec<Uuid>,
    target: Vec<String>,
    intent: Vec<String>,
    fingerprint: Vec<String>,
    effect: Vec<Option<String>>,
}

pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<(), StoreError> {
    if lesson.working.is_empty() {
        return Ok(());
    }
    let rows = Columns::of(lesson)?;
    sqlx::query_file!(
        "queries/working_upsert.sql",
        run.project.as_uuid(),
        &*clean(&run.facts.site),
        run.id.as_uuid(),
        run.ended_at,
        &rows.page,
        &rows.action as &[&str],
        &rows.target_key,
        &rows.target,
        &rows.intent,
        &rows.fingerprint,
        &rows.effect as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Columns {
    fn of(lesson: &Lesson) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for ((action, key, page), (worked, effect)) in last_uses(&lesson.working) {
            columns.page.push(page);
            columns.action.push(action);
            columns.target_key.push(key);
            columns.target.push(json(&worked.target)?);
            columns.intent.push(clean(&worked.intent).into_owned());
            columns.fingerprint.push(json(&worked.fingerprint)?);
            columns.effect.push(effect.map(json).transpose()?);
        }
        Ok(columns)
    }
}

fn last_uses(working: &[Worked]) -> BTreeMap<Key, Last<'_>> {
    let mut uses: BTreeMap<Key, Last<'_>> = BTreeMap::new();
    for worked in working {
        let page = clean(&worked.page).into_owned();
        let key = (action_name(worked.action), target_key(Some(&worked.target)), page);
        uses.entry(key)
            .and_modify(|last| {
                *last = (worked, last.1.filter(|effect| **effect == worked.effect));
            })
            .or_insert((worked, Some(&worked.effect)));
    }
    uses
}
