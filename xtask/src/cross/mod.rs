//! `cargo xtask cross`: the workspace on the systems that this machine is not.
//!
//! Everything happens on one Linux machine: Windows programs run under wine, Arm ones under qemu, and
//! those that need no library alone in a directory. For macOS there is no linker outside of Apple's, so
//! the code is compiled and linted, and nothing is run.

mod compiler;
mod musl;
mod programs;
mod system;
mod wine;

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::{Usage, process};

pub(crate) use compiler::Compiler;
pub(crate) use system::System;

/// Something that is to hold on a system, which is looked at after what stands before it.
struct Check {
    name: &'static str,
    /// Returns what was seen.
    run: fn(&Compiler) -> anyhow::Result<String>,
}

/// How a check ended.
struct Ended {
    system: System,
    check: &'static str,
    took: Duration,
    saw: anyhow::Result<String>,
}

/// `cargo xtask cross [SYSTEM...]`
pub(crate) fn command(arguments: &[String]) -> anyhow::Result<()> {
    run(&systems(arguments)?, checks)
}

/// Compiles what ships for these systems with warnings as errors, and links and runs nothing.
pub(crate) fn lint(systems: &[System]) -> anyhow::Result<()> {
    run(systems, |_| &[Check { name: "ships without warnings", run: programs::lint_what_ships }])
}

const LINTS: &[Check] = &[Check { name: "compiles without warnings", run: programs::lint }];

fn systems(names: &[String]) -> Result<Vec<System>, Usage> {
    if names.is_empty() {
        return Ok(System::ALL.to_vec());
    }
    let system = |name: &String| {
        System::ALL.into_iter().find(|system| system.name() == name).ok_or_else(|| {
            let known = System::ALL.map(System::name).join(", ");
            Usage(format!("`{name}` is not one of the systems: {known}"))
        })
    };
    names.iter().map(system).collect()
}

/// Checks these systems, all of them also where one fails.
fn run(systems: &[System], checks: fn(System) -> &'static [Check]) -> anyhow::Result<()> {
    let mut ended = Vec::new();
    for system in systems {
        check(*system, checks(*system), &mut ended);
    }
    print!("\n{}", table(&ended));
    let failed = ended.iter().filter(|ended| ended.saw.is_err()).count();
    if failed > 0 {
        bail!("{failed} of {} did not pass", ended.len());
    }
    Ok(())
}

/// Checks one system as far as it goes.
fn check(system: System, checks: &[Check], ended: &mut Vec<Ended>) {
    let start = Instant::now();
    let compiler = match Compiler::ready(system) {
        Ok(compiler) => compiler,
        Err(error) => {
            let took = start.elapsed();
            ended.push(Ended { system, check: "the compiler", took, saw: Err(error) });
            return;
        }
    };
    for Check { name, run } in checks {
        println!("\n== {}: {name}", system.name());
        let start = Instant::now();
        let saw = run(&compiler);
        let failed = saw.is_err();
        ended.push(Ended { system, check: name, took: start.elapsed(), saw });
        if failed {
            return;
        }
    }
}

fn checks(system: System) -> &'static [Check] {
    match system {
        System::Windows => &[
            Check { name: "compiles without warnings", run: programs::compile },
            Check { name: "unit tests under wine", run: wine::unit_tests },
            Check { name: "the program under wine", run: programs::run },
        ],
        System::MacOs => LINTS,
        System::Musl => &[
            Check { name: "the program compiles", run: programs::build },
            Check { name: "the program in an empty directory", run: musl::alone },
        ],
        System::Arm => &[
            Check { name: "the program compiles", run: programs::build },
            Check { name: "the program under qemu", run: programs::run },
        ],
    }
}

fn table(ended: &[Ended]) -> String {
    let mut table = String::new();
    for Ended { system, check, took, saw } in ended {
        let seen = match saw {
            Ok(seen) => seen.clone(),
            Err(error) => format!("FAILED: {error:#}"),
        };
        let (system, seconds) = (system.name(), took.as_secs_f64());
        let _ = writeln!(table, "{system:<8} {check:<36} {seconds:>6.1} s  {seen}");
    }
    table
}

/// The call of which it is known that it works on the embedded simulated tenant, and its answer has this
/// text.
const DEMO_CALL: [&str; 6] = [
    "call",
    "--demo",
    "queryManagedObjects",
    "--args",
    r#"{"objectType":"alpha_user","pageSize":1}"#,
    "--read-only",
];
const DEMO_ANSWER: &str = "\"userName\"";

/// Has a program say its version and ask the simulated tenant.
fn try_out(start: impl Fn() -> anyhow::Result<Command>) -> anyhow::Result<String> {
    let version = process::stdout(start()?.arg("--version"))?;
    let answer = process::stdout(start()?.args(DEMO_CALL))?;
    if !answer.contains(DEMO_ANSWER) {
        bail!("the call on the simulated tenant answered {answer:?}");
    }
    Ok(format!("{} answers", version.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_named_or_all_are_meant() {
        let named = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(ToString::to_string).collect();
            systems(&names).ok()
        };
        assert_eq!(named(&[]), Some(System::ALL.to_vec()));
        assert_eq!(named(&["arm", "windows"]), Some(vec![System::Arm, System::Windows]));
        assert_eq!(named(&["windows", "beos"]), None);
    }

    #[test]
    fn the_table_says_what_was_seen_and_why_something_failed() {
        let took = Duration::from_millis(1_500);
        let ended = |system, saw| Ended { system, check: "the program", took, saw };
        let table = table(&[
            ended(System::Arm, Ok("it answers".to_owned())),
            ended(System::Musl, Err(anyhow::anyhow!("no linker").context("cannot build"))),
        ]);
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("arm      the program"), "{table}");
        assert!(lines[0].ends_with("1.5 s  it answers"), "{table}");
        assert!(lines[1].ends_with("1.5 s  FAILED: cannot build: no linker"), "{table}");
    }
}
