use std::fs;

use crate::Process;

/// The resident memory of a process in MiB.
///
/// # Panics
///
/// When it has ended, or this is not Linux.
pub fn resident_mib(process: &Process) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id()));
    let status = status.expect("this is Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a resident size");
    let kib: f64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kib / 1024.0
}

/// How many files, sockets and pipes a process has open.
///
/// # Panics
///
/// When it has ended, or this is not Linux.
pub fn descriptors(process: &Process) -> usize {
    let open = fs::read_dir(format!("/proc/{}/fd", process.id()));
    open.expect("this is Linux").count()
}
