//! Limits, a second look, and the way back.

mod approve;
mod confirm;
mod dry_run;
mod guard;
mod undo;
