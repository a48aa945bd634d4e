//! The names of what is exported: OpenTelemetry's semantic conventions where they have one, and
//! `waymark.` where they have none.

/// Names of metrics.
pub(crate) mod metric {
    /// The name of a metric, and what it says.
    pub(crate) type Metric = (&'static str, &'static str);

    pub(crate) const HTTP_SERVER_REQUEST_DURATION: Metric = (
        "http.server.request.duration",
        "How long the API took to answer, in seconds; event streams and probes are left out.",
    );
    pub(crate) const HTTP_SERVER_ACTIVE_REQUESTS: Metric =
        ("http.server.active_requests", "Requests under way.");
    pub(crate) const SENT_MESSAGES: Metric =
        ("messaging.client.sent.messages", "Tasks that were queued.");
    pub(crate) const CONSUMED_MESSAGES: Metric =
        ("messaging.client.consumed.messages", "Tasks that were claimed.");
    pub(crate) const PROCESS_DURATION: Metric =
        ("messaging.process.duration", "How long an attempt at a task took, in seconds.");
    pub(crate) const INVOKE_AGENT_DURATION: Metric =
        ("gen_ai.invoke_agent.duration", "How long a run took, in seconds.");
    pub(crate) const EXECUTE_TOOL_DURATION: Metric =
        ("gen_ai.execute_tool.duration", "How long a step took, in seconds.");
    pub(crate) const DB_CONNECTIONS: Metric =
        ("db.client.connection.count", "Connections to Postgres.");
    pub(crate) const DB_CONNECTIONS_MAX: Metric =
        ("db.client.connection.max", "The most connections there may be.");
    pub(crate) const DB_OPERATION_DURATION: Metric =
        ("db.client.operation.duration", "How long a statement took, in seconds.");
    pub(crate) const DB_WAIT_TIME: Metric = (
        "db.client.connection.wait_time",
        "How long a call waited for a connection of the pool, in seconds.",
    );
    pub(crate) const QUEUE_DEPTH: Metric =
        ("waymark.queue.depth", "Tasks that have not ended, by what they wait for.");
    pub(crate) const QUEUE_LAG: Metric = (
        "waymark.queue.lag",
        "How long the oldest task that could be claimed has waited, in seconds.",
    );
    pub(crate) const TASK_WAIT_DURATION: Metric =
        ("waymark.task.wait_duration", "How long a task waited until it was claimed, in seconds.");
    pub(crate) const TASK_RETRIED: Metric =
        ("waymark.task.retried", "Attempts that failed and will be made again.");
    pub(crate) const TASK_FINISHED: Metric = ("waymark.task.finished", "Tasks that ended.");
    pub(crate) const WORKER_LIMIT: Metric =
        ("waymark.worker.limit", "How many tasks this process works on at most.");
    pub(crate) const WORKER_USAGE: Metric = ("waymark.worker.usage", "How many it works on.");
    pub(crate) const HEALS: Metric = (
        "waymark.heals",
        "Steps taken past a failure that did, or did not, do what the failed step was for.",
    );
    pub(crate) const FORESEEN: Metric = (
        "waymark.foreseen",
        "Steps that were taken another way at once, because memory knew that the plan's way fails.",
    );
    pub(crate) const RECALL_DURATION: Metric =
        ("waymark.recall.duration", "How long memory took to advise, in seconds.");
    pub(crate) const RECALL_ADVICE: Metric =
        ("waymark.recall.advice", "Pieces of advice that were served.");
    pub(crate) const RECALL_OUTCOMES: Metric =
        ("waymark.recall.outcomes", "What became of advice that was followed.");
    pub(crate) const MEMORY_WRITES: Metric =
        ("waymark.memory.writes", "Runs that became part of memory.");
    pub(crate) const MEMORY_UNREADABLE: Metric = (
        "waymark.memory.unreadable",
        "Remedies that an older version wrote and nobody can read, since the process began.",
    );
    pub(crate) const SEARCH_DURATION: Metric =
        ("waymark.search.duration", "How long a search of runs took, in seconds.");
    pub(crate) const SEARCH_WAITING: Metric =
        ("waymark.search.waiting", "Texts and runs that wait until they can be found.");
    pub(crate) const SEARCH_LAG: Metric =
        ("waymark.search.lag", "How long the oldest of them has waited, in seconds.");
    pub(crate) const EMBED_DURATION: Metric =
        ("waymark.embed.duration", "How long an embedding took, in seconds.");
    pub(crate) const EMBED_FAILED: Metric =
        ("waymark.embed.failed", "Embeddings that failed since the process began.");
    pub(crate) const ESCALATION_WAITING: Metric =
        ("waymark.escalation.waiting", "Questions to humans that are open.");
    pub(crate) const ESCALATION_LAG: Metric =
        ("waymark.escalation.lag", "How long the oldest of them has waited, in seconds.");
    pub(crate) const ESCALATION_OPENED: Metric =
        ("waymark.escalation.opened", "Questions to humans that were asked.");
    pub(crate) const BROWSER_OPEN_DURATION: Metric = (
        "waymark.browser.session.open.duration",
        "How long a browser session took to open, in seconds: the start of a browser, where one was needed, is in it.",
    );
    pub(crate) const BROWSER_LAUNCHES: Metric =
        ("waymark.browser.launches", "Browsers that were started.");
    pub(crate) const BROWSER_CRASHES: Metric =
        ("waymark.browser.crashes", "Browsers that ended unasked.");
    pub(crate) const BROWSER_SESSION_ACTIVE: Metric =
        ("waymark.browser.session.active", "Browser sessions that are open.");
    pub(crate) const LEASE_EXPIRED: Metric =
        ("waymark.lease.expired", "Tasks that were ended because their workers vanished.");
    pub(crate) const RETENTION_REMOVED: Metric =
        ("waymark.retention.removed", "Rows that retention removed.");
    pub(crate) const DATABASE_UP: Metric =
        ("waymark.database.up", "Whether the database answers this process: 1, or 0.");
    pub(crate) const DATABASE_SIZE: Metric =
        ("waymark.database.size", "How much room the database takes, in bytes.");

    /// Every one of them.
    #[cfg(test)]
    pub(crate) const ALL: [Metric; 41] = [
        HTTP_SERVER_REQUEST_DURATION,
        HTTP_SERVER_ACTIVE_REQUESTS,
        SENT_MESSAGES,
        CONSUMED_MESSAGES,
        PROCESS_DURATION,
        INVOKE_AGENT_DURATION,
        EXECUTE_TOOL_DURATION,
        DB_CONNECTIONS,
        DB_CONNECTIONS_MAX,
        DB_OPERATION_DURATION,
        DB_WAIT_TIME,
        QUEUE_DEPTH,
        QUEUE_LAG,
        TASK_WAIT_DURATION,
        TASK_RETRIED,
        TASK_FINISHED,
        WORKER_LIMIT,
        WORKER_USAGE,
        HEALS,
        FORESEEN,
        RECALL_DURATION,
        RECALL_ADVICE,
        RECALL_OUTCOMES,
        MEMORY_WRITES,
        MEMORY_UNREADABLE,
        SEARCH_DURATION,
        SEARCH_WAITING,
        SEARCH_LAG,
        EMBED_DURATION,
        EMBED_FAILED,
        ESCALATION_WAITING,
        ESCALATION_LAG,
        ESCALATION_OPENED,
        BROWSER_OPEN_DURATION,
        BROWSER_LAUNCHES,
        BROWSER_CRASHES,
        BROWSER_SESSION_ACTIVE,
        LEASE_EXPIRED,
        RETENTION_REMOVED,
        DATABASE_UP,
        DATABASE_SIZE,
    ];
}

/// Names of attributes: those that spans have too, and those of metrics alone. None of them ever holds
/// an id, a site, a goal or an address.
pub(crate) mod attribute {
    pub(crate) use crate::spans::names::attribute::{
        ERROR_TYPE, GEN_AI_TOOL, HEAL_TACTIC, HEAL_TIER, HTTP_METHOD, HTTP_ROUTE, HTTP_STATUS,
        MESSAGING_DESTINATION, MESSAGING_OPERATION_NAME, MESSAGING_SYSTEM, RUN_OUTCOME,
        STEP_OUTCOME, URL_SCHEME,
    };

    /// What kind of database: `postgresql`.
    pub(crate) const DB_SYSTEM: &str = "db.system.name";
    /// The name of a statement, as in `tasks.claim`.
    pub(crate) const DB_QUERY_SUMMARY: &str = "db.query.summary";
    /// Which pool of connections.
    pub(crate) const DB_POOL_NAME: &str = "db.client.connection.pool.name";
    /// `idle` or `used`.
    pub(crate) const DB_CONNECTION_STATE: &str = "db.client.connection.state";
    /// `queued`, `scheduled`, `running` or `waiting`.
    pub(crate) const QUEUE_STATE: &str = "waymark.queue.state";
    /// How a task ended.
    pub(crate) const TASK_STATE: &str = "waymark.task.state";
    /// `worked` or `failed`.
    pub(crate) const HEAL_RESULT: &str = "waymark.heal.result";
    /// Who asked memory: `agent`, one of our runs, or `api`, somebody else's.
    pub(crate) const RECALL_ASKER: &str = "waymark.recall.asker";
    /// `hit` or `miss`.
    pub(crate) const RECALL_RESULT: &str = "waymark.recall.result";
    /// What became of advice.
    pub(crate) const RECALL_OUTCOME: &str = "waymark.recall.outcome";
    /// What became of a run that was to be remembered.
    pub(crate) const MEMORY_RESULT: &str = "waymark.memory.result";
    /// How runs were searched.
    pub(crate) const SEARCH_MODE: &str = "waymark.search.mode";
    /// What a human was asked for.
    pub(crate) const ESCALATION_KIND: &str = "waymark.escalation.kind";
    /// What was removed.
    pub(crate) const RETENTION_KIND: &str = "waymark.retention.kind";
}
