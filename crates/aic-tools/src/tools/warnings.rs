//! Warnings about odd values that a call has stored as it was told to.

/// More of them would say nothing new.
const MOST: usize = 20;

/// The first of them, and how many more there are.
pub(super) fn first(mut warnings: Vec<String>) -> Vec<String> {
    let unnamed = warnings.len().saturating_sub(MOST);
    if unnamed > 0 {
        warnings.truncate(MOST);
        warnings.push(format!("{unnamed} more things look odd."));
    }
    warnings
}
