-- Which trace of OpenTelemetry a run is in, and what vendors say of the trace of a task.
--
--   run.trace_id     The first attempt goes on in the trace of the request, so its claim knows it. A
--                    later attempt has a trace of its own, which its worker tells if it sends any;
--                    one that went on with an answer keeps the trace in which it began. Null where
--                    nobody sent one.
--   task.tracestate  Stands beside task.traceparent, from the same request.
--
-- Both are added without a default, so that no row is rewritten; runs from before have none.
alter table run add column trace_id text;
alter table task add column tracestate text;
