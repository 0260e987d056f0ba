use std::ffi::OsStr;

use tempfile::TempDir;

use super::*;

fn new_tool(arguments: &[&str]) -> NewTool {
    let arguments: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    NewTool::parse(&arguments).unwrap()
}

/// The folders of the toolsets of this workspace.
fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(process::root().join(TOOLS)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.join("mod.rs").is_file()).collect()
}

/// The files that a layout reads, in a directory of their own.
fn copy() -> TempDir {
    let directory = TempDir::new().unwrap();
    let (from, to) = (process::root(), directory.path());
    fs::create_dir_all(to.join(ARGUMENTS).parent().unwrap()).unwrap();
    fs::copy(from.join(ARGUMENTS), to.join(ARGUMENTS)).unwrap();
    for folder in folders() {
        let list = folder.strip_prefix(&from).unwrap().join("mod.rs");
        fs::create_dir_all(to.join(list.parent().unwrap())).unwrap();
        fs::copy(from.join(&list), to.join(&list)).unwrap();
    }
    directory
}

#[test]
fn a_tool_is_laid_out_in_each_toolset() {
    let folders = folders();
    assert!(folders.len() >= 9, "{folders:?}");
    for folder in folders {
        let directory = copy();
        let name = folder.file_name().and_then(OsStr::to_str).unwrap();
        let toolset = name.replace('_', "-");
        for (tool, options) in [("readLaidOut", &[][..]), ("writeLaidOut", &["--writes"])] {
            let arguments = [&[tool, "--toolset", &toolset], options].concat();
            for (path, text) in new_tool(&arguments).lay_out(directory.path()).unwrap() {
                fs::write(path, text).unwrap();
            }
        }
        let read = |path: PathBuf| fs::read_to_string(directory.path().join(path)).unwrap();
        let within = |file: &str| Path::new(TOOLS).join(name).join(file);
        let (list, arguments) = (read(within("mod.rs")), read(ARGUMENTS.into()));
        for (tool, module, access) in [
            ("readLaidOut", "read_laid_out", "type Access = Read;"),
            ("writeLaidOut", "write_laid_out", "type Access = Write;"),
        ] {
            let type_name = name::capitalized(tool);
            let source = read(within(&format!("{module}.rs")));
            let toolset: String = name.split('_').map(name::capitalized).collect();
            for part in [
                access,
                &format!("impl Tool for {type_name} {{"),
                &format!("Spec::new(\"{tool}\", Toolset::{toolset})"),
            ] {
                assert!(source.contains(part), "{part}: {source}");
            }
            assert!(!source.to_lowercase().contains("newtool"), "{source}");
            assert!(list.contains(&format!("\nmod {module};\n")), "{list}");
            assert!(list.contains(&format!("erase::<{module}::{type_name}>()")), "{list}");
            assert!(arguments.contains(&format!("\n        \"{tool}\" => json!(")), "{arguments}");
        }
    }
}

#[test]
fn nothing_is_laid_out_twice_or_where_no_toolset_is() {
    let directory = copy();
    let refusal =
        |arguments: &[&str]| new_tool(arguments).lay_out(directory.path()).unwrap_err().to_string();
    let known = refusal(&["readLaidOut", "--toolset", "emails"]);
    assert!(known.contains("emails") && known.contains("managed-objects"), "{known}");
    refusal(&["getTheme", "--toolset", "themes"]);
    fs::write(directory.path().join(TOOLS).join("esv/read_laid_out.rs"), "").unwrap();
    let present = refusal(&["readLaidOut", "--toolset", "esv"]);
    assert!(present.contains("is there already"), "{present}");
}

#[test]
fn a_command_line_that_says_too_little_or_too_much_is_refused() {
    for bad in [
        &[][..],
        &["readLaidOut"],
        &["readLaidOut", "--toolset"],
        &["--toolset", "esv"],
        &["readLaidOut", "--toolset", "esv", "more"],
        &["readLaidOut", "--toolset", "esv", "--write"],
        &["Read", "--toolset", "esv"],
    ] {
        let arguments: Vec<_> = bad.iter().map(|&argument| argument.to_owned()).collect();
        assert!(NewTool::parse(&arguments).is_err(), "{bad:?}");
    }
}

#[test]
fn no_decision_about_a_tool_is_left_open() {
    let mut tools = 0;
    for folder in folders() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            tools += 1;
            assert!(!text.contains("// Decide:"), "{} has a `Decide:` left", path.display());
        }
    }
    assert!(tools > 50, "{tools} files were looked at");
    assert!(READ_TOOL.contains("// Decide:") && WRITE_TOOL.contains("// Decide:"));
}
