use std::fs;

use serde_json::json;

use super::*;

fn record(tool: &str) -> AuditRecord {
    AuditRecord {
        time: "2026-11-27T12:00:00Z".to_owned(),
        tool: tool.to_owned(),
        toolset: None,
        effect: None,
        tenant: "https://id.example.com".to_owned(),
        administrator: None,
        client: None,
        arguments: json!({ "text": "x".repeat(20_000) }),
        asked: Some(Asked::by_dialog("abc")),
        outcome: AuditOutcome::Succeeded,
        problem: None,
        duration_ms: 1,
        transaction_ids: Vec::new(),
        requests: 0,
    }
}

/// A log of five lines, each longer than what is read at a time.
fn log() -> (tempfile::TempDir, std::path::PathBuf, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    for tool in ["one", "two", "three", "four", "five"] {
        // Each by a log of its own, as by a process of its own.
        AuditLog::open(&path).unwrap().write(&record(tool)).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 5);
    (folder, path, lines)
}

fn verified(lines: &[impl AsRef<str>]) -> Result<Intact, Break> {
    let text: String = lines.iter().map(|line| format!("{}\n", line.as_ref())).collect();
    verify(text.as_bytes(), None).unwrap()
}

#[test]
fn every_line_follows_from_the_one_before_it() {
    let (_folder, _, lines) = log();
    let intact = verified(&lines).unwrap();
    assert_eq!(intact.lines, 5);
    let second: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!(second["number"], 2);
    assert_eq!(second["previous"], asked::digest(lines[0].as_bytes()));
    assert_eq!(intact.last, Some(asked::digest(lines[4].as_bytes())));
    // The digest of "abc" is in FIPS 180-2, appendix B.1.
    let shown = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(second["asked"], json!({ "by": "dialog", "shown": shown }));
    let empty: [&str; 0] = [];
    assert_eq!(verified(&empty).unwrap(), Intact::default());
}

#[test]
fn the_first_line_that_is_not_as_it_was_is_named() {
    let (_folder, _, lines) = log();
    let changed = |index: usize| {
        let mut lines = lines.clone();
        lines[index] = lines[index].replace("succeeded", "cancelled");
        lines
    };
    assert_eq!(verified(&changed(0)), Err(Break::Changed(1)));
    assert_eq!(verified(&changed(2)), Err(Break::Changed(3)));
    let without = |from: usize, to: usize| [&lines[..from], &lines[to..]].concat();
    assert_eq!(verified(&without(0, 1)), Err(Break::Removed { before: 1, count: 1 }));
    assert_eq!(verified(&without(1, 4)), Err(Break::Removed { before: 2, count: 3 }));
    let mut added = lines.clone();
    added.insert(2, lines[1].clone());
    assert_eq!(verified(&added), Err(Break::Added(3)));
    added[2] = "{}".to_owned();
    assert_eq!(verified(&added), Err(Break::NoRecord(3)));
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    assert_eq!(verified(&swapped), Err(Break::Removed { before: 3, count: 1 }));
}

#[test]
fn what_the_chain_cannot_show_is_found_by_a_digest_that_was_kept() {
    let (_folder, _, lines) = log();
    let kept = verified(&lines).unwrap().last.unwrap();
    let has = |lines: &[String]| {
        let text = lines.join("\n") + "\n";
        verify(text.as_bytes(), Some(&kept)).unwrap().unwrap().has_wanted
    };
    assert!(has(&lines));
    assert!(!has(&lines[..4]), "the end was cut off");
}

#[test]
fn a_line_that_was_cut_short_stays_and_shows() {
    let (_folder, path, lines) = log();
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() - 100]).unwrap();
    AuditLog::open(&path).unwrap().write(&record("six")).unwrap();
    let after = fs::read_to_string(&path).unwrap();
    let after: Vec<_> = after.lines().collect();
    assert_eq!((after.len(), after[3]), (6, lines[3].as_str()));
    assert_eq!(verified(&after), Err(Break::NoRecord(5)));
    let unfinished = verify(&text[..text.len() - 1], None).unwrap();
    assert_eq!(unfinished, Err(Break::NoRecord(5)));
}

#[test]
fn several_writers_keep_one_chain() {
    let (_folder, path, _) = log();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let log = AuditLog::open(&path).unwrap();
                for _ in 0..10 {
                    log.write(&record("many")).unwrap();
                }
            });
        }
    });
    assert_eq!(verify(File::open(&path).unwrap(), None).unwrap().unwrap().lines, 45);
}

#[cfg(unix)]
#[test]
fn only_a_file_of_ones_own_is_opened() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (folder, path, _) = log();
    let at = |name: &str| folder.path().join(name);
    let refused = |path: &Path| AuditLog::open(path).unwrap_err().to_string();
    symlink(&path, at("link")).unwrap();
    symlink(at("nothing"), at("dangling")).unwrap();
    assert_eq!(refused(&at("link")), "it is a symbolic link");
    assert_eq!(refused(&at("dangling")), "it is a symbolic link");
    assert!(!at("nothing").exists());
    let made = std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap();
    assert!(made.success());
    assert_eq!(refused(&at("fifo")), "it is no regular file");
    assert_eq!(refused(Path::new("/dev/null")), "it is no regular file");
    assert!(AuditLog::open(folder.path()).is_err());
    let permit = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o620);
    assert_eq!(refused(&path), "others can write to it");
    permit(0o644);
    assert!(AuditLog::open(&path).is_ok());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::hard_link(&path, at("other-name")).unwrap();
    assert_eq!(refused(&path), "it has another name elsewhere (a hard link)");
}
