//! How good recall is: questions that people wrote, in words that do not stand in the situation they
//! are about, among a hundred thousand situations that are no answer.
//!
//! The store, the model and the judging are the product's. Beside the full ranking stand the three
//! ways of asking that anybody would try first (words, meaning, both), over everything the project
//! knows, with the product's judging of what each brings up.

mod account;
mod corpus;
mod methods;
mod own;
mod score;
mod words;

use crate::bench::database::Database;
use crate::bench::machine::Machine;
use crate::bench::progress;
use crate::bench::settings::{Settings, path};
use crate::bench::situations::{Indexes, Known, Maker, Row, Sites, Vectors, load};
use account::Account;
use anyhow::Result;
use corpus::Corpus;
use domain::clock::{Clock as _, SystemClock};
use domain::memory::Situation;
use methods::Asking;
use std::collections::HashMap;
use store::MemoryStore;
use uuid::Uuid;

/// How many situations are no answer.
const DISTRACTORS: usize = 100_000;

/// How many different texts they have, apart from those on pages of the labelled ones.
const TEXTS: u64 = 25_000;

/// What part of them is on the sites that the questions are about, and how many other sites there
/// are.
const NEARBY: f64 = 0.25;
const OTHER_SITES: usize = 400;

const BATCH: usize = 5000;

/// Measures everything.
pub(super) async fn measure(corpus: &str) -> Result<()> {
    let settings = Settings::read()?;
    let corpus = Corpus::read(corpus)?;
    let mut machine = Machine::look();
    progress("starting a Postgres of its own");
    let mut database = Database::start(&settings).await?;
    machine.postgres = Some(database.version.clone());
    let measured = asked(&settings, &corpus, &mut database, machine).await;
    let stopped = database.stop().await;
    measured?;
    stopped
}

async fn asked(
    settings: &Settings,
    corpus: &Corpus,
    database: &mut Database,
    machine: Machine,
) -> Result<()> {
    let mut vectors =
        Vectors::open(&path("WAYMARK_BENCH_KEPT")?, &path("WAYMARK_MODEL_DIR")?).await?;
    let distractors = settings.count(DISTRACTORS);
    let among = fill(database, corpus, &mut vectors, distractors).await?;
    let store = database.store().await?;
    let now = SystemClock.now();
    let memory = MemoryStore::new(store.clone(), vectors.model());
    let mut asking = Asking { database, memory, among: &among, now };
    let mut account = Account::new(machine, corpus, &among, asking.database.project);
    progress(&format!("asking {} questions", corpus.questions.len()));
    for question in &corpus.questions {
        let meaning = vectors.of(&[question.situation.text()]).await?.remove(0);
        for (method, found) in asking.ask_all(&question.situation, &meaning).await? {
            account.add(method, question, &found);
        }
    }
    let own = own::questions(corpus, &among);
    progress(&format!("asking {} questions in the words of the answers", own.len()));
    for question in &own {
        let meaning = vectors.of(&[question.situation.text()]).await?.remove(0);
        let found = asking.full(&question.situation, &meaning).await?;
        account.add_own(question, &found);
    }
    store.close().await;
    account.write(&settings.results)?;
    account.print()
}

/// Loads the answers and what is none; gives everything by its id.
async fn fill(
    database: &mut Database,
    corpus: &Corpus,
    vectors: &mut Vectors,
    distractors: usize,
) -> Result<HashMap<Uuid, Known>> {
    let maker = Maker {
        texts: TEXTS,
        sites: Sites::with(&corpus.sites(), NEARBY, OTHER_SITES),
        pages: corpus.pages(),
    };
    let made = (0..u64::try_from(distractors)?).map(|number| maker.make(number));
    let everything: Vec<Known> = corpus.answers.iter().cloned().chain(made).collect();
    let texts = everything.iter().map(|known| known.situation.text()).collect::<Vec<_>>();
    let meanings = vectors.of(&texts).await?;
    progress(&format!("loading {} situations", everything.len()));
    let indexes = Indexes::drop_all(&mut database.sql).await?;
    let now = SystemClock.now();
    for (known, meanings) in everything.chunks(BATCH).zip(meanings.chunks(BATCH)) {
        let rows = known.iter().zip(meanings);
        let rows = rows.map(|(known, vector)| Row { known, vector, run: Uuid::nil() });
        load(&mut database.sql, database.project, &rows.collect::<Vec<_>>(), now).await?;
    }
    progress("building the indexes");
    indexes.restore(&mut database.sql).await?;
    database.run("vacuum analyze").await?;
    let project = database.project;
    Ok(everything.into_iter().map(|known| (known.id(project).as_uuid(), known)).collect())
}

/// A question, and the situations that answer it.
struct Question {
    situation: Situation,
    /// Where they stand among the labelled ones.
    right: Vec<usize>,
}
