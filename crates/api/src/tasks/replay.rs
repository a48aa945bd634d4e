//! A task without a plan does what worked before. If memory knows that already and an input of it is
//! missing, the client hears so now and not from a run that cannot begin.

use crate::AppState;
use crate::problem::{ApiError, chain};
use domain::invalid::Invalid;
use domain::memory::{goal_key, replay_plan};
use domain::plan::Values;
use store::NewTask;

/// Refuses a task that lacks inputs of the plan remembered for its goal. Only the goal's own words are
/// asked here; a goal that means the same is found when the run begins.
pub(super) async fn check_inputs(app: &AppState, new: &NewTask) -> Result<(), ApiError> {
    let Some(memory) = &app.memory else { return Ok(()) };
    let spec = &new.spec;
    let goal = goal_key(&spec.goal, &spec.inputs);
    let plans = match memory.plans(new.project_id, &spec.site, &goal, None).await {
        Ok(plans) => plans,
        Err(error) => {
            // The run asks again, and can do more about it.
            tracing::warn!(error = chain(&error), "memory cannot say what a goal needs");
            return Ok(());
        }
    };
    let values = Values { inputs: spec.inputs.clone(), secrets: new.secrets.clone() };
    match replay_plan(&spec.goal, plans, &values) {
        Ok(_) => Ok(()),
        Err(missing) => {
            Err(ApiError::InvalidBody(missing.iter().map(|name| needed(name)).collect()))
        }
    }
}

fn needed(name: &str) -> Invalid {
    let field = if name.contains('.') { name.to_owned() } else { format!("inputs.{name}") };
    Invalid { field, message: "the plan remembered for this goal needs it".to_owned() }
}
