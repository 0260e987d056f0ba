//! Limits, a second look, and the way back.

#[cfg(target_os = "linux")]
mod approve;
mod confirm;
mod dry_run;
mod guard;
mod harm;
mod limits;
mod undo;
mod whole;
