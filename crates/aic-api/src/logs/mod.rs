//! `/monitoring`: audit and debug logs.

mod entries;
mod filter;
mod window;

pub use entries::{LogQuery, Logs};
pub use filter::{InvalidLogFilter, LogFilter};
pub use window::{InvalidTime, InvalidWindow, Retained, Timestamp, Window};
