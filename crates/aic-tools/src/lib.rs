//! The tools that an AI assistant is offered to run a tenant of PingOne Advanced Identity Cloud.
//!
//! A [`Tool`] is data plus one function: its [`Spec`] and its input and output types are the
//! single source of its schemas, its hints, its scopes and its documentation. The [`Registry`]
//! holds them all. Nothing here knows a transport or sends a request itself: the tools use
//! `aic-api`, and a server shows them.

mod control;
mod outcome;
mod prompts;
mod resources;
mod tool;
mod tools;

pub use control::{
    Asked, AuditLog, AuditOutcome, AuditRecord, Break, Changes, Class, Confirm, DirectoryKey, Harm,
    Intact, TooMuch, WriteLimit, verify_audit_log,
};
pub use outcome::{
    Failure, FailureKind, Limits, MASK, Output, SafeText, Success, ToolError, Why, hint_in_words,
    mask, reveal,
};
pub use prompts::{AnyPrompt, PromptArgument, PromptSpec};
pub use resources::{ResourceTemplate, ToolCall};
pub use tool::{
    Annotations, AnyTool, CallWatch, Context, Effect, Group, JsonObject, NamePattern, NotOffered,
    Registry, Rehearsal, Selection, Spec, Tool, ToolDeps, Toolset,
};
pub use tools::{TRANSACTION_PREFIX, USER_AGENT_PREFIX};
