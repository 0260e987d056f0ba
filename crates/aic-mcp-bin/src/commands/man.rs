//! The manual: a page for the program, and one for each of its commands.

use std::fs;

use anyhow::{Context, anyhow};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use crate::cli::{self, ManArgs};
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal;

/// Variables that are no option of the program.
const OTHER_VARIABLES: [(&str, &str); 6] = [
    (
        "BROWSER",
        "The browser to sign in with: commands separated by colons, %s stands for the address.",
    ),
    (
        "DOCKER_CONTAINER",
        "Where it is true, the login is by code, and is kept on the volume of the image.",
    ),
    (
        "HTTPS_PROXY, ALL_PROXY",
        "The proxy to the tenant. Tenants on this machine are reached without.",
    ),
    ("NO_PROXY", "Domains, addresses and networks that are reached without a proxy."),
    ("SSL_CERT_FILE", "On Linux, a file of certificates to trust in place of the system's."),
    ("NO_COLOR", "Where it is set, nothing is in colours."),
];

/// Files that the program reads and writes by itself.
const FILES: [(&str, &str); 4] = [
    ("~/.config/aic-mcp/config.toml", "The profiles, and which of them is the default one."),
    (
        "~/.local/state/aic-mcp/logins/TENANT/token.json",
        "The login to a tenant, where no keychain keeps it. Only its owner can reach it. On macOS it is \
         below ~/Library/Application Support/aic-mcp, on Windows below %LOCALAPPDATA%\\aic-mcp.",
    ),
    ("/app/tokens/token.json", "The login in a container."),
    ("~/.local/state/aic-mcp/approvals", "The sockets on which servers take approvals."),
];

/// A command line, and what it is for.
type Example = (&'static str, &'static str);

/// Command lines of each command.
const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "aic-mcp",
        &[
            ("aic-mcp init", "Sets everything up, step by step."),
            ("aic-mcp demo", "Serves MCP on a simulated tenant."),
        ],
    ),
    (
        "aic-mcp-serve",
        &[
            ("aic-mcp serve --tenant openam-example.forgeblocks.com --read-only", "Only reads."),
            (
                "aic-mcp serve --profile prod --toolsets logs",
                "Offers one toolset of a profile's tenant.",
            ),
        ],
    ),
    ("aic-mcp-demo", &[("aic-mcp demo --interactive", "Has a person sign in.")]),
    (
        "aic-mcp-login",
        &[
            ("aic-mcp login", "Signs in with this machine's browser."),
            ("aic-mcp login --login device", "Signs in with a code on any device."),
        ],
    ),
    ("aic-mcp-logout", &[("aic-mcp logout", "Ends the kept login.")]),
    (
        "aic-mcp-status",
        &[("aic-mcp status --format json", "For scripts; 3 is the status without a login.")],
    ),
    (
        "aic-mcp-call",
        &[
            ("aic-mcp call updateTheme --help", "Shows the arguments of a tool."),
            (
                "aic-mcp call queryManagedObjects --args '{\"objectType\": \"alpha_user\"}'",
                "Arguments as text.",
            ),
            (
                "aic-mcp call createTheme --args @theme.json --dry-run",
                "Arguments from a file, and no change.",
            ),
            ("aic-mcp call --demo listJourneys", "On a simulated tenant."),
        ],
    ),
    (
        "aic-mcp-approve",
        &[
            ("aic-mcp approve", "Lists what waits."),
            ("aic-mcp approve 7F3A-91C2", "Shows one call, and lets it through or refuses it."),
        ],
    ),
    ("aic-mcp-audit", &[("aic-mcp audit verify audit.jsonl", "Checks every line.")]),
    ("aic-mcp-audit-verify", &[("aic-mcp audit verify audit.jsonl", "Checks every line.")]),
    (
        "aic-mcp-tools",
        &[
            ("aic-mcp tools", "Lists all, by toolset."),
            ("aic-mcp tools updateJourney", "Shows one in full."),
        ],
    ),
    (
        "aic-mcp-init",
        &[(
            "aic-mcp init --tenant openam-example.forgeblocks.com --client cursor,codex --yes",
            "Asks nothing.",
        )],
    ),
    ("aic-mcp-doctor", &[("aic-mcp doctor --profile prod", "Checks a profile.")]),
    (
        "aic-mcp-setup",
        &[
            ("aic-mcp setup cursor", "Shows the change of the client's configuration."),
            ("aic-mcp setup cursor --full --write", "Makes it, and lets the server write, too."),
        ],
    ),
    (
        "aic-mcp-completions",
        &[
            (
                "aic-mcp completions bash > ~/.local/share/bash-completion/completions/aic-mcp",
                "For bash.",
            ),
            ("aic-mcp completions fish > ~/.config/fish/completions/aic-mcp.fish", "For fish."),
        ],
    ),
];

/// A page of the manual.
struct Page {
    /// The name without the section, such as `aic-mcp-call`.
    name: String,
    text: Vec<u8>,
}

/// `aic-mcp man`: prints a page, or writes all for those who pack the program.
pub(crate) fn run(args: &ManArgs) -> Result<ExitKind> {
    let pages = pages()?;
    if let Some(directory) = &args.dir {
        let cannot = || format!("{} cannot be written", directory.display());
        fs::create_dir_all(directory).with_context(cannot)?;
        for page in &pages {
            let file = directory.join(format!("{}.1", page.name));
            fs::write(file, &page.text).with_context(cannot)?;
        }
        return Ok(ExitKind::Success);
    }
    let name = match &args.command {
        Some(command) => format!("aic-mcp-{command}"),
        None => "aic-mcp".to_owned(),
    };
    let page = pages.iter().find(|page| page.name == name).ok_or_else(|| {
        CommandError::wrong_use(anyhow!(
            "there is no page {name}; `aic-mcp --help` lists the commands"
        ))
    })?;
    terminal::print(&page.text);
    Ok(ExitKind::Success)
}

/// All pages: of the program, and of each command that help lists.
fn pages() -> Result<Vec<Page>> {
    let mut program = cli::for_people();
    program.build();
    let mut commands = vec![program];
    let mut next = 0;
    while let Some(command) = commands.get(next).cloned() {
        commands.extend(inner(&command).cloned());
        next += 1;
    }
    let names: Vec<_> = commands.iter().map(name).collect();
    commands.iter().map(|command| page(command, &names)).collect()
}

/// The commands below a command that a person is told of.
fn inner(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command, all: &[String]) -> Result<Page> {
    let name = name(command);
    let man = Man::new(command.clone().after_help(None)).title(name.to_uppercase());
    let man = man.source(concat!("aic-mcp ", env!("CARGO_PKG_VERSION"))).manual("aic-mcp");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if inner(command).next().is_some() {
        man.render_subcommands_section(&mut text)?;
    }
    let variables = own_variables(command);
    let mut end = Roff::new();
    let described = |end: &mut Roff, title: &str, items: &[(String, String)]| {
        end.control("SH", [title]);
        for (item, says) in items {
            end.control("TP", []).text([bold(item)]).text([roman(says)]);
        }
    };
    let owned = |(item, says): &(&str, &str)| ((*item).to_owned(), (*says).to_owned());
    let others = OTHER_VARIABLES.iter().map(owned);
    described(&mut end, "ENVIRONMENT", &variables.into_iter().chain(others).collect::<Vec<_>>());
    described(&mut end, "FILES", &FILES.iter().map(owned).collect::<Vec<_>>());
    let statuses = ExitKind::ALL
        .map(|kind| (format!("{} {}", kind.code(), kind.meaning()), kind.description().to_owned()));
    described(&mut end, "EXIT STATUS", &statuses);
    let examples = EXAMPLES.iter().filter(|(command, _)| *command == name);
    let examples: Vec<_> = examples.flat_map(|(_, lines)| lines.iter().map(owned)).collect();
    described(&mut end, "EXAMPLES", &examples);
    let others = all.iter().filter(|other| **other != name);
    let others: Vec<_> = others.map(|other| format!("{other}(1)")).collect();
    end.control("SH", ["SEE ALSO"]).text([italic(others.join(", "))]);
    end.to_writer(&mut text)?;
    Ok(Page { name, text })
}

/// The variables of a command's options.
fn own_variables(command: &Command) -> Vec<(String, String)> {
    let options = command.get_arguments().filter(|option| !option.is_hide_set());
    options
        .filter_map(|option| {
            let variable = option.get_env()?.to_string_lossy().into_owned();
            let name = option.get_long()?;
            Some((variable, format!("The value of --{name}, where that is not given.")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_has_a_page_with_examples_that_it_takes() {
        let pages = pages().unwrap();
        assert!(pages.len() > 12);
        for page in &pages {
            let text = String::from_utf8(page.text.clone()).unwrap();
            for section in [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "ENVIRONMENT",
                "FILES",
                "EXIT STATUS",
                "EXAMPLES",
            ] {
                let heading = [format!(".SH {section}\n"), format!(".SH \"{section}\"\n")];
                assert!(heading.iter().any(|heading| text.contains(heading)), "{section}: {text}");
            }
            let examples = EXAMPLES.iter().find(|(command, _)| *command == page.name);
            let (_, lines) = examples.unwrap_or_else(|| panic!("no example of {}", page.name));
            for (line, _) in *lines {
                let line = line.split(" > ").next().unwrap_or_default();
                let words = shell_words::split(line).unwrap();
                let taken = Cli::command().try_get_matches_from(words);
                let is_help = |error: &clap::Error| error.exit_code() == 0;
                assert!(taken.as_ref().err().is_none_or(is_help), "{line}: {taken:?}");
            }
        }
        let command = pages.iter().find(|page| page.name == "aic-mcp-call").unwrap();
        let text = String::from_utf8_lossy(&command.text).into_owned();
        assert!(text.contains("AIC_DRY_RUN") && text.contains("\\-\\-dry\\-run"), "{text}");
    }
}
