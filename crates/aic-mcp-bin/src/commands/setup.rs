use std::env;
use std::path;

use anyhow::{Context, anyhow};
use clap::ValueEnum as _;

use super::entry;
use crate::cli::{GivenOption, Options, SetupArgs, SetupFormat};
use crate::clients::{self, Change, ClientSpec, Entry, Setup, Started, Target};
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal::{self, say, tell};

/// `aic-mcp setup`
pub(crate) fn run(options: &Options, given: &[GivenOption], args: &SetupArgs) -> Result<ExitKind> {
    let Some(client) = &args.client else {
        match args.format {
            SetupFormat::Text => list(),
            SetupFormat::Markdown => print_pages(),
        }
        return Ok(ExitKind::Success);
    };
    if args.remove {
        let name = args.name.clone().unwrap_or_else(|| entry::usual_name(options, args.demo));
        return change(client, args, Change::Remove(&name));
    }
    let entry = if args.demo {
        entry::of_demo(options, given, false, args.name.clone())?
    } else {
        let mut given = given.to_vec();
        let only_reads = !args.full && entry::leaves_writing_open(options);
        if only_reads {
            given.push(GivenOption::new("read-only", None));
        }
        let entry = entry::of_serve(options, &given, args.name.clone())?;
        if only_reads {
            say!("The server offers only tools that read; --full offers those that write too.\n");
        }
        entry
    };
    if args.link {
        tell!("{}", client.link(&entry).map_err(CommandError::wrong_use)?);
        return Ok(ExitKind::Success);
    }
    if !client.is_written() {
        return paste(client, &entry, args.write);
    }
    change(client, args, Change::Add(&entry))
}

/// Changes the client's file, or shows what would be changed.
fn change(client: &ClientSpec, args: &SetupArgs, change: Change<'_>) -> Result<ExitKind> {
    let chosen = match &args.file {
        Some(file) => Ok(path::absolute(file).context("the file's path is not known")?),
        None if args.project => {
            let here = env::current_dir().context("the current directory is not known")?;
            client.project_file(&here)
        }
        None => client.file(),
    };
    let setup = client.change(chosen.map_err(CommandError::wrong_use)?, change)?;
    let (file, title) = (setup.file.display().to_string(), client.title);
    if setup.is_done() {
        match change {
            Change::Add(_) => tell!("{file} has it already: {title} starts this server."),
            Change::Remove(name) => tell!("{file} has no server {name}."),
        }
        return Ok(ExitKind::Success);
    }
    warn_of_what_is_missing(client, args, &setup);
    if let Change::Add(entry) = change {
        say_what_is_replaced(&setup, entry);
    }
    if args.write {
        let backup = setup.write()?;
        terminal::print(setup.diff().as_bytes());
        let kept = backup.map(|backup| format!(" The file as it was is {}.", backup.display()));
        tell!(
            "\n{file} is written.{} Restart {title}, or have it load its servers again.",
            kept.unwrap_or_default()
        );
    } else {
        terminal::print(setup.diff().as_bytes());
        say!("\nNothing was written: that is the change that --write makes in {file}.");
    }
    if matches!(change, Change::Add(_)) {
        client.notes(&setup.file, args.project).into_iter().for_each(|note| say!("{note}"));
        if args.project {
            say!("{file} belongs to the project: the path in it is this machine's own.");
        }
    }
    Ok(ExitKind::Success)
}

/// A file that nobody reads would be no help.
fn warn_of_what_is_missing(client: &ClientSpec, args: &SetupArgs, setup: &Setup) {
    let (file, title) = (setup.file.display(), client.title);
    if args.project {
        return;
    }
    if args.file.is_some() {
        if let Some(directory) = setup.missing_directory() {
            say!("{} is not there yet.", directory.display());
        }
    } else if !client.is_there() {
        say!(
            "{file} is not there yet, and nothing else of {title} is: perhaps {title} is not installed, or \
             keeps its configuration elsewhere (--file)."
        );
    }
}

/// Says so where a server of that name was there for something else.
fn say_what_is_replaced(setup: &Setup, entry: &Entry) {
    let Some(old) = &setup.replaced else { return };
    let name = &entry.name;
    if !old.is_ours() {
        say!("{name} starts {} there: --name keeps both.", old.command);
        return;
    }
    let new = Started::of(entry).target();
    match old.target() {
        same if same.is_same(&new) => {}
        Target::Tenant(tenant) => say!("{name} is for {tenant} there: --name keeps both."),
        Target::Simulated => say!("{name} is for the simulated tenant there: --name keeps both."),
        Target::Unnamed => {}
    }
}

/// Prints the entry for a client whose file is not written here.
fn paste(client: &ClientSpec, entry: &Entry, write: bool) -> Result<ExitKind> {
    let file = client.file().map_err(CommandError::wrong_use)?;
    let text = client.to_paste(entry);
    terminal::print(text.as_bytes());
    let (title, file) = (client.title, file.display());
    if write {
        return Err(CommandError::wrong_use(anyhow!(
            "setup does not write {file}, which is YAML: paste the lines above into it"
        )));
    }
    say!(
        "\nPaste that into {file}, without the first line where the file has such a line, and restart \
         {title}."
    );
    Ok(ExitKind::Success)
}

/// The clients, each with its file and whether it is there.
fn list() {
    let widest = ClientSpec::value_variants().iter().map(|client| client.name.len()).max();
    let width = widest.unwrap_or_default();
    for client in ClientSpec::value_variants() {
        let file = client.file().map(|file| file.display().to_string());
        let file = file.unwrap_or_else(|problem| format!("({problem})"));
        let found = if client.is_there() { "found" } else { "" };
        tell!("{:width$}  {found:5}  {file}", client.name);
    }
}

/// The pages of the documentation, each after a line with its file.
fn print_pages() {
    for page in clients::pages() {
        terminal::print(format!("<!-- file: {} -->\n{}", page.file, page.text).as_bytes());
    }
}
