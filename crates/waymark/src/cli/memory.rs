//! The verbs about memory.

use crate::settings::{DatabaseArgs, EmbeddingArgs};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Memory is made of traces, and nothing in it is lost by making it anew. It is needed after a change of
the embedder, and never while all is well. Runs may go on meanwhile; they find less until it is done.

Examples:
  waymark reindex
  waymark reindex --project shop
  waymark reindex --json | jq .situations")]
pub(crate) struct ReindexArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) embeddings: EmbeddingArgs,
    /// Only the memory of this project.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
}
