//! How fast memory answers among very many situations: through HTTP, beside the same statements
//! alone, and how fast traces are recorded meanwhile.
//!
//! The situations are made once for each size and kept (`kept`). Their vectors are those of 25,000
//! real texts by the real model, each moved a little: as dense as those vectors are, but
//! the neighbours of a text are the same text in other words, so finding the very nearest is harder
//! than among real ones.

mod account;
mod asked;
mod exact;
mod floor;
mod history;
mod http;
mod kept;
mod options;
mod recall;
mod search;
mod server;
mod service;
mod steps;
mod tap;
mod traces;

use crate::bench::machine::Machine;
use crate::bench::progress;
use crate::bench::situations::Vectors;
use account::{Account, Row};
use anyhow::Result;
use asked::Asked;
use kept::Kept;
use options::Options;
use server::Server;
use service::Service;

/// Measures every size.
pub(super) async fn measure() -> Result<()> {
    let options = Options::read()?;
    let mut account = Account::new(Machine::look());
    progress("loading the model");
    let mut vectors = Vectors::open(&options.kept, &options.model).await?;
    progress("starting the Postgres that keeps them");
    let server = Server::start(&options).await?;
    let measured = every_size(&options, &server, &mut vectors, &mut account).await;
    let stopped = server.stop().await;
    measured?;
    stopped?;
    account.print()
}

async fn every_size(
    options: &Options,
    server: &Server,
    vectors: &mut Vectors,
    account: &mut Account,
) -> Result<()> {
    for situations in &options.sizes {
        let mut kept = Kept::provide(server, vectors, *situations).await?;
        account.of_postgres(&kept.database.version);
        let row = one_size(options, &mut kept, vectors).await?;
        account.add(row);
        kept.database.stop().await?;
        // What is there so far is worth having, however the rest goes.
        account.write(&options.results)?;
    }
    let smallest = options.sizes.iter().min().copied().unwrap_or_default();
    account.history(history::measure(options, server, vectors, smallest).await?);
    account.write(&options.results)
}

async fn one_size(options: &Options, kept: &mut Kept, vectors: &mut Vectors) -> Result<Row> {
    let questions = Asked::some(kept, vectors, options.questions).await?;
    let situations = kept.situations;
    let say = |what: &str| progress(&format!("{situations} situations: {what}"));
    say("starting the service");
    let service = Service::start(options, &kept.database).await?;
    say("recall");
    let recall = recall::measure(kept, vectors, &service, &questions).await?;
    say("search");
    let search = search::measure(kept, vectors, &service, &questions).await?;
    say("the graph beside an exact scan");
    let exact = exact::measure(kept, vectors, &questions).await?;
    service.stop().await?;
    say("recording steps");
    let steps = steps::measure(options, kept).await?;
    Ok(Row {
        situations: kept.situations,
        recall,
        search,
        exact,
        steps,
        built: kept.built().await?,
    })
}
