//! The tools that an AI assistant is offered to run a tenant of PingOne Advanced Identity Cloud.
//!
//! A [`Tool`] is data plus one function: its [`Spec`] and its input and output types are the
//! single source of its schemas, its hints, its scopes and its documentation. The [`Registry`]
//! holds them all. Nothing here knows a transport or sends a request itself: the tools use
//! `aic-api`, and a server shows them.

mod audit;
mod changes;
mod error;
mod failure;
mod harm;
mod hints;
mod input;
mod people;
mod policy;
mod preview;
mod private_dir;
mod prompts;
mod redact;
mod registry;
mod resources;
mod result;
mod schema;
mod selection;
mod spec;
mod tool;
mod tools;

pub use audit::{
    Asked, AuditLog, AuditOutcome, AuditRecord, Break, Intact, verify as verify_audit_log,
};
pub use changes::{Changes, DirectoryKey, TooMuch, WriteLimit};
pub use error::ToolError;
pub use failure::{Failure, FailureKind, Why};
pub use harm::{Class, Harm};
pub use hints::hint_in_words;
pub use people::SafeText;
pub use policy::{Confirm, Consent};
pub use private_dir::PrivateDir;
pub use prompts::{AnyPrompt, PromptArgument, PromptSpec};
pub use redact::{MASK, mask, reveal};
pub use registry::Registry;
pub use resources::{ResourceTemplate, ToolCall};
pub use result::{Limits, Output, Success};
pub use schema::JsonObject;
pub use selection::{Group, NamePattern, Off, Selection};
pub use spec::{Annotations, Effect, Spec, Toolset};
pub use tool::{AnyTool, Context, Rehearsal, Tool, Watch, Workplace};
pub use tools::{TRANSACTION_PREFIX, USER_AGENT_PREFIX};
