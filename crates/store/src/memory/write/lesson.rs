//! What a run taught, each thing once and under its id.

use crate::memory::facts::EndedRun;
use crate::memory::rows::hash;
use chrono::{DateTime, Utc};
use domain::id::{RemedyId, SituationId};
use domain::memory::{
    Mark, Remedy, Situation, Tally, Verdict, Worked, distil, effective_plan, goal_key,
};
use domain::plan::PlanForm;
use domain::run::Outcome;
use pgvector::HalfVector;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Everything to be written about one run.
pub(in crate::memory) struct Lesson {
    pub(super) situations: BTreeMap<SituationId, Met>,
    pub(super) remedies: BTreeMap<RemedyId, Used>,
    pub(super) marks: BTreeMap<(RemedyId, u32), Mark>,
    pub(super) working: Vec<Worked>,
    pub(super) goal: Goal,
    pub(super) tally: Tally,
    pub(super) model: String,
    pub(super) vectors: HashMap<String, HalfVector>,
}

/// A situation as this run met it.
pub(super) struct Met {
    pub(super) situation: Situation,
    pub(super) text: String,
    pub(super) first_step: u32,
    pub(super) seen: u32,
    pub(super) last_at: DateTime<Utc>,
}

/// A remedy as this run used it: where it first worked, and what it looked like when it last did.
pub(super) struct Used {
    pub(super) situation: SituationId,
    pub(super) first: (bool, u32),
    pub(super) last: (bool, u32),
    pub(super) content: Remedy,
}

/// What the run was after.
pub(super) struct Goal {
    pub(super) id: Uuid,
    pub(super) key: String,
    pub(super) plan: PlanForm,
}

impl Lesson {
    pub(in crate::memory) fn of(run: &EndedRun) -> Self {
        let mut distilled = distil(&run.facts);
        let mut lesson = Self {
            situations: BTreeMap::new(),
            remedies: BTreeMap::new(),
            marks: BTreeMap::new(),
            working: std::mem::take(&mut distilled.working),
            goal: goal(run),
            tally: std::mem::take(&mut distilled.tally),
            model: String::new(),
            vectors: HashMap::new(),
        };
        for (situation, step) in distilled.situations {
            let met = lesson.meet(run, situation, step);
            met.seen += 1;
        }
        for (situation, remedy, mark) in distilled.uses {
            let id = situation.id(run.project);
            if !lesson.situations.contains_key(&id) {
                lesson.meet(run, situation, mark.seq);
            }
            lesson.used(remedy.id(run.project, id), id, remedy, mark);
        }
        for (_, remedy, mark) in distilled.marks {
            lesson.marks.entry((remedy, mark.seq)).or_insert(mark);
        }
        lesson
    }

    fn meet(&mut self, run: &EndedRun, situation: Situation, step: u32) -> &mut Met {
        let at = run.time_of(step);
        let met = self.situations.entry(situation.id(run.project)).or_insert_with(|| Met {
            text: situation.text(),
            situation,
            first_step: step,
            seen: 0,
            last_at: at,
        });
        met.last_at = met.last_at.max(at);
        met
    }

    fn used(&mut self, id: RemedyId, situation: SituationId, content: Remedy, mark: Mark) {
        let worked = mark.verdict == Verdict::Worked;
        self.marks.entry((id, mark.seq)).or_insert(mark);
        let used = self.remedies.entry(id).or_insert_with(|| Used {
            situation,
            first: (worked, mark.seq),
            last: (worked, mark.seq),
            content: content.clone(),
        });
        // That it worked comes before when.
        if (!worked, mark.seq) < (!used.first.0, used.first.1) {
            used.first = (worked, mark.seq);
        }
        if (worked, mark.seq) > used.last {
            used.last = (worked, mark.seq);
            used.content = content;
        }
    }

    /// What is embedded of it, by id.
    pub(in crate::memory) fn texts(&self) -> impl Iterator<Item = (Uuid, &String)> {
        let situations = self.situations.iter().map(|(id, met)| (id.as_uuid(), &met.text));
        situations.chain([(self.goal.id, &self.goal.key)])
    }

    /// Gives it vectors, by text.
    pub(in crate::memory) fn give(&mut self, model: &str, vectors: HashMap<String, HalfVector>) {
        model.clone_into(&mut self.model);
        self.vectors = vectors;
    }
}

impl EndedRun {
    /// When a step of it began.
    pub(super) fn time_of(&self, seq: u32) -> DateTime<Utc> {
        let steps = &self.facts.steps;
        let found = steps.binary_search_by_key(&seq, |step| step.seq);
        found.map_or(self.ended_at, |at| steps[at].started_at)
    }
}

fn goal(run: &EndedRun) -> Goal {
    let key = goal_key(&run.goal, &run.facts.inputs);
    let plan = match run.facts.outcome {
        Outcome::Succeeded => effective_plan(&run.facts),
        _ => run.facts.plan.clone(),
    };
    Goal { id: goal_id(run, &key), key, plan }
}

fn goal_id(run: &EndedRun, key: &str) -> Uuid {
    hash(&["goal", &run.project.to_string(), &run.facts.site, key])
}
