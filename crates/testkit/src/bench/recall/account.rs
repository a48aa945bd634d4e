//! What came of all questions, as a table and as JSON.

use super::Question;
use super::corpus::Corpus;
use super::methods::{Found, Method};
use super::own::Own;
use super::score::{Answered, Score};
use crate::bench::machine::Machine;
use crate::bench::situations::Known;
use anyhow::{Context as _, Result};
use domain::id::ProjectId;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use uuid::Uuid;

/// The aims of the full ranking.
const RECALL_AT_3: f64 = 0.95;
const HIGH_WRONG: f64 = 0.005;

/// What came of all questions.
pub(super) struct Account<'a> {
    machine: Machine,
    corpus: &'a Corpus,
    /// Everything that is remembered.
    among: &'a HashMap<Uuid, Known>,
    /// The labelled situations by their ids.
    labelled: HashMap<Uuid, usize>,
    scores: Vec<(Method, Score)>,
    /// The full ranking's, where memory has the site and where it has not.
    here: Score,
    elsewhere: Score,
    /// The latter once more, by what is served there: the approach, whichever situation it comes from.
    approach: Score,
    /// The full ranking's where it is asked in the words of the answers.
    own: Score,
    missed: Vec<Missed>,
    own_wrong: Vec<Missed>,
}

/// A question that the full ranking did not answer in its first three, or answered wrongly in the
/// tier that is copied.
#[derive(Serialize)]
struct Missed {
    asked: String,
    site: String,
    page: String,
    wanted: String,
    rank: Option<usize>,
    high_wrong: bool,
    got: Vec<String>,
}

impl<'a> Account<'a> {
    pub(super) fn new(
        machine: Machine,
        corpus: &'a Corpus,
        among: &'a HashMap<Uuid, Known>,
        project: ProjectId,
    ) -> Self {
        let answers = corpus.answers.iter().enumerate();
        Self {
            machine,
            corpus,
            among,
            labelled: answers.map(|(at, known)| (known.id(project).as_uuid(), at)).collect(),
            scores: Method::ALL.map(|method| (method, Score::default())).into(),
            here: Score::default(),
            elsewhere: Score::default(),
            approach: Score::default(),
            own: Score::default(),
            missed: Vec::new(),
            own_wrong: Vec::new(),
        }
    }

    /// Counts an answer.
    pub(super) fn add(&mut self, method: Method, question: &Question, found: &Found) {
        let is_right = |id: &Uuid| {
            self.labelled.get(id).is_some_and(|labelled| question.right.contains(labelled))
        };
        let answered = Answered::of(found, question.right.len(), is_right);
        for (of, score) in &mut self.scores {
            if *of == method {
                score.add(&answered);
            }
        }
        if method != Method::Full {
            return;
        }
        let answer = &self.corpus.answers[question.right[0]];
        if answer.situation.site == question.situation.site {
            self.here.add(&answered);
        } else {
            self.elsewhere.add(&answered);
            let approach = answer.remedy.approach;
            let says =
                |id: &Uuid| self.among.get(id).is_some_and(|it| it.remedy.approach == approach);
            self.approach.add(&Answered::of(found, 1, says));
        }
        let rank = answered.ranks.first().copied();
        if rank.is_none_or(|rank| rank >= 3) || answered.high_wrong {
            self.missed.push(Missed {
                asked: question.situation.intent.clone(),
                site: question.situation.site.clone(),
                page: question.situation.page.clone(),
                wanted: self.corpus.names[question.right[0]].clone(),
                rank,
                high_wrong: answered.high_wrong,
                got: found.ranking.iter().map(|id| self.told(id)).collect(),
            });
        }
    }

    /// Counts the full ranking's answer to a question in the words of what answers it.
    pub(super) fn add_own(&mut self, question: &Own, found: &Found) {
        let Own { situation, right } = question;
        let answered = Answered::of(found, right.len(), |id| right.contains(id));
        self.own.add(&answered);
        if answered.high_wrong {
            self.own_wrong.push(Missed {
                asked: situation.intent.clone(),
                site: situation.site.clone(),
                page: situation.page.clone(),
                wanted: situation.intent.clone(),
                rank: answered.ranks.first().copied(),
                high_wrong: true,
                got: found.high.iter().map(|id| self.told(id)).collect(),
            });
        }
    }

    /// What a situation is, for people.
    fn told(&self, id: &Uuid) -> String {
        let situation = self.among.get(id).map(|known| &known.situation);
        situation.map_or(id.to_string(), |it| format!("{}{}: {}", it.site, it.page, it.intent))
    }

    /// How many situations are no answer.
    fn distractors(&self) -> usize {
        self.among.len() - self.labelled.len()
    }

    /// Writes the JSON.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("recall.json");
        let rows: Vec<Value> =
            self.scores.iter().map(|(method, score)| row(*method, score)).collect();
        let json = json!({
            "questions": self.corpus.questions.len(),
            "distractors": self.distractors(),
            "rows": rows,
            "machine": self.machine,
            "full": {
                "same_site": details(&self.here),
                "other_site": details(&self.elsewhere),
                "other_site_approach": details(&self.approach),
            },
            "own_words": details(&self.own),
            "missed": self.missed,
            "own_words_wrong": self.own_wrong,
        });
        fs::write(&path, serde_json::to_string_pretty(&json)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Prints the table, and what the full ranking missed.
    pub(super) fn print(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        let (answers, questions) = (self.corpus.answers.len(), self.corpus.questions.len());
        writeln!(out, "{}\n", self.machine)?;
        writeln!(
            out,
            "{questions} questions, {answers} labelled situations, {} others\n",
            self.distractors()
        )?;
        writeln!(
            out,
            "{:<18} {:>9} {:>8} {:>8} {:>8} {:>10} {:>10}",
            "", "questions", "recall@1", "recall@3", "nDCG@10", "high right", "high wrong"
        )?;
        let named = self.scores.iter().map(|(method, score)| (method.name(), score));
        let parts = [
            ("full, same site", &self.here),
            ("full, other site", &self.elsewhere),
            ("  its approach", &self.approach),
            ("full, own words", &self.own),
        ];
        for (name, score) in named.chain(parts) {
            writeln!(
                out,
                "{name:<18} {:>9} {:>8.3} {:>8.3} {:>8.3} {:>10.3} {:>10.4}",
                score.questions(),
                score.recall_at_1(),
                score.recall_at_3(),
                score.ndcg_at_10(),
                score.high_right(),
                score.high_wrong()
            )?;
        }
        for (_, full) in self.scores.iter().filter(|(method, _)| *method == Method::Full) {
            let verdict = |met: bool| if met { "met" } else { "MISSED" };
            let wrong = full.high_wrong().max(self.own.high_wrong());
            writeln!(
                out,
                "\naims of the full ranking: recall@3 >= {RECALL_AT_3}: {}; high wrong <= \
                 {HIGH_WRONG}: {}",
                verdict(full.recall_at_3() >= RECALL_AT_3),
                verdict(wrong <= HIGH_WRONG)
            )?;
        }
        for missed in self.missed.iter().chain(&self.own_wrong) {
            let Missed { asked, site, page, wanted, rank, got, .. } = missed;
            let rank = rank.map_or("nowhere".to_owned(), |rank| (rank + 1).to_string());
            writeln!(out, "\n{site}{page}: {asked}\n    wanted {wanted}: {rank}")?;
            for got in got {
                writeln!(out, "    got {got}")?;
            }
        }
        Ok(())
    }
}

fn row(method: Method, score: &Score) -> Value {
    json!({
        "method": method.name(),
        "recall_at_1": score.recall_at_1(),
        "recall_at_3": score.recall_at_3(),
        "ndcg_at_10": score.ndcg_at_10(),
        "high_tier_wrong": score.high_wrong(),
    })
}

fn details(score: &Score) -> Value {
    json!({
        "questions": score.questions(),
        "recall_at_1": score.recall_at_1(),
        "recall_at_3": score.recall_at_3(),
        "ndcg_at_10": score.ndcg_at_10(),
        "high_tier_right": score.high_right(),
        "high_tier_wrong": score.high_wrong(),
    })
}
