//! The words in which a run is found: of its goal and end, and of its failed steps.

use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::search::write_run;
use chrono::{DateTime, Utc};
use domain::search::PassageSource;
use sqlx::PgConnection;

pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let facts = &run.facts;
    // While it ran nothing but the task's own plan was known to be typed, and words do not change.
    let plan = if run.planned { facts.plan.steps.as_slice() } else { &[] };
    let source = PassageSource { site: &facts.site, inputs: &facts.inputs, plan };
    let own = source.run(&run.goal, facts.outcome, run.failure.as_ref());
    let steps = facts.steps.iter().filter_map(|step| Some((step.seq, source.step(step)?)));
    write_run(connection, (run.project, run.id, now), Some(&own), steps).await
}
