//! Answering an agent outside: what memory advises, without what was tried already.

use super::{Asked, Chosen, RecallAnswer, Weighed};
use crate::memory::{Advice, Judged, Question, Rejected, Remembered, judge};
use crate::step::HealSource;
use chrono::{DateTime, Utc};

/// What is answered to a question, and why not more. What was tried makes room for the next best.
#[must_use]
pub fn answer(
    question: &Question,
    mut remembered: Vec<Remembered>,
    asked: &Asked,
    now: DateTime<Utc>,
) -> RecallAnswer {
    let mut left_out: Vec<Rejected> = Vec::new();
    let mut judged = loop {
        let judged = judge(question, remembered.clone(), now);
        let tried: Vec<Rejected> = judged
            .settled
            .as_deref()
            .into_iter()
            .chain(&judged.offered)
            .filter(|advice| asked.has_tried(advice, &question.situation))
            .map(tried_already)
            .collect();
        if tried.is_empty() {
            break judged;
        }
        for known in &mut remembered {
            known.remedies.retain(|remedy| !tried.iter().any(|out| out.remedy_id == remedy.id));
        }
        left_out.extend(tried);
    };
    left_out.append(&mut judged.rejected);
    judged.rejected = left_out;
    let best = judged.settled.as_deref().into_iter().chain(&judged.offered);
    let chosen: Vec<Chosen> = best.clone().take(asked.limit).map(served).collect();
    let beyond = |rank: usize| {
        (rank >= asked.limit).then(|| format!("{} pieces were asked for at most", asked.limit))
    };
    let weighed =
        best.enumerate().map(|(rank, advice)| Weighed::new(advice, beyond(rank))).collect();
    let abstained = chosen.is_empty().then(|| why_nothing(&judged, remembered.len()));
    RecallAnswer { judged, considered: Vec::new(), chosen, weighed, abstained, trouble: None }
}

impl RecallAnswer {
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

fn tried_already(advice: &Advice) -> Rejected {
    Rejected {
        remedy_id: advice.remedy.id,
        situation_id: advice.situation_id,
        tier: advice.tier,
        confidence: advice.confidence,
        why: "it was tried already".into(),
    }
}

/// Why there is no advice.
fn why_nothing(judged: &Judged, remembered: usize) -> String {
    match (judged.rejected.first(), remembered, judged.dead_ends.len()) {
        (Some(best), ..) => {
            let others = match judged.rejected.len() {
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
        (None, ..) => "this or something like it was met before, and nothing was found that \
                       gets past it"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
