//! Lines of a stream that may be of any length, of which only some is ever held.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::outline::Outline;

/// A line, without its end.
#[derive(Debug)]
pub(super) enum Line {
    /// A line of an allowed length.
    Whole(Vec<u8>),
    /// A longer one, of which only the outline is known.
    TooLong(Outline),
}

/// Reads lines of at most `longest` bytes. A read that is dropped goes on where it was.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    longest: usize,
    line: Vec<u8>,
    /// The outline of the line that is read, where it is too long already.
    outline: Option<Outline>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(input: R, longest: usize) -> Self {
        Self { input: BufReader::new(input), longest, line: Vec::new(), outline: None }
    }

    /// The next line, `None` at the end. The bytes after the last line end are no line.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let read = self.input.fill_buf().await?;
            if read.is_empty() {
                return Ok(None);
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let piece = &read[..end.unwrap_or(read.len())];
            if let Some(outline) = &mut self.outline {
                outline.read(piece);
            } else if self.line.len() + piece.len() > self.longest {
                let mut outline = Outline::default();
                outline.read(&std::mem::take(&mut self.line));
                outline.read(piece);
                self.outline = Some(outline);
            } else {
                self.line.extend_from_slice(piece);
            }
            let consumed = end.map_or(read.len(), |end| end + 1);
            self.input.consume(consumed);
            if end.is_some() {
                return Ok(Some(match self.outline.take() {
                    Some(outline) => Line::TooLong(outline),
                    None => Line::Whole(std::mem::take(&mut self.line)),
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(text: &[u8]) -> Vec<Result<Vec<u8>, Option<Vec<u8>>>> {
        let mut lines = Lines::new(text, 40);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            all.push(match line {
                Line::Whole(line) => Ok(line),
                Line::TooLong(outline) => Err(outline.id_of_request()),
            });
        }
        all
    }

    #[tokio::test]
    async fn lines_up_to_the_limit_come_whole_and_longer_ones_by_their_id() {
        let long = format!(r#"{{"method":"x","params":"{}","id":7}}"#, "x".repeat(100_000));
        let text = format!("a\n\n{}\n{long}\nb\nhalf", "c".repeat(40));
        assert_eq!(
            lines(text.as_bytes()).await,
            [
                Ok(b"a".to_vec()),
                Ok(Vec::new()),
                Ok(vec![b'c'; 40]),
                Err(Some(b"7".to_vec())),
                Ok(b"b".to_vec())
            ]
        );
    }
}
