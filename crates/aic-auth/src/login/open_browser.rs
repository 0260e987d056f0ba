use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use url::Url;

/// Opens the administrator's browser at a page: the browser that `BROWSER` names, else the
/// system's. Calls `failed` where none can be opened.
///
/// The browser gets none of this process's standard streams, since standard output may be a
/// protocol's.
pub fn open_browser(url: &Url, failed: impl FnOnce() + Send + 'static) {
    let commands = commands(env::var("BROWSER").ok().as_deref(), url);
    // A launcher may run for as long as the browser does, and has to be waited for.
    thread::spawn(move || {
        if commands.into_iter().any(run) {
            tracing::info!("a browser was opened");
        } else {
            failed();
        }
    });
}

/// Whether a program that opens a browser is there. Whether it works is seen only when it does.
pub fn finds_browser() -> bool {
    // Only the programs matter.
    let Ok(url) = Url::parse("http://localhost/") else { return false };
    let path = env::var_os("PATH").unwrap_or_default();
    commands(env::var("BROWSER").ok().as_deref(), &url).iter().any(|command| {
        let program = Path::new(command.get_program());
        program.is_absolute() && program.is_file()
            || env::split_paths(&path).any(|directory| directory.join(program).is_file())
    })
}

fn run(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The separator of the commands in `BROWSER`. On Windows, a colon is a part of paths.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// The programs to try, best first. `BROWSER` is a list of commands separated by colons, in which `%s`
/// stands for the URL, as xdg-open(1) and Debian's sensible-browser(1) read it; on Windows, it is separated
/// by semicolons, as `PATH` is.
fn commands(browser: Option<&str>, url: &Url) -> Vec<Command> {
    let mut commands = chosen(browser.unwrap_or_default(), SEPARATOR, url);
    commands.extend(open::commands(url.as_str()));
    commands
}

fn chosen(browser: &str, separator: char, url: &Url) -> Vec<Command> {
    let entries = browser.split(separator).map(str::trim);
    entries.filter_map(|entry| command(entry, url)).collect()
}

fn command(entry: &str, url: &Url) -> Option<Command> {
    // A path may have blanks in it, as `C:\Program Files` has.
    if Path::new(entry).is_file() {
        let mut command = Command::new(entry);
        command.arg(url.as_str());
        return Some(command);
    }
    let mut words = entry.split_whitespace();
    let mut command = Command::new(words.next()?);
    let mut placed = false;
    for word in words {
        placed |= word.contains("%s");
        command.arg(word.replace("%s", url.as_str()));
    }
    if !placed {
        command.arg(url.as_str());
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(command: &Command) -> String {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_browser_variable_comes_first_and_may_say_where_the_url_goes() {
        let url = Url::parse("https://id.example.com/?a=b%20c").unwrap();
        let commands = commands(Some("firefox --url=%s -P x::lynx"), &url);
        assert_eq!(shown(&commands[0]), format!("firefox --url={url} -P x"));
        assert_eq!(shown(&commands[1]), format!("lynx {url}"));
        assert!(commands.len() > 2);
    }

    #[test]
    fn a_path_with_blanks_is_one_word_and_a_colon_ends_no_path_on_windows() {
        let folder = tempfile::tempdir().unwrap();
        let url = Url::parse("https://id.example.com/").unwrap();
        let program = folder.path().join("C: Program Files");
        std::fs::write(&program, "").unwrap();
        let program = program.to_str().unwrap();
        let commands = chosen(&format!("{program};C:\\edge.exe -n"), ';', &url);
        let programs: Vec<_> = commands.iter().map(Command::get_program).collect();
        assert_eq!(programs, [program, "C:\\edge.exe"]);
        assert_eq!(shown(&commands[1]), format!("C:\\edge.exe -n {url}"));
    }
}
