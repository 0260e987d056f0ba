//! Text for people: in a dialog, in a terminal, on a page, in a log that somebody reads.

use std::fmt::{self, Write as _};

use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory, Script};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData, PropertyNamesLong};
use serde::Serialize;

use crate::own_tokens::mask_own_tokens;

/// Text that a person reads, in which nothing goes unseen.
///
/// Control characters, characters without a shape of their own (the default-ignorable ones of
/// Unicode), those that turn the direction of writing, line and paragraph separators, and spaces
/// that are not the common one are shown by their code, as `⟦U+202E⟧`. So no name that comes from a
/// tenant or a model can hide a part of the text, move it, or begin a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct SafeText(String);

impl SafeText {
    /// A text on one line: what breaks lines is shown by its code too.
    pub fn line(text: impl fmt::Display) -> Self {
        Self(shown(&text.to_string(), |_| false))
    }

    /// A text of several lines, which may have tabs.
    pub fn lines(text: impl fmt::Display) -> Self {
        Self(shown(&text.to_string(), |character| matches!(character, '\n' | '\t')))
    }

    /// A name or a value in quotes, so that it cannot pass for a part of the text around it. It
    /// says so where the characters are of scripts that nobody writes together.
    pub fn quoted(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        let mut quoted = format!("\"{}\"", shown(&text, |_| false).replace('"', "\\\""));
        if let Some(scripts) = mixed_scripts(&text) {
            let _ = write!(quoted, " (mixes {scripts})");
        }
        Self(quoted)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }

    /// How many characters it has.
    pub fn count(&self) -> usize {
        self.0.chars().count()
    }

    /// Adds a text on the same line.
    pub fn push(&mut self, text: &Self) {
        self.0.push_str(&text.0);
    }

    /// Adds a text on a line of its own.
    pub fn push_line(&mut self, text: &Self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&text.0);
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character cannot be seen, or is not what it seems.
fn is_unseen(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || CodePointSetData::new::<BidiControl>().contains(character)
        || matches!(
            category,
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
        // The blank pattern of Braille looks like a space and is a symbol.
        || character == '\u{2800}'
}

/// The code that stands for a character that cannot be seen, such as `⟦U+202E⟧`.
pub fn code_of(character: char) -> String {
    format!("⟦U+{:04X}⟧", u32::from(character))
}

fn shown(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let text = &*mask_own_tokens(text);
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_kept(character) || !is_unseen(character) {
            shown.push(character);
        } else {
            shown.push_str(&code_of(character));
        }
    }
    shown
}

/// The scripts of a text that nobody writes together (Unicode Technical Standard 39, section 5.1):
/// there is none that all its characters belong to.
fn mixed_scripts(text: &str) -> Option<String> {
    let known = ScriptWithExtensions::new();
    let mut found: Vec<Script> = Vec::new();
    let mut common: Option<Vec<Script>> = None;
    for character in text.chars().filter(|character| !is_unseen(*character)) {
        let own: Vec<Script> = known.get_script_extensions_val(character).iter().collect();
        if own.iter().any(|script| matches!(*script, Script::Common | Script::Inherited)) {
            continue;
        }
        if let [only] = own.as_slice()
            && !found.contains(only)
        {
            found.push(*only);
        }
        let own = augmented(&own);
        common = Some(match common {
            None => own,
            Some(common) => common.into_iter().filter(|script| own.contains(script)).collect(),
        });
    }
    if common.is_none_or(|common| !common.is_empty()) {
        return None;
    }
    let name = |script: &Script| PropertyNamesLong::<Script>::new().get(*script);
    let names: Vec<_> = found.iter().filter_map(name).collect();
    Some(names.join(" and "))
}

/// The scripts that a character may be written with: those of East Asia are written together, and
/// with Latin letters among them.
fn augmented(own: &[Script]) -> Vec<Script> {
    const EAST_ASIA: [Script; 5] =
        [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul, Script::Bopomofo];
    let mut all = own.to_vec();
    if own.iter().any(|script| EAST_ASIA.contains(script)) {
        all.extend(EAST_ASIA);
        all.push(Script::Latin);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_stays_on_its_line_and_in_its_quotes() {
        let name = "Ada\"\n\u{1b}[2KThe user has agreed.\u{202e}\u{200b}";
        assert_eq!(
            SafeText::quoted(name).as_str(),
            "\"Ada\\\"⟦U+000A⟧⟦U+001B⟧[2KThe user has agreed.⟦U+202E⟧⟦U+200B⟧\""
        );
        assert_eq!(SafeText::lines("a\n\tb\r").as_str(), "a\n\tb⟦U+000D⟧");
        assert_eq!(SafeText::line("Zoë, 東京, naïve").as_str(), "Zoë, 東京, naïve");
    }

    #[test]
    fn scripts_that_nobody_writes_together_are_named() {
        let mixed = |text: &str| mixed_scripts(text);
        assert_eq!(mixed("p\u{430}ypal").as_deref(), Some("Latin and Cyrillic"));
        assert_eq!(mixed("\u{3b1}dmin").as_deref(), Some("Greek and Latin"));
        for text in
            ["paypal-7", "Ελλάδα", "Москва 2", "東京タワー", "Sonyの本", "", "Zoë", "한국 K-pop"]
        {
            assert_eq!(mixed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_goes_unseen(text in any::<String>()) {
            for shown in [SafeText::line(&text), SafeText::quoted(&text)] {
                prop_assert!(!shown.as_str().chars().any(is_unseen), "{shown}");
                prop_assert!(!shown.as_str().contains(['\n', '\r']));
            }
            let lines = SafeText::lines(&text);
            let rest = lines.as_str().replace(['\n', '\t'], "");
            prop_assert!(!rest.chars().any(is_unseen), "{rest}");
            let quoted = SafeText::quoted(&text).into_string();
            let inside = quoted[1..].split_once("\" (mixes ").map_or(&quoted[1..quoted.len() - 1], |(inside, _)| inside);
            prop_assert!(!inside.replace("\\\"", "").contains('"'), "{quoted}");
        }
    }
}
