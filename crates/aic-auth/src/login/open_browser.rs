use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use url::Url;

/// The programs that may open a browser where `BROWSER` names none, or none that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Openers {
    /// Those that open the browser of Windows from a Linux inside of it (WSL).
    pub of_windows: bool,
    /// Those of the system.
    pub of_system: bool,
}

impl Default for Openers {
    fn default() -> Self {
        Self { of_windows: true, of_system: true }
    }
}

/// Opens the administrator's browser at a page: the browser that `BROWSER` names, else that of one
/// of the openers. Calls `failed` where none can be opened.
///
/// The browser gets none of this process's standard streams, since standard output may be a
/// protocol's.
pub fn open_browser(url: &Url, openers: Openers, failed: impl FnOnce() + Send + 'static) {
    let commands = commands(env::var("BROWSER").ok().as_deref(), openers, url);
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
pub fn finds_browser(openers: Openers) -> bool {
    // Only the programs matter.
    let Ok(url) = Url::parse("http://localhost/") else { return false };
    let path = env::var_os("PATH").unwrap_or_default();
    commands(env::var("BROWSER").ok().as_deref(), openers, &url).iter().any(|command| {
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
fn commands(browser: Option<&str>, openers: Openers, url: &Url) -> Vec<Command> {
    let mut commands = chosen(browser.unwrap_or_default(), SEPARATOR, url);
    if openers.of_windows {
        let mut wslview = Command::new(WSLVIEW);
        wslview.arg(url.as_str());
        commands.push(wslview);
    }
    // On Windows itself, its programs are those of the system.
    let is_of_windows =
        |command: &Command| cfg!(not(windows)) && command.get_program() == POWERSHELL;
    commands.extend(open::commands(url.as_str()).into_iter().filter(|command| {
        if is_of_windows(command) { openers.of_windows } else { openers.of_system }
    }));
    commands
}

/// The program of wslu that opens the browser of Windows.
const WSLVIEW: &str = "wslview";
/// The program of Windows by which the library `open` does so.
const POWERSHELL: &str = "powershell.exe";

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
        let own = Openers { of_windows: false, of_system: true };
        let commands = commands(Some("firefox --url=%s -P x::lynx"), own, &url);
        assert_eq!(shown(&commands[0]), format!("firefox --url={url} -P x"));
        assert_eq!(shown(&commands[1]), format!("lynx {url}"));
        assert!(commands.len() > 2);
    }

    #[cfg(unix)]
    #[test]
    fn no_opener_is_tried_that_nobody_would_see() {
        let url = Url::parse("http://localhost:3000/login/a").unwrap();
        let programs = |of_windows, of_system| -> Vec<String> {
            let commands = commands(None, Openers { of_windows, of_system }, &url);
            commands.iter().map(|c| c.get_program().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(programs(false, false), [""; 0]);
        let of_system = programs(false, true);
        assert!(!of_system.is_empty() && !of_system.iter().any(|name| name == WSLVIEW));
        let of_windows = programs(true, false);
        assert_eq!(of_windows[0], WSLVIEW);
        assert!(of_windows.iter().all(|name| [WSLVIEW, POWERSHELL].contains(&name.as_str())));
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
