//! Sentences in doc comments and in Markdown.

/// The words that no sentence begins with: after them, the reader waits for the subject.
const INVERTING: [&str; 5] = ["What", "That", "Who", "Whom", "Of"];

/// A text that is being read, and the sentences of those before it.
#[derive(Default)]
struct Reader {
    sentences: Vec<(usize, String)>,
    paragraph: String,
    /// The line of each part of the paragraph, by where the part starts.
    lines: Vec<(usize, usize)>,
    in_code: bool,
}

/// The sentences of the doc comments in Rust, each with the number of its first line.
pub(super) fn of_doc_comments(source: &str) -> Vec<(usize, String)> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.trim_start();
        match line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            // Four slashes make an ordinary comment.
            Some(text) if !text.starts_with('/') => reader.read(number, text),
            _ => {
                reader.in_code = false;
                reader.end();
            }
        }
    }
    reader.finish()
}

/// The sentences of Markdown, each with the number of its first line. Code is left out.
pub(super) fn of_markdown(text: &str) -> Vec<(usize, String)> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.lines()) {
        reader.read(number, line);
    }
    reader.finish()
}

impl Reader {
    fn read(&mut self, number: usize, line: &str) {
        let line = line.trim();
        if line.starts_with("```") {
            self.end();
            self.in_code = !self.in_code;
            return;
        }
        if self.in_code {
            return;
        }
        if line.is_empty() {
            self.end();
        } else if line.starts_with('|') {
            self.end();
            for cell in line.split('|') {
                self.add(number, cell);
                self.end();
            }
        } else if line.starts_with('#') {
            self.end();
            self.add(number, line);
            self.end();
        } else {
            if is_item(line) {
                self.end();
            }
            self.add(number, line);
        }
    }

    fn add(&mut self, number: usize, text: &str) {
        if !self.paragraph.is_empty() {
            self.paragraph.push(' ');
        }
        self.lines.push((self.paragraph.len(), number));
        self.paragraph.push_str(text.trim());
    }

    /// Ends the paragraph, and takes its sentences.
    fn end(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let lines = std::mem::take(&mut self.lines);
        let mut start = 0;
        for (at, _) in paragraph.match_indices(['.', '!', '?', ':']) {
            let rest = &paragraph[at + 1..];
            if rest.starts_with(' ') && rest.trim_start().starts_with(starts_sentence) {
                self.take(&paragraph[start..=at], start, &lines);
                start = at + 1;
            }
        }
        self.take(&paragraph[start..], start, &lines);
    }

    fn take(&mut self, sentence: &str, start: usize, lines: &[(usize, usize)]) {
        let text = sentence.trim();
        if text.is_empty() {
            return;
        }
        let start = start + (sentence.len() - sentence.trim_start().len());
        let line = lines.iter().rev().find(|(from, _)| *from <= start).map_or(0, |(_, line)| *line);
        self.sentences.push((line, text.to_owned()));
    }

    fn finish(mut self) -> Vec<(usize, String)> {
        self.end();
        self.sentences
    }
}

/// Whether a sentence can begin so.
fn starts_sentence(c: char) -> bool {
    c.is_uppercase() || !c.is_alphanumeric()
}

/// Whether a line begins an item of a list.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
        || (rest.len() < line.len() && rest.starts_with(". "))
}

/// Whether a sentence begins with a word that puts its subject late, or calls something nothing.
pub(super) fn is_inverted(sentence: &str) -> bool {
    // A word in backticks is a name.
    let text = sentence.trim_start_matches(|c: char| !c.is_alphabetic() && c != '`');
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    INVERTING.contains(&first) || calls_nothing(sentence)
}

/// Whether a sentence calls something none. The same words after *there* are ordinary English, unless
/// *not* stands in front of them.
fn calls_nothing(sentence: &str) -> bool {
    const WORDS: &str = "is none";
    sentence.match_indices(WORDS).any(|(at, _)| {
        let (before, after) = (sentence[..at].to_lowercase(), &sentence[at + WORDS.len()..]);
        let is_whole =
            !before.ends_with(char::is_alphabetic) && !after.starts_with(char::is_alphabetic);
        let is_ordinary = before.ends_with("there ") && !before.ends_with("not there ");
        is_whole && !is_ordinary
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inverted(sentences: Vec<(usize, String)>) -> Vec<usize> {
        let all = sentences.into_iter().filter(|(_, sentence)| is_inverted(sentence));
        all.map(|(line, _)| line).collect()
    }

    #[test]
    fn a_sentence_is_inverted_by_its_first_word() {
        for bad in [
            "What it is.",
            "That time has run out is no news.",
            "Who signs in.",
            "Whom to ask.",
            "Of two, the first counts.",
            "**What** it does.",
            "- Of them, one.",
            "# What holds everywhere",
            "A journey that is not there is none.",
        ] {
            assert!(is_inverted(bad), "{bad}");
        }
        for good in [
            "The name.",
            "Whatever comes.",
            "Office hours.",
            "It says what it is.",
            "`That` is a type.",
            "It is nonesuch.",
            "There is none.",
            "This none.",
            "The name, or an empty text where there is none.",
            "",
        ] {
            assert!(!is_inverted(good), "{good}");
        }
    }

    #[test]
    fn doc_comments_are_read_and_nothing_else_of_a_source() {
        let source = "//! What this is.\n\n// What is no doc.\n/// The first. That is the\n/// second. Of these\n///\n/// ```\n/// What is code\n/// ```\nlet text = \"What\";\n//// What is a rule.\n    /// Who it is.\n";
        assert_eq!(inverted(of_doc_comments(source)), [1, 4, 5, 12]);
    }

    #[test]
    fn a_doc_comment_ends_where_the_code_begins() {
        let source = "/// ```\n/// code\nfn a() {}\n/// What it is.\nfn b() {}\n";
        assert_eq!(inverted(of_doc_comments(source)), [4]);
        let source = "/// The name\nfn a() {}\n/// What it is.\n";
        assert_eq!(inverted(of_doc_comments(source)), [3]);
    }

    #[test]
    fn items_cells_and_headings_are_texts_of_their_own() {
        let text = "# Title\nWhat follows\nis one.\n- The first\n- What is second\n2. Of three\n\n| a | What b |\n|---|---|\n\n```text\nWhat is code\n```\nA list: What is in it, and what is not.\nSee 1.2. That is it.\n";
        assert_eq!(inverted(of_markdown(text)), [2, 5, 6, 8, 14, 15]);
    }

    #[test]
    fn a_full_stop_within_a_name_ends_no_sentence() {
        assert_eq!(of_markdown("See docs/a.md for it, e.g. this. Then go.\n").len(), 2);
        assert_eq!(of_markdown("One: two. Three!  Four? `five`\n").len(), 4);
    }
}
