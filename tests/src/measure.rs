use std::fs;
use std::time::Duration;

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

/// How long a process has kept processors busy, its own work and the kernel's for it.
///
/// # Panics
///
/// When it has ended, or this is not Linux.
pub fn busy(process: &Process) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.id())).expect("this is Linux");
    // The name, which stands in parentheses, may hold blanks. proc_pid_stat(5) counts from 1; the
    // two times are fields 14 and 15, in hundredths of a second.
    let (_, after_name) = stat.rsplit_once(") ").expect("a name");
    let ticks = after_name.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
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
