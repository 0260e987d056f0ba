use regex_lite::Regex;

use super::document::Document;

/// The transcripts of a document, ticked off as the program is seen to say them.
pub(super) struct Transcripts {
    document: Document,
    seen: Vec<bool>,
}

impl Transcripts {
    pub(super) fn of(path: &str) -> Self {
        let document = Document::read(path);
        let seen = document.blocks.iter().map(|block| block.language == "toml").collect();
        Self { document, seen }
    }

    /// Ticks off the transcript of this.
    #[track_caller]
    pub(super) fn see(&mut self, said: &str) {
        let said = settled(said);
        let shown = |text: &str| matches(&settled(text), &said);
        let index = self.document.blocks.iter().position(|block| shown(&block.text));
        let path = self.document.path.display();
        let all = || self.document.blocks.iter().map(|block| settled(&block.text) + "\n");
        assert!(
            index.is_some(),
            "{path} does not show what was said:\n{said}\n\nbut:\n{}",
            all().collect::<String>()
        );
        self.seen[index.unwrap()] = true;
    }

    /// Every transcript must have been seen.
    #[track_caller]
    pub(super) fn end(self) {
        let path = self.document.path.display();
        for (block, seen) in self.document.blocks.iter().zip(&self.seen) {
            assert!(seen, "{path} shows what the program was not seen to say:\n{}", block.text);
        }
    }
}

/// Whether a text is what a pattern shows, in which `…` stands for whatever was cut.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<_> = parts.collect();
    let last = parts.pop();
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    match last {
        None => rest.is_empty(),
        Some(last) => rest.ends_with(last),
    }
}

/// A text without what differs from run to run, and without white space: documents break lines.
fn settled(text: &str) -> String {
    const DIFFERS: [(&str, &str); 14] = [
        (r"(https?://)?(127\.0\.0\.1:\d+|openam-example\.forgeblocks\.com)", "TENANT"),
        (r"(?-u)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r"[0-9a-f]{8}-(…|[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", "UUID"),
        (r"\b[0-9a-f]{8}\b", "CHANGE"),
        (r"\b[0-9A-F]{4}-[0-9A-F]{4}\b", "APPROVAL"),
        (r#""durationMs":\d+"#, "DURATION"),
        (r#""client":"[^"]*[0-9]""#, "CLIENT"),
        (r"aic-mcp-server/[0-9.]+", "VERSION"),
        (r"\d+ log entries", "ENTRIES"),
        (r"\d+ (minutes|seconds)", "SPAN"),
        (r"before-aic-mcp-\d+", "BACKUP"),
        (r"http://localhost:\d+/login/(…|[^\s]*)", "PAGE"),
        (r"[0-9a-f]{4}…|\b[0-9a-f]{64}\b", "DIGEST"),
        (r"\s+", ""),
    ];
    DIFFERS.iter().fold(text.to_owned(), |text, (what, name)| {
        let what = Regex::new(what).expect("an expression");
        what.replace_all(&text, *name).into_owned()
    })
}

#[test]
fn a_cut_stands_for_anything_and_only_a_cut() {
    assert!(matches("a…c", "abc") && matches("abc", "abc") && matches("…b…", "abc"));
    assert!(!matches("a…c", "abd") && !matches("ab", "abc") && !matches("a…b…c", "acbd"));
    assert_eq!(settled("at 2026-11-26T12:17:08Z  on\nhttps://127.0.0.1:80"), "atTIMEonTENANT");
}
