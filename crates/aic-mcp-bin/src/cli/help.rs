//! The options, of those that every command takes, which `--help` of each command lists.

use std::ffi::OsString;

use aic_tools::Registry;

use crate::commands::tools;

/// The headings of the options that matter to a command, and what is said of the others. Commands that
/// are not named list all.
fn shown(command: &str) -> Option<(&'static [&'static str], &'static str)> {
    const OTHERS: &str = "It takes the other options of `aic-mcp serve` too.";
    const HANDED_ON: &str = "The other options of `aic-mcp serve`, such as --toolsets or --confirm, go \
                             into the client's configuration as they are given here.";
    Some(match command {
        "login" | "logout" | "status" | "doctor" => (&["Tenant", "Login"], OTHERS),
        "init" | "setup" => (&["Tenant", "Login"], HANDED_ON),
        "tools" => (&["Tenant", "Control"], OTHERS),
        "call" => {
            (&["Tenant", "Login", "Control", "Changes"], "All options: `aic-mcp serve --help`.")
        }
        "approve" | "audit" | "completions" | "man" => (&[], ""),
        _ => return None,
    })
}

/// The same command line, whose `call --help` is about the tool that the words of the command line name.
pub(super) fn of_tool(
    command: clap::Command,
    words: impl Iterator<Item = OsString>,
) -> clap::Command {
    let mut words = words.skip_while(|word| word != "call").skip(1);
    let all = Registry::all();
    let Some(tool) = words.find_map(|word| all.get(word.to_str()?)) else { return command };
    let text = tools::one::whole(tool);
    command.mut_subcommand("call", |call| {
        // The options would push the arguments off the screen.
        call.help_template("{before-help}{usage-heading} {usage}{after-help}")
            .before_help(text.trim_end().to_owned())
            .after_help("Options: `aic-mcp call --help`.")
    })
}

/// The same command line, whose help lists those options that matter to a command. All are taken.
pub(super) fn shortened(command: clap::Command) -> clap::Command {
    let options: Vec<_> =
        command.get_arguments().filter(|option| option.is_global_set()).cloned().collect();
    command.mut_subcommands(|sub| {
        let Some((headings, others)) = shown(sub.get_name()) else { return sub };
        let hidden = options.iter().filter(|option| {
            !option.get_help_heading().is_some_and(|heading| headings.contains(&heading))
        });
        // What a command has itself is not handed down to it.
        let sub = sub.args(hidden.cloned().map(|option| option.hide(true)));
        if others.is_empty() { sub } else { sub.after_help(others) }
    })
}
