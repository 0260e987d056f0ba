//! Values that come from the environment, in what is said about the command line.

use std::env;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error};

/// Names the variable that a value is from which is not accepted: clap names the option alone, which
/// nobody has given.
///
/// A variable that is set and empty is such a value, too. It is not taken as one that is not set,
/// because a limit that somebody meant to set would then be none.
pub(super) fn name_variable(
    mut error: Error,
    command: &clap::Command,
    words: impl IntoIterator<Item = OsString>,
) -> Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let option = shown.split(' ').next().unwrap_or_default().to_owned();
    let known = command
        .get_arguments()
        .find(|known| known.get_long().is_some_and(|long| option.strip_prefix("--") == Some(long)));
    let Some(variable) = known.and_then(|known| known.get_env()) else { return error };
    // A value on the command line would have won over the variable's.
    let is_given = words.into_iter().any(|word| {
        let word = word.to_string_lossy();
        word == option || word.starts_with(&format!("{option}="))
    });
    let Some(value) = env::var_os(variable).filter(|_| !is_given) else { return error };
    let variable = variable.to_string_lossy();
    let tip = if value.is_empty() {
        format!("{variable} is set in the environment, and empty; unset it, or give it a value")
    } else {
        format!("the value is that of {variable} in the environment")
    };
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}
