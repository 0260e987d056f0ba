//! Which module of the simulator may know which other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules by floor, from the ground up. A module knows those of lower floors and no other:
/// neither its neighbours, nor what is built on it.
const FLOORS: [&[&str]; 9] = [
    &["crest", "facts"],
    &["bearer", "clock"],
    &["event", "service"],
    &["am", "environment", "idm", "monitoring", "oauth"],
    &["seed"],
    &["tenant"],
    &["router"],
    &["server"],
    &["sim"],
];

/// The roots of the crate, which put the modules together.
const ROOTS: [&str; 2] = ["lib.rs", "main.rs"];

#[test]
fn every_module_knows_only_those_on_lower_floors() {
    let mut faults = Vec::new();
    for file in sources(&source_folder()) {
        let path = module_path(&file);
        let Some(module) = path.first() else { continue };
        let floor = floor(module).unwrap_or_else(|| panic!("{module} stands on no floor"));
        let text = fs::read_to_string(&file).unwrap();
        for named in named_modules(&text, path.len()) {
            let is_below = self::floor(&named).is_some_and(|below| below < floor);
            if named != *module && !is_below {
                faults.push(format!("{} names crate::{named}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_floor_is_there() {
    let modules: BTreeSet<String> = sources(&source_folder())
        .iter()
        .filter_map(|file| module_path(file).into_iter().next())
        .collect();
    let on_floors: BTreeSet<String> =
        FLOORS.into_iter().flatten().map(|module| (*module).to_owned()).collect();
    assert_eq!(modules, on_floors);
}

#[test]
fn names_are_found_in_every_form() {
    let names =
        |text: &str, depth: usize| named_modules(text, depth).into_iter().collect::<Vec<_>>();
    assert_eq!(names("use crate::idm::Idm;", 1), ["idm"]);
    assert_eq!(names("let idm = crate::idm::Idm::default();", 1), ["idm"]);
    assert_eq!(names("use crate::{am, idm::{self, Idm}, oauth as o};", 1), ["am", "idm", "oauth"]);
    assert_eq!(names("use super::idm;", 1), ["idm"]);
    assert_eq!(names("use super::{idm::Idm, tenant};", 1), ["idm", "tenant"]);
    assert_eq!(names("use super::super::tenant::Tenant;", 2), ["tenant"]);
    assert_eq!(names("use super::tenant;", 2), [""; 0], "a module of the same service");
    assert_eq!(names("use crate::Sim;", 1), ["Sim"], "what lib.rs exports is no way around");
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The source files under a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The names that lead to the module of a file; none for the roots of the crate.
fn module_path(file: &Path) -> Vec<String> {
    let inner = file.strip_prefix(source_folder()).unwrap();
    if ROOTS.iter().any(|root| inner == Path::new(root)) {
        return Vec::new();
    }
    let inner = inner.with_extension("");
    let names = inner.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| name != "mod").collect()
}

/// The modules in the root of the crate that a text names, given how many names lead to its own module.
fn named_modules(text: &str, depth: usize) -> BTreeSet<String> {
    let after = |path: &str| -> Vec<String> {
        let places = text.match_indices(path).map(|(place, path)| place + path.len());
        places.flat_map(|place| first_names(&text[place..])).collect()
    };
    // One level further down, in a module of tests, the same path leads into the service. There it
    // counts only if the name is that of a module of the crate.
    let of_parent = after(&"super::".repeat(depth)).into_iter().filter(|it| floor(it).is_some());
    after("crate::").into_iter().chain(of_parent).collect()
}

/// The name that a path goes on with, or all of them where it goes on with a group.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut names = vec![name(group)];
    let mut depth = 0;
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[place + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}
