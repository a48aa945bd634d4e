//! Answering an agent outside: what memory advises, without what was tried already and without what
//! another step did.

use super::{Asked, Chosen, RecallAnswer, Weighed};
use crate::heal::{rules_out, same_purpose};
use crate::memory::{
    Advice, Approach, Judged, Question, Rejected, Remedy, Remembered, Situation, Tier,
    judge_for_outside,
};
use crate::plan::StepForm;
use crate::step::HealSource;
use crate::tactics::{of_another_trouble, prepares};
use chrono::{DateTime, Utc};

/// What is answered to a question, and why not more, whatever the step's own way has done.
#[must_use]
pub fn answer(
    question: &Question,
    remembered: Vec<Remembered>,
    asked: &Asked,
    now: DateTime<Utc>,
) -> RecallAnswer {
    let met = remembered.len();
    RecallAnswer::outside(judge_asked(question, remembered, asked, now), met, asked)
}

/// Judges for an agent outside what memory holds. What was tried, and what is another step's, makes
/// room for the next best.
#[must_use]
pub fn judge_asked(
    question: &Question,
    remembered: Vec<Remembered>,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Judged {
    let here = &question.situation;
    let unusable = |advice: &Advice| why_unusable(advice, here, asked);
    let mut judged = judge_for_outside(question, remembered, now, &unusable);
    for advice in &mut judged.offered {
        leave_out_the_step(advice, here);
    }
    judged
}

impl RecallAnswer {
    /// What an agent outside is answered, of so many situations that came up.
    #[must_use]
    pub fn outside(judged: Judged, met: usize, asked: &Asked) -> Self {
        let best = judged.settled.as_deref().into_iter().chain(&judged.offered);
        let chosen: Vec<Chosen> = best.clone().take(asked.limit).map(served).collect();
        let beyond = |rank: usize| {
            (rank >= asked.limit).then(|| format!("{} pieces were asked for at most", asked.limit))
        };
        let weighed =
            best.enumerate().map(|(rank, advice)| Weighed::new(advice, beyond(rank))).collect();
        let abstained = chosen.is_empty().then(|| why_nothing(&judged, met));
        Self { judged, considered: Vec::new(), chosen, weighed, abstained, trouble: None }
    }

    /// The advice that was served to an agent outside, first rank first.
    #[must_use]
    pub fn served(&self) -> Vec<&Advice> {
        let best = self.judged.settled.as_deref().into_iter().chain(&self.judged.offered);
        best.take(self.chosen.len()).collect()
    }
}

fn served(advice: &Advice) -> Chosen {
    Chosen {
        approach: advice.remedy.remedy.approach,
        by: HealSource::Advice {
            situation_id: advice.situation_id,
            remedy_id: advice.remedy.id,
            tier: advice.tier,
            confidence: advice.confidence,
        },
        what: advice.remedy.remedy.describe(),
    }
}

/// Why advice is of no use to who asks.
fn why_unusable(advice: &Advice, here: &Situation, asked: &Asked) -> Option<String> {
    if asked.has_tried(advice, here) {
        return Some("it was tried already".into());
    }
    if repeats(&advice.remedy.remedy, here) {
        return Some("it is what has just failed".into());
    }
    let (then, now) = (advice.situation.class, here.class);
    if now != then && now.is_beyond_the_page() {
        return Some(format!("it got past {then}, and nothing of that kind gets past {now}"));
    }
    let approach = advice.remedy.remedy.approach;
    let carries_over = prepares(approach) || bearing(&advice.situation, here) != Bearing::Other;
    (advice.tier == Tier::Medium && !carries_over).then(|| of_another_trouble(approach))
}

/// Whether a remedy is to do what has just failed, and nothing else.
fn repeats(remedy: &Remedy, here: &Situation) -> bool {
    let alone = remedy.steps.len() == 1
        && matches!(remedy.approach, Approach::OtherLocator | Approach::HumanAnswer);
    let failed = StepForm { target: here.target.clone(), ..StepForm::of(here.action) };
    alone && here.target.is_some() && remedy.comes_to(&failed, None)
}

/// How what was done for one step bears on another one of its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearing {
    /// It was for the same.
    Same,
    /// It may have been, in other words. Whoever asks can tell, and is told what it was for.
    Perhaps,
    /// It was for something else: its element is the wrong one.
    Other,
}

/// Our own agents go by `same_purpose` alone. Who asks from outside reads what is answered, and asks in
/// words of its own.
pub(super) fn bearing(known: &Situation, here: &Situation) -> Bearing {
    let same_page = here.is_on_the_page_of(known);
    if same_purpose(&known.intent, &here.intent) && (same_page || here.page.is_empty()) {
        return Bearing::Same;
    }
    // That the same locator failed says no more: the third row is somebody else tomorrow.
    let same_trouble = same_page && known.class == here.class && here.is_an_action_like(known);
    if same_trouble && !rules_out(&here.intent, &known.intent) {
        Bearing::Perhaps
    } else {
        Bearing::Other
    }
}

/// Of what got past another step's trouble only what prepared that step is advised.
fn leave_out_the_step(advice: &mut Advice, here: &Situation) {
    if advice.tier == Tier::Medium && bearing(&advice.situation, here) == Bearing::Other {
        advice.remedy.remedy.steps.retain(|step| !step.own);
    }
}

/// Why there is no advice: that people took what was known of this very trouble for wrong, then what
/// speaks against the rest.
fn why_nothing(judged: &Judged, remembered: usize) -> String {
    let is_flagged = |out: &&Rejected| judged.flagged.iter().any(|it| it.id == out.remedy_id);
    let others: Vec<&Rejected> = judged.rejected.iter().filter(|out| !is_flagged(out)).collect();
    let why = match (others.first(), remembered, judged.dead_ends.len()) {
        (Some(best), ..) => {
            let others = match others.len() {
                1 => "one remedy came up, and is not offered".to_owned(),
                more => format!("{more} remedies came up, and none is offered; of the best"),
            };
            format!("{others}: {}", best.why)
        }
        (None, _, dead @ 1..) => {
            let what = if dead == 1 { "what was" } else { "everything that was" };
            format!("{what} tried here before never worked, and nothing else is known")
        }
        (None, 0, 0) => "nothing like this has been met before".to_owned(),
        (None, ..) if !judged.flagged.is_empty() => "nothing else is known".to_owned(),
        (None, ..) => "this or something like it was met before, and nothing was found that \
                       gets past it"
            .to_owned(),
    };
    if judged.flagged.is_empty() {
        return why;
    }
    let worked = judged.flagged.iter().any(|it| it.proof.last_worked_anywhere().is_some());
    let what = if worked { "what worked" } else { "what was tried" };
    format!("{what} here was flagged as wrong; besides, {why}")
}

#[cfg(test)]
mod tests;
