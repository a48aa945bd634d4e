//! What a run taught, each thing once and under its id.

use crate::memory::facts::EndedRun;
use crate::memory::rows::{action_name, hash, target_key};
use crate::text::clean;
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RemedyId, SituationId};
use domain::memory::{
    Mark, Remedy, Situation, Tally, Verdict, Worked, distil, effective_plan, goal_key,
};
use domain::plan::PlanForm;
use domain::run::Outcome;
use pgvector::HalfVector;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Everything to be written about one run.
pub(in crate::memory) struct Lesson {
    pub(super) situations: BTreeMap<SituationId, Met>,
    pub(super) remedies: BTreeMap<RemedyId, Used>,
    pub(super) marks: BTreeMap<(RemedyId, u32), (SituationId, Mark)>,
    pub(super) working: Vec<Worked>,
    /// `None` when memory has forgotten it.
    pub(super) goal: Option<Goal>,
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
            goal: Some(goal(run)),
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
        for (situation, remedy, mark) in distilled.marks {
            lesson.marks.entry((remedy, mark.seq)).or_insert((situation, mark));
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
        self.marks.entry((id, mark.seq)).or_insert((situation, mark));
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
        situations.chain(self.goal.as_ref().map(|goal| (goal.id, &goal.key)))
    }

    /// The remedies that it used.
    pub(super) fn marked(&self) -> Vec<Uuid> {
        let remedies: BTreeSet<Uuid> = self.marks.keys().map(|(id, _)| id.as_uuid()).collect();
        remedies.into_iter().collect()
    }

    /// What memory may have forgotten of it: each thing with the last time that this run was about
    /// it.
    pub(in crate::memory) fn last_about(&self, run: &EndedRun) -> BTreeMap<Uuid, DateTime<Utc>> {
        let mut last = BTreeMap::new();
        let mut note = |key: Uuid, at: DateTime<Utc>| {
            let known = last.entry(key).or_insert(at);
            *known = at.max(*known);
        };
        for (id, met) in &self.situations {
            note(id.as_uuid(), met.last_at);
        }
        for ((_, seq), (situation, _)) in &self.marks {
            note(situation.as_uuid(), run.time_of(*seq));
        }
        for worked in &self.working {
            note(working_key(run, worked), run.ended_at);
        }
        if let Some(goal) = &self.goal {
            note(goal.id, run.ended_at);
        }
        last
    }

    /// Leaves out what memory has forgotten.
    pub(in crate::memory) fn forget(&mut self, run: &EndedRun, forgotten: &BTreeSet<Uuid>) {
        let keeps = |key: Uuid| !forgotten.contains(&key);
        self.situations.retain(|id, _| keeps(id.as_uuid()));
        self.remedies.retain(|_, used| keeps(used.situation.as_uuid()));
        self.marks.retain(|_, (situation, _)| keeps(situation.as_uuid()));
        self.working.retain(|worked| keeps(working_key(run, worked)));
        self.goal = self.goal.take().filter(|goal| keeps(goal.id));
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

fn working_key(run: &EndedRun, worked: &Worked) -> Uuid {
    let target = target_key(Some(&worked.target));
    let (project, page) = (run.project, clean(&worked.page));
    working_hash(project, &run.facts.site, (action_name(worked.action), target, &page))
}

/// A working locator's key as one value.
pub(in crate::memory) fn working_hash(
    project: ProjectId,
    site: &str,
    (action, target, page): (&str, Uuid, &str),
) -> Uuid {
    hash(&["working", &project.to_string(), &clean(site), action, &target.to_string(), page])
}
