//! The names of what Waymark says: spans, attributes, and the values of attributes that are one of
//! a few. By the semantic conventions of OpenTelemetry, as of `GenAI` 0.1.0 and general 1.42; what
//! they have no name for is under `waymark.`. The constants are our own because the crate of
//! constants marks every one of `GenAI` deprecated.

/// What the names are taken from.
pub const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.42.0";

/// The instrumentation scope of everything.
pub const SCOPE: &str = "waymark";

/// The queue of tasks, as the messaging conventions see it.
pub const QUEUE: &str = "browser_tasks";

/// The system behind the queue.
pub const QUEUE_SYSTEM: &str = "waymark_postgres";

/// What spans are called: the first word, where an object follows.
pub mod span {
    /// An answered request: `{method} {route}`.
    pub const HTTP: &str = "{method} {route}";
    /// A task put into the queue.
    pub const SEND: &str = "send browser_tasks";
    /// Tasks taken from the queue.
    pub const RECEIVE: &str = "receive browser_tasks";
    /// An attempt at a task.
    pub const PROCESS: &str = "process browser_tasks";
    /// A run of the agent, `invoke_agent browser`.
    pub const INVOKE_AGENT: &str = "invoke_agent";
    /// Finding the plan to go by, `plan browser`.
    pub const PLAN: &str = "plan";
    /// A step, `execute_tool click`.
    pub const EXECUTE_TOOL: &str = "execute_tool";
    /// A question to memory.
    pub const SEARCH_MEMORY: &str = "search_memory";
    /// A run made part of memory.
    pub const CREATE_MEMORY: &str = "create_memory";
    /// What became of advice, kept with it.
    pub const UPDATE_MEMORY: &str = "update_memory";
    /// Texts to vectors, `embeddings {model}`.
    pub const EMBEDDINGS: &str = "embeddings";

    /// All of them.
    pub const ALL: [&str; 11] = [
        HTTP,
        SEND,
        RECEIVE,
        PROCESS,
        INVOKE_AGENT,
        PLAN,
        EXECUTE_TOOL,
        SEARCH_MEMORY,
        CREATE_MEMORY,
        UPDATE_MEMORY,
        EMBEDDINGS,
    ];
}

/// Attributes of spans.
pub mod attribute {
    /// `GET`, `POST`.
    pub const HTTP_METHOD: &str = "http.request.method";
    /// The pattern of the path, as in `/v1/tasks/{id}`.
    pub const HTTP_ROUTE: &str = "http.route";
    /// The status of the answer.
    pub const HTTP_STATUS: &str = "http.response.status_code";
    /// `http`.
    pub const URL_SCHEME: &str = "url.scheme";
    /// A page's address without user, query and fragment.
    pub const URL_FULL: &str = "url.full";
    /// A page's host.
    pub const URL_DOMAIN: &str = "url.domain";
    /// What went wrong, as a code; absent when nothing did.
    pub const ERROR_TYPE: &str = "error.type";
    /// What the queue is made of.
    pub const MESSAGING_SYSTEM: &str = "messaging.system";
    /// `send`, `receive` or `process`.
    pub const MESSAGING_OPERATION_NAME: &str = "messaging.operation.name";
    /// `send`, `receive` or `process`.
    pub const MESSAGING_OPERATION_TYPE: &str = "messaging.operation.type";
    /// The queue.
    pub const MESSAGING_DESTINATION: &str = "messaging.destination.name";
    /// The task.
    pub const MESSAGING_MESSAGE_ID: &str = "messaging.message.id";
    /// How many tasks were taken at once.
    pub const MESSAGING_BATCH_COUNT: &str = "messaging.batch.message_count";
    /// `invoke_agent`, `execute_tool`, `search_memory` and so on.
    pub const GEN_AI_OPERATION: &str = "gen_ai.operation.name";
    /// The agent.
    pub const GEN_AI_AGENT: &str = "gen_ai.agent.name";
    /// What a step does: the action.
    pub const GEN_AI_TOOL: &str = "gen_ai.tool.name";
    /// Always `function`.
    pub const GEN_AI_TOOL_TYPE: &str = "gen_ai.tool.type";
    /// The step: run and number.
    pub const GEN_AI_TOOL_CALL_ID: &str = "gen_ai.tool.call.id";
    /// The model that makes vectors.
    pub const GEN_AI_MODEL: &str = "gen_ai.request.model";
    /// How long its vectors are.
    pub const GEN_AI_DIMENSIONS: &str = "gen_ai.embeddings.dimension.count";
    /// What was asked of memory: `situation`, `site`, `plans`.
    pub const GEN_AI_MEMORY_STORE: &str = "gen_ai.memory.store.id";
    /// How many memories came back.
    pub const GEN_AI_MEMORY_RECORDS: &str = "gen_ai.memory.record.count";
    /// Which memory was written: a run, or a recall.
    pub const GEN_AI_MEMORY_RECORD: &str = "gen_ai.memory.record.id";
    /// A task.
    pub const TASK_ID: &str = "waymark.task.id";
    /// Which attempt at it, from 1.
    pub const TASK_ATTEMPT: &str = "waymark.task.attempt";
    /// A run.
    pub const RUN_ID: &str = "waymark.run.id";
    /// What became of a run: `succeeded`, `failed`, `cancelled`, `waiting`.
    pub const RUN_OUTCOME: &str = "waymark.run.outcome";
    /// The number of a step in its run, from 0.
    pub const STEP_INDEX: &str = "waymark.step.index";
    /// Why a step was taken: `plan`, `heal` and so on.
    pub const STEP_DECISION: &str = "waymark.step.decision";
    /// `worked` or `failed`.
    pub const STEP_OUTCOME: &str = "waymark.step.outcome";

    /// Where a heal comes from: a tier of advice, or `explored`, `routine`, `human`.
    pub const HEAL_TIER: &str = "waymark.heal.tier";
    /// Which tactic a heal follows.
    pub const HEAL_TACTIC: &str = "waymark.heal.tactic";
    /// The question to memory that went before a heal.
    pub const RECALL_ID: &str = "waymark.recall.id";

    /// All of them.
    pub const ALL: [&str; 33] = [
        HTTP_METHOD,
        HTTP_ROUTE,
        HTTP_STATUS,
        URL_SCHEME,
        URL_FULL,
        URL_DOMAIN,
        ERROR_TYPE,
        MESSAGING_SYSTEM,
        MESSAGING_OPERATION_NAME,
        MESSAGING_OPERATION_TYPE,
        MESSAGING_DESTINATION,
        MESSAGING_MESSAGE_ID,
        MESSAGING_BATCH_COUNT,
        GEN_AI_OPERATION,
        GEN_AI_AGENT,
        GEN_AI_TOOL,
        GEN_AI_TOOL_TYPE,
        GEN_AI_TOOL_CALL_ID,
        GEN_AI_MODEL,
        GEN_AI_DIMENSIONS,
        GEN_AI_MEMORY_STORE,
        GEN_AI_MEMORY_RECORDS,
        GEN_AI_MEMORY_RECORD,
        TASK_ID,
        TASK_ATTEMPT,
        RUN_ID,
        RUN_OUTCOME,
        STEP_INDEX,
        STEP_DECISION,
        STEP_OUTCOME,
        HEAL_TIER,
        HEAL_TACTIC,
        RECALL_ID,
    ];
}

/// What a process says of itself with every signal.
pub mod resource {
    /// `waymark`, unless named otherwise.
    pub const SERVICE_NAME: &str = "service.name";
    /// Which version.
    pub const SERVICE_VERSION: &str = "service.version";
    /// Which process: host and process id.
    pub const SERVICE_INSTANCE: &str = "service.instance.id";
    /// Where it runs.
    pub const HOST_NAME: &str = "host.name";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_name() {
        let readme = include_str!("../../README.md");
        for name in span::ALL.iter().chain(&attribute::ALL) {
            assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
        }
    }
}
