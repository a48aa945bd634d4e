//! Making a way concrete: forms with another target or another action, read into steps.

use domain::memory::RemedyStep;
use domain::plan::{
    ActionName, PlanForm, PlanStep, StepForm, TargetForm, ValueFormat, Values, plan_steps,
};

/// The plan's own step with another target.
pub(crate) fn with_target(step: &PlanStep, target: TargetForm) -> StepForm {
    StepForm { target: Some(target), ..alone(step) }
}

/// The plan's own step, without its fallbacks.
pub(crate) fn alone(step: &PlanStep) -> StepForm {
    StepForm { fallbacks: Vec::new(), intent: Some(step.intent.clone()), ..step.form.clone() }
}

/// Another action instead of the step's, held to the same end.
pub(crate) fn instead(step: &PlanStep, action: StepForm) -> StepForm {
    StepForm {
        intent: Some(step.intent.clone()),
        expect: action.expect.clone().or_else(|| step.form.expect.clone()),
        timeout_ms: step.form.timeout_ms,
        screenshot: step.form.screenshot,
        ..action
    }
}

/// A remembered action, with what only the step knows: its value, what it reads, its conditions.
/// `None` when it chose another name for something that this step does not choose, or did something
/// else than to look where this step looks.
pub(crate) fn remembered(step: &PlanStep, remembered: &RemedyStep) -> Option<StepForm> {
    let form = &remembered.form;
    if remembered.renamed.is_some() && remembered.renamed != step.form.value {
        return None;
    }
    if !remembered.own {
        return Some(StepForm { intent: Some(preparing(step)), ..form.clone() });
    }
    if form.action != step.form.action {
        let stands_in = form.action.stands_in_for(step.form.action);
        return stands_in.then(|| instead(step, form.clone()));
    }
    let renamed = form.value.as_ref().filter(|_| remembered.renamed.is_some());
    Some(StepForm {
        target: form.target.clone().or_else(|| step.form.target.clone()),
        to: form.to.clone().or_else(|| step.form.to.clone()),
        format: form.format.or(step.form.format),
        value: renamed.or(step.form.value.as_ref()).cloned(),
        ..alone(step)
    })
}

/// A click that prepares a step, wherever it goes.
pub(crate) fn preparing_click(step: &PlanStep) -> StepForm {
    StepForm { intent: Some(preparing(step)), ..StepForm::of(ActionName::Click) }
}

/// The intent of what is done so that a step can be done.
pub(crate) fn preparing(step: &PlanStep) -> String {
    let mut intent = format!("make way for: {}", step.intent);
    if let Some((cut, _)) = intent.char_indices().nth(500) {
        intent.truncate(cut);
    }
    intent
}

/// The step with its value in this format, or why it cannot be written so.
pub(crate) fn written(
    form: StepForm,
    format: ValueFormat,
    values: &Values,
) -> Result<PlanStep, String> {
    let form = StepForm { format: Some(format), ..form };
    plan_steps(&PlanForm { steps: vec![form] }, values)
        .map(|mut steps| steps.remove(0))
        .map_err(|faults| format!("what was typed {}", faults[0].message))
}

/// Reads a form. What does not read is of an older version of us, or was spoiled on the way.
pub(crate) fn read(form: StepForm, values: &Values) -> Option<PlanStep> {
    let plan = PlanForm { steps: vec![form] };
    match plan_steps(&plan, values) {
        Ok(mut steps) => steps.pop(),
        Err(faults) => {
            let fault = faults.first().map(|fault| format!("{} {}", fault.field, fault.message));
            tracing::warn!(fault, "a way past a failure cannot be read and is left out");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::plan::Action;

    fn select(value: &str) -> PlanStep {
        let form = StepForm {
            intent: Some("choose the state".into()),
            target: Some(TargetForm { css: Some("#state".into()), ..TargetForm::default() }),
            value: Some(value.into()),
            ..StepForm::of(ActionName::Select)
        };
        read(form, &Values::default()).unwrap()
    }

    #[test]
    fn a_remembered_format_is_taken_over_and_never_a_value() {
        let form = StepForm {
            intent: Some("type the day".into()),
            target: Some(TargetForm { css: Some("#day".into()), ..TargetForm::default() }),
            value: Some("2026-04-27".into()),
            ..StepForm::of(ActionName::Fill)
        };
        let step = read(form, &Values::default()).unwrap();
        let format = Some(ValueFormat::DayFirstDots);
        let known = RemedyStep {
            form: StepForm { format, ..StepForm::of(ActionName::Fill) },
            fingerprint: None,
            own: true,
            renamed: None,
        };
        let form = remembered(&step, &known).unwrap();
        assert_eq!((form.format, form.value.as_deref()), (format, Some("2026-04-27")));
        let Action::Fill { value, .. } = read(form, &Values::default()).unwrap().action else {
            panic!("it is no fill any more");
        };
        assert_eq!(value.shown(), "27.04.2026");
    }

    #[test]
    fn a_new_name_of_an_option_stands_for_the_old_one_and_for_no_other() {
        let known = RemedyStep {
            form: StepForm { value: Some("Live".into()), ..StepForm::of(ActionName::Select) },
            fingerprint: None,
            own: true,
            renamed: Some("published".into()),
        };
        let form = remembered(&select("published"), &known).unwrap();
        assert_eq!(form.value.as_deref(), Some("Live"));
        assert_eq!(form.target, select("published").form.target);
        assert_eq!(remembered(&select("draft"), &known), None);
    }
}
