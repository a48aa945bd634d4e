//! A worker of the demo, for as long as something is told.

use crate::app::{self, Beneath};
use crate::cli::WorkArgs;
use crate::settings::DataArgs;
use anyhow::{Result, anyhow};
use domain::egress::EgressPolicy;
use domain::ports::Embedder;
use std::sync::Arc;
use store::Store;
use worker::Stop;

/// What the demo's workers are made of.
pub(super) struct Shifts {
    pub(super) data: DataArgs,
    pub(super) work: WorkArgs,
    pub(super) store: Store,
    pub(super) embedder: Arc<dyn Embedder>,
    pub(super) egress: EgressPolicy,
    /// Stops every one of them.
    pub(super) stop: Stop,
}

impl Shifts {
    /// Starts a worker with a browser of its own, does something while it works, and stops it.
    pub(super) async fn during<T>(
        &self,
        name: &str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let args = WorkArgs { worker: self.work.worker.named(name), ..self.work.clone() };
        let beneath = Beneath {
            store: &self.store,
            embedder: self.embedder.clone(),
            egress: self.egress.clone(),
            listening: None,
        };
        let (worker, pool) = app::worker(&self.data, &args, beneath).await?;
        let listener = match self.store.listen().await {
            Ok(listener) => listener,
            Err(error) => {
                pool.stop().await;
                return Err(error.into());
            }
        };
        let (soft, hard) = (self.stop.soft.child_token(), self.stop.hard.child_token());
        let ended = soft.clone();
        let work = async {
            let done = tokio::select! {
                // What only waits to be stopped ends in order then.
                biased;
                done = work => done,
                () = ended.cancelled() => Err(anyhow!("stopped before the story was told")),
            };
            ended.cancel();
            done
        };
        let shift = async {
            tokio::select! {
                () = worker.run(Box::new(listener.wakeups()), Stop { soft, hard }) => {}
                never = app::sample_browsers(&pool) => match never {},
            }
        };
        let ((), done) = tokio::join!(shift, work);
        drop(listener);
        pool.stop().await;
        done
    }
}
