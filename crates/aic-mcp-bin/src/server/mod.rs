//! The MCP server: shows the tools on standard input and output.

pub(crate) mod client_log;
mod compact;
mod confirm;
mod era;
mod handler;
mod instructions;
mod progress;
mod prompts;
mod resources;
mod run;
mod sign_in;
mod stdio;
mod transport;
mod turns;
mod unfinished;

pub(crate) use handler::Server;
pub(crate) use stdio::serve;
