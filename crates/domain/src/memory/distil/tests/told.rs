//! What is remembered of the answers of humans.

use super::*;

fn human() -> HealSource {
    HealSource::Human { escalation_id: EscalationId::from_uuid(Uuid::from_u128(5)) }
}

#[test]
fn a_human_answer_is_trusted_as_such() {
    let distilled = healed(human()).planned(2, None).distilled();
    assert_eq!(distilled.uses[0].1.approach, Approach::HumanAnswer);
    assert_eq!(distilled.uses[0].2.trust, Trust::Human);
}

#[test]
fn an_answer_after_one_that_did_not_help_is_remembered_where_the_plan_failed() {
    let wrong = json!({"action": "click", "target": {"text": "Store"}});
    let story = Story::new().planned(0, None).planned(1, GONE);
    let story = story.then(heal(1, 2, 0, human(), true), &wrong, GONE);
    let distilled = story.then(heal(1, 3, 1, human(), true), &save(), None).planned(2, None);
    let distilled = distilled.distilled();
    let [(first, _, failed), (second, remedy, worked)] = &distilled.uses[..] else {
        panic!("{distilled:?}")
    };
    assert_eq!(first, second);
    assert_eq!((failed.verdict, worked.verdict), (Verdict::Failed, Verdict::Worked));
    assert_eq!(remedy.describe(), "click the button named \"Save {{inputs.user}}\" instead");
}

#[test]
fn a_human_is_not_to_blame_for_what_failed_later() {
    let story = healed(human()).planned(2, GONE);
    let distilled = story.ended(Outcome::Failed, Some(FailureKind::Blocked)).distilled();
    assert_eq!(distilled.uses[0].2.verdict, Verdict::Unverified);
}

#[test]
fn a_trace_without_the_contents_of_files_still_tells_where_they_went() {
    let mut story = Story::new();
    story.run.plan.steps[0] = form(json!({"intent": "choose the cover", "action": "upload",
        "target": {"css": "#cover"}, "files": [{"name": "a.txt", "text": "ficciones"}]}));
    let done = |name: &str| json!({"action": "upload", "target": {"label": "Cover"}, "files": [{"name": name}]});
    let by = || heal(0, 1, 0, HealSource::Routine, true);
    let told = |name: &str| {
        let story = Story { run: story.run.clone() };
        story.planned(0, GONE).then(by(), &done(name), None).planned(1, None).distilled().uses.len()
    };
    assert_eq!((told("a.txt"), told("b.txt")), (1, 0));
}

#[test]
fn an_option_that_a_human_called_by_its_new_name_is_remembered_for_the_old_one() {
    let mut story = Story::new();
    story.run.plan.steps[0] = form(json!({"intent": "choose the state", "action": "select",
        "target": {"css": "#state"}, "value": "published"}));
    let told = |value: &str| {
        let live = json!({"action": "select", "target": {"label": "State"}, "value": value});
        let story = Story { run: story.run.clone() }.planned(0, GONE);
        story.then(heal(0, 1, 0, human(), true), &live, None).planned(1, None).distilled().uses
    };
    let step = told("Live")[0].1.steps[0].clone();
    assert_eq!(step.form.value.as_deref(), Some("Live"));
    assert_eq!(step.renamed.as_deref(), Some("published"));
    let step = told("published")[0].1.steps[0].clone();
    assert_eq!((step.form.value, step.renamed), (None, None), "it is the step's own");
    for variable in ["{{inputs.user}}", "{{secrets.state}}", "State of ada"] {
        assert_eq!(told(variable), [], "{variable}");
    }
}

#[test]
fn what_a_human_had_us_do_first_is_remembered_in_order_and_what_was_typed_is_not() {
    let told = |action: &str, value: &str| {
        let open = json!({"action": "click", "target": {"text": "More"}});
        let search = json!({"action": action, "target": {"label": "Find"}, "value": value});
        let story = Story::new().planned(0, None).planned(1, GONE);
        let story = story.then(heal(1, 2, 0, human(), false), &open, None);
        let story = story.then(heal(1, 2, 0, human(), false), &search, None);
        let story = story.then(heal(1, 2, 0, human(), true), &save(), None);
        story.planned(2, None).distilled().uses
    };
    for (action, value) in [("fill", "{{inputs.user}}"), ("select", "All")] {
        let (_, remedy, mark) = &told(action, value)[0];
        let own: Vec<bool> = remedy.steps.iter().map(|step| step.own).collect();
        assert_eq!((own, mark.trust), (vec![false, false, true], Trust::Human));
        assert_eq!(remedy.steps[1].form.value.as_deref(), Some(value));
    }
    for value in ["ada", "{{secrets.password}}", "{{inputs.user}} {{secrets.password}}", "x"] {
        assert_eq!(told("fill", value), [], "{value}");
    }
    assert_eq!(told("select", "ada"), []);
}

#[test]
fn what_a_remedy_cannot_say_is_not_remembered() {
    let code = json!({"action": "fill", "target": {"css": "#code"}, "value": "123456"});
    let story = Story::new().planned(0, GONE).then(heal(0, 1, 0, human(), true), &code, None);
    assert_eq!(story.distilled().uses, [], "its value is not the plan's");
}
