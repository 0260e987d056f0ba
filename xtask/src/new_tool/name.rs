use std::str::FromStr;

/// The name of a tool in camel case, such as `setEmailTemplate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolName(String);

impl ToolName {
    /// The name by which the tool is called.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its module: `set_email_template`.
    pub(super) fn module(&self) -> String {
        let mut module = String::new();
        for c in self.0.chars() {
            if c.is_ascii_uppercase() {
                module.push('_');
            }
            module.push(c.to_ascii_lowercase());
        }
        module
    }

    /// The name of its type: `SetEmailTemplate`.
    pub(super) fn type_name(&self) -> String {
        capitalized(&self.0)
    }
}

impl FromStr for ToolName {
    type Err = String;

    /// Takes names whose words can be told apart, so that module and type follow from the name.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_known = text.chars().all(|c| c.is_ascii_alphanumeric());
        let letters: Vec<_> = text.chars().collect();
        let is_clear = letters.windows(2).all(|pair| !pair.iter().all(char::is_ascii_uppercase));
        let starts_small = letters.first().is_some_and(char::is_ascii_lowercase);
        let has_words = letters.iter().any(char::is_ascii_uppercase);
        if is_known && is_clear && starts_small && has_words && text.len() <= 64 {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{text}` is no name for a tool: a verb and a noun in camel case, such as \
             getEmailTemplate, with one capital at the start of each word"
        ))
    }
}

/// The text with a capital at its start.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_and_type_follow_from_the_name() {
        let name: ToolName = "setEmailTemplate2".parse().unwrap();
        assert_eq!(name.module(), "set_email_template2");
        assert_eq!(name.type_name(), "SetEmailTemplate2");
    }

    #[test]
    fn a_name_whose_words_cannot_be_told_apart_is_refused() {
        for bad in
            ["", "get", "SetTheme", "set_theme", "setTheme/x", "getAMScript", "2getTheme", "çaVa"]
        {
            assert!(bad.parse::<ToolName>().is_err(), "{bad}");
        }
    }
}
