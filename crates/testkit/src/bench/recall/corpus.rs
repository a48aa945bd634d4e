//! The labelled situations, each with the questions that it answers (tests/recall).

use super::Question;
use super::words::shared;
use crate::bench::situations::Known;
use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use domain::failure::{ErrorClass, Failure};
use domain::memory::{Remedy, Situation, Trust};
use domain::plan::{ActionName, StepForm, TargetForm};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Everything that is labelled.
pub(super) struct Corpus {
    pub(super) names: Vec<String>,
    pub(super) answers: Vec<Known>,
    pub(super) questions: Vec<Question>,
}

/// A situation as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    site: String,
    page: String,
    class: ErrorClass,
    action: ActionName,
    #[serde(default)]
    target: Option<TargetForm>,
    intent: String,
    message: String,
    remedy: Remedy,
    worked: u32,
    failed: u32,
    trust: Trust,
    questions: Vec<Asked>,
}

/// A question as it stands in the file. Whoever asks stands where the situation arose, unless it
/// says otherwise, and knows what the page and the error say; the words are their own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    intent: String,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    page: Option<String>,
    /// What else answers it.
    #[serde(default)]
    also: Vec<String>,
}

impl Corpus {
    /// Reads the file, and refuses questions that use the words of their answer.
    pub(super) fn read(text: &str) -> Result<Self> {
        let entries: Vec<Entry> = serde_json::from_str(text).context("the labelled situations")?;
        let places: BTreeMap<String, usize> =
            entries.iter().enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect();
        ensure!(places.len() == entries.len(), "two labelled situations have one name");
        let mut corpus = Self { names: Vec::new(), answers: Vec::new(), questions: Vec::new() };
        for (at, entry) in entries.into_iter().enumerate() {
            let answer = entry.known(at)?;
            for asked in &entry.questions {
                corpus.questions.push(asked.question(&entry, at, &places)?);
            }
            corpus.names.push(entry.name);
            corpus.answers.push(answer);
        }
        for question in &corpus.questions {
            for right in &question.right {
                let Situation { message, .. } = &corpus.answers[*right].situation;
                let answer = format!("{}. {message}", corpus.answers[*right].situation.text());
                let both = shared(&question.situation.intent, &answer);
                let asked = &question.situation.intent;
                ensure!(both.is_empty(), "`{asked}` shares {both:?} with `{answer}`");
            }
        }
        Ok(corpus)
    }

    /// The sites that the answers are of.
    pub(super) fn sites(&self) -> Vec<String> {
        let sites = self.answers.iter().map(|known| known.situation.site.clone());
        sites.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The pages that the answers are on, by site.
    pub(super) fn pages(&self) -> HashMap<String, Vec<String>> {
        let mut pages: HashMap<String, Vec<String>> = HashMap::new();
        for Known { situation, .. } in &self.answers {
            let here = pages.entry(situation.site.clone()).or_default();
            if !here.contains(&situation.page) {
                here.push(situation.page.clone());
            }
        }
        pages
    }
}

impl Entry {
    fn form(&self) -> StepForm {
        StepForm { target: self.target.clone(), ..StepForm::of(self.action) }
    }

    fn known(&self, at: usize) -> Result<Known> {
        ensure!(self.remedy.parses(), "the remedy of {} cannot be carried out", self.name);
        let failure = Failure::new(self.class, &*self.message);
        Ok(Known {
            situation: Situation::of(&self.site, &self.page, &self.form(), &self.intent, &failure),
            remedy: self.remedy.clone(),
            trust: self.trust,
            worked: self.worked,
            failed: self.failed,
            ago: TimeDelta::hours(i64::try_from(at)? + 12),
        })
    }
}

impl Asked {
    /// Whoever asks does not know the plan's target: that is what makes the question another key.
    fn question(
        &self,
        entry: &Entry,
        at: usize,
        places: &BTreeMap<String, usize>,
    ) -> Result<Question> {
        let site = self.site.as_ref().unwrap_or(&entry.site);
        let page = self.page.as_ref().unwrap_or(&entry.page);
        let form = StepForm::of(entry.action);
        let failure = Failure::new(entry.class, "");
        let mut right = vec![at];
        for name in &self.also {
            let place = places.get(name).with_context(|| format!("no situation is {name}"))?;
            right.push(*place);
        }
        let situation = Situation::of(site, page, &form, &self.intent, &failure);
        Ok(Question { situation, right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::recall::words::content_words;
    use crate::bench::situations::told_apart;

    const COMMITTED: &str = include_str!("../../../../../tests/recall/corpus.json");

    #[test]
    fn there_are_enough_questions_and_none_uses_the_words_of_its_answer() {
        let corpus = Corpus::read(COMMITTED).unwrap();
        assert!(corpus.answers.len() >= 60, "{}", corpus.answers.len());
        assert!(corpus.questions.len() >= 150, "{}", corpus.questions.len());
        let keys: BTreeSet<_> = corpus.answers.iter().map(|it| it.situation.key_text()).collect();
        assert_eq!(keys.len(), corpus.answers.len(), "two labelled situations are one");
    }

    #[test]
    fn a_question_in_the_words_of_its_answer_is_refused() {
        let gentle = "\"get rid of this volume for good\"";
        assert!(COMMITTED.contains(gentle));
        let asked = COMMITTED.replace(gentle, "\"get rid of this book for good\"");
        let refused = Corpus::read(&asked).err().unwrap().to_string();
        assert!(refused.contains("shares {\"book\"}"), "{refused}");
    }

    #[test]
    fn made_situations_are_about_other_things() {
        let corpus = Corpus::read(COMMITTED).unwrap();
        let labelled = corpus.answers.iter().map(|known| known.situation.text());
        let asked = corpus.questions.iter().map(|question| question.situation.text());
        let words = labelled.chain(asked).flat_map(|text| content_words(&text));
        let words: BTreeSet<String> = words.collect();
        for made in told_apart() {
            assert!(content_words(made).is_disjoint(&words), "{made} stands in the corpus");
        }
    }
}
