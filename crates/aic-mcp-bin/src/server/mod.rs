//! The MCP server: shows the tools on standard input and output.

mod handler;
mod stdio;

pub(crate) use handler::Server;
pub(crate) use stdio::serve;
