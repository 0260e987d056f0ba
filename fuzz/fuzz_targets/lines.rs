//! However the bytes of a client come, they make the same lines; and of a line that is too long it
//! is known whether it was a request, and its id.

#![no_main]

// As the binary has no library, its modules are built in here.
#[path = "../../crates/aic-mcp-bin/src/server/transport/lines.rs"]
mod lines;
#[path = "../../crates/aic-mcp-bin/src/server/transport/outline.rs"]
mod outline;

use std::fmt;
use std::io;
use std::iter::Cycle;
use std::pin::Pin;
use std::slice::Iter;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, ReadBuf};

use lines::{Line, Lines};
use outline::Outline;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    longest: u8,
    /// How many bytes come at a time. With 0, the read is given up and started again.
    pieces: [u8; 4],
    bytes: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let longest = input.longest.into();
    let mut lines: Vec<_> = input.bytes.split(|byte| *byte == b'\n').collect();
    // What comes after the last line end is no line.
    lines.pop();

    let source = Source { left: input.bytes, pieces: input.pieces.iter().cycle() };
    let mut read = Lines::new(source, longest);
    for expected in lines {
        let id = id_in_outline(expected);
        check(expected, id.as_deref());
        match next(&mut read) {
            Some(Line::Whole(line)) => {
                assert_eq!(line, expected);
                assert!(line.len() <= longest);
            }
            Some(Line::TooLong(outline)) => {
                assert!(expected.len() > longest);
                assert_eq!(outline.id_of_request(), id);
            }
            None => panic!("a line is missing"),
        }
    }
    assert!(next(&mut read).is_none());
});

fn next(lines: &mut Lines<Source<'_>>) -> Option<Line> {
    loop {
        if let Some(line) = lines.next().now_or_never() {
            return line.unwrap();
        }
    }
}

fn id_in_outline(line: &[u8]) -> Option<Vec<u8>> {
    let mut outline = Outline::default();
    outline.read(line);
    outline.id_of_request()
}

/// Compares what was found with what a parser finds. What is not JSON has no right answer, unless
/// it is cut off.
fn check(line: &[u8], id: Option<&[u8]>) {
    let mut parser = serde_json::Deserializer::from_slice(line);
    let members = parser.deserialize_map(Members).and_then(|members| {
        parser.end()?;
        Ok(members)
    });
    let members = match members {
        Ok(members) => members,
        Err(error) if matches!(error.classify(), Category::Eof | Category::Data) => {
            return assert_eq!(id, None, "{error}");
        }
        Err(_) => return,
    };
    let values = |name: &str| -> Vec<&str> {
        members.iter().filter(|(known, _)| known.get() == name).map(|(_, v)| v.get()).collect()
    };
    let expected = match values("\"id\"")[..] {
        [id] if !id.starts_with(['{', '[']) && id.len() <= 256 => Some(id),
        _ => None,
    };
    let expected = expected.filter(|_| !values("\"method\"").is_empty());
    assert_eq!(id, expected.map(str::as_bytes));
}

/// The members of an object as they are written, those with the same name too.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Box<RawValue>, Box<RawValue>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        std::iter::from_fn(|| map.next_entry().transpose()).collect()
    }
}

/// Bytes that come in pieces.
struct Source<'a> {
    left: &'a [u8],
    pieces: Cycle<Iter<'a, u8>>,
}

impl AsyncRead for Source<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = usize::from(self.pieces.next().copied().unwrap_or(1));
        // Four times nothing would be for ever.
        if size == 0 && self.pieces.clone().take(4).any(|size| *size > 0) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let (piece, left) =
            self.left.split_at(size.max(1).min(self.left.len()).min(into.remaining()));
        into.put_slice(piece);
        self.left = left;
        Poll::Ready(Ok(()))
    }
}
