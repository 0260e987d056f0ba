//! The arguments that a command has of its own.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::complete;
use crate::approvals::ApprovalId;
use crate::clients::ClientSpec;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Sign in by hand at the simulated tenant's page, in the browser
    #[arg(long)]
    pub(crate) interactive: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The tool's name; `aic-mcp tools` lists them, and `aic-mcp call TOOL --help` shows its arguments
    #[arg(add = ArgValueCompleter::new(complete::tool))]
    pub(crate) tool: String,
    /// The arguments, a JSON object: as text, @FILE, or - for standard input
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) args: String,
    /// Call it on a simulated tenant, made for this one call
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// The ids that the assistant was given, such as 7F3A-91C2; without any, lists what waits
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<ApprovalId>,
    /// Show everything that waits, and let all of it through or none
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no line was changed, added or removed, and print the digest of the last one
    ///
    /// Each line has its number and the digest of the line before it. Whoever can write the whole file
    /// can also write it anew: keep the digest that is printed elsewhere, and give it as --contains
    /// later.
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The file that --audit-log names
    pub(crate) file: PathBuf,
    /// A line must have this digest, printed by an earlier check
    #[arg(long, value_name = "DIGEST")]
    pub(crate) contains: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// How to print it: for people, or as JSON
    #[arg(long, value_enum, default_value_t = StatusFormat::Text)]
    pub(crate) format: StatusFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Set up these clients; by default those that are found
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CLIENT,...")]
    pub(crate) client: Vec<ClientSpec>,
    /// Offer the tools that write too
    #[arg(long)]
    pub(crate) full: bool,
    /// Ask nothing, and agree to everything
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// How to print it: for people, or as JSON
    #[arg(long, value_enum, default_value_t = StatusFormat::Text)]
    pub(crate) format: StatusFormat,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct SetupArgs {
    #[arg(help = ClientSpec::argument_help())]
    pub(crate) client: Option<ClientSpec>,
    /// Write it, after a copy of the file as it was
    #[arg(long, requires = "client")]
    pub(crate) write: bool,
    /// Have it offer the tools that write too; without it, or a profile, only those that read
    #[arg(long, requires = "client", conflicts_with = "read_only")]
    pub(crate) full: bool,
    /// Change this file, and not the client's usual one
    #[arg(long, value_name = "FILE", requires = "client")]
    pub(crate) file: Option<PathBuf>,
    /// Change the file of the project in the current directory
    #[arg(long, requires = "client", conflicts_with = "file")]
    pub(crate) project: bool,
    /// Have the client start the server on a simulated tenant
    #[arg(long, requires = "client")]
    pub(crate) demo: bool,
    /// Remove the server, and add none
    #[arg(long, requires = "client")]
    pub(crate) remove: bool,
    /// Print a link that has the client add the server, where the client takes links
    #[arg(long, requires = "client", conflicts_with_all = ["write", "file", "project", "remove"])]
    pub(crate) link: bool,
    /// The server's name in the client [default: aic, or aic-PROFILE]
    #[arg(long, value_parser = server_name)]
    pub(crate) name: Option<String>,
    /// How to print the list of clients: for people, or as the pages of the documentation
    #[arg(long, value_enum, default_value_t = SetupFormat::Text, hide = true)]
    pub(crate) format: SetupFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SetupFormat {
    Text,
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command, with hyphens for what is below it; without one, the page of the program
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
    /// Write all pages into this directory
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ToolsArgs {
    /// Show these tools in full
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::tool))]
    pub(crate) names: Vec<String>,
    /// How to print them: for people, everything as JSON, or the tool reference
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Markdown,
}

/// A name that every client takes for a server.
fn server_name(name: &str) -> Result<String, String> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    fits.then(|| name.to_owned()).ok_or_else(|| {
        "it must be 1 to 64 letters, digits, hyphens and underscores, for example aic".to_owned()
    })
}
