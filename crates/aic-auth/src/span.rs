use std::time::Duration;

/// A span of time for people, in minutes or, from two hours on, in hours: `59 minutes`.
pub fn span_in_words(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match minutes {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        2..=119 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_given_in_the_unit_that_people_would_use() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (59, "less than a minute"),
            (60, "1 minute"),
            (119, "1 minute"),
            (120, "2 minutes"),
            (119 * 60, "119 minutes"),
            (120 * 60, "2 hours"),
            (36 * 3600, "36 hours"),
        ] {
            assert_eq!(span_in_words(Duration::from_secs(seconds)), text, "{seconds} s");
        }
    }
}
