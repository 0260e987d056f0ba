use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A document of the project.
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) blocks: Vec<Block>,
    /// The parts of the text that are code.
    pub(super) spans: Vec<String>,
    pub(super) links: Vec<String>,
    /// The headings that are nothing but code.
    pub(super) messages: Vec<String>,
}

/// A block of code.
pub(super) struct Block {
    pub(super) language: String,
    pub(super) text: String,
}

/// The directory of the whole project.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Document {
    /// The document at this path below the root.
    pub(super) fn read(path: &str) -> Self {
        let path = root().join(path);
        let text = fs::read_to_string(&path).unwrap();
        let (mut blocks, mut spans) = (Vec::new(), Vec::new());
        let (mut links, mut messages) = (Vec::new(), Vec::new());
        let (mut block, mut in_heading): (Option<Block>, bool) = (None, false);
        for event in Parser::new_ext(&text, pulldown_cmark::Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    block = Some(Block { language: language.to_string(), text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => blocks.extend(block.take()),
                Event::Text(text) => {
                    if let Some(block) = &mut block {
                        block.text.push_str(&text);
                    }
                }
                Event::Code(code) => {
                    if in_heading {
                        messages.push(code.to_string());
                    }
                    spans.push(code.to_string());
                }
                Event::Start(Tag::Heading { .. }) => in_heading = true,
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
                _ => {}
            }
        }
        Self { path, blocks, spans, links, messages }
    }

    /// All there are, the generated list of tools and the log of changes left out.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<_> =
            ["README.md", "CONTRIBUTING.md", "SECURITY.md"].into_iter().map(Self::read).collect();
        for folder in ["docs", "docs/contributing"] {
            for entry in fs::read_dir(root().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().and_then(OsStr::to_str).unwrap();
                if path.is_file() && name != "tools.md" {
                    all.push(Self::read(&format!("{folder}/{name}")));
                }
            }
        }
        all
    }

    /// The commands that it shows, whole: in the text, and in blocks with the sign of a shell or of a
    /// kind that is nothing but commands.
    pub(super) fn commands(&self) -> Vec<String> {
        let starts =
            |line: &str| ["aic-mcp", "cargo"].contains(&line.split(' ').next().unwrap_or_default());
        let mut commands: Vec<_> =
            self.spans.iter().filter(|span| span.contains(' ') && starts(span)).cloned().collect();
        for block in &self.blocks {
            let joined = block.text.replace("\\\n", " ");
            for line in joined.lines() {
                let command = line.strip_prefix("$ ").unwrap_or(line);
                if starts(command) && matches!(block.language.as_str(), "console" | "text") {
                    commands.push(command.to_owned());
                }
            }
        }
        commands
    }
}
