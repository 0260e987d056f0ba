//! A terminal's text as a picture.

use std::fmt::Write as _;

/// The columns of the terminal.
const COLUMNS: usize = 100;
/// A cell, in pixels.
const CELL: (f64, f64) = (8.0, 19.0);
const MARGIN: f64 = 16.0;

/// The picture of a text with the colours that this program uses, as SVG. Lines that are longer than the
/// terminal are broken.
pub(super) fn picture_of(text: &str) -> String {
    let mut rows: Vec<String> = Vec::new();
    let mut style = String::new();
    for line in text.lines() {
        let (mut row, mut column) = (String::new(), 0);
        let mut rest = line.chars();
        while let Some(character) = rest.next() {
            if character == '\u{1b}' {
                let code: String = rest.by_ref().take_while(|c| *c != 'm').collect();
                style = class_of(code.trim_start_matches('['), &style);
                continue;
            }
            if column == COLUMNS {
                rows.push(std::mem::take(&mut row));
                column = 0;
            }
            push(&mut row, character, &style);
            column += 1;
        }
        rows.push(row);
    }
    let width = 2.0f64.mul_add(MARGIN, f64::from(u32::try_from(COLUMNS).unwrap()) * CELL.0);
    let height = 2.0f64.mul_add(MARGIN, f64::from(u32::try_from(rows.len()).unwrap()) * CELL.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\">\n<style>\nrect {{ fill: #14181f; }}\ntext {{ fill: #dde3ea; font: 13.3px/1 \
         ui-monospace, Menlo, Consolas, \"DejaVu Sans Mono\", monospace; white-space: pre; }}\n\
         .b {{ font-weight: bold; }}\n.r {{ fill: #ff8a80; }}\n.g {{ fill: #7fd7a0; }}\n\
         .y {{ fill: #f0cf78; }}\n</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\"/>\n"
    );
    for (index, row) in rows.iter().enumerate() {
        let y = f64::from(u32::try_from(index).unwrap()).mul_add(CELL.1, MARGIN + 14.0);
        let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{y}\">{row}</text>");
    }
    svg.push_str("</svg>\n");
    svg
}

/// The class of what follows this code (ECMA-48, SGR).
fn class_of(code: &str, before: &str) -> String {
    const KNOWN: [(&str, &str); 4] = [("1", "b"), ("31", "r"), ("32", "g"), ("33", "y")];
    if code.is_empty() || code == "0" {
        return String::new();
    }
    let known = KNOWN.into_iter().find(|(known, _)| *known == code);
    let (_, class) = known.expect("a style that the picture has");
    format!("{before} {class}").trim().to_owned()
}

/// The end of a styled span.
const END: &str = "</tspan>";

/// Adds a character to a row, in the span of its style where the row ends with one.
fn push(row: &mut String, character: char, class: &str) {
    let shown = match character {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        other => other.to_string(),
    };
    if class.is_empty() {
        row.push_str(&shown);
        return;
    }
    let start = format!("<tspan class=\"{class}\">");
    let last = row.rfind("<tspan").map(|at| &row[at..]);
    if last.is_some_and(|last| last.starts_with(&start) && last.ends_with(END)) {
        row.truncate(row.len() - END.len());
    } else {
        row.push_str(&start);
    }
    row.push_str(&shown);
    row.push_str(END);
}

#[test]
fn a_picture_has_the_text_and_its_styles() {
    let svg = picture_of("\u{1b}[1ma<b\u{1b}[0m c\n\u{1b}[31mred\u{1b}[0m");
    assert!(svg.contains("><tspan class=\"b\">a&lt;b</tspan> c</text>"), "{svg}");
    assert!(svg.contains("><tspan class=\"r\">red</tspan></text>"), "{svg}");
    let long = picture_of(&"x".repeat(COLUMNS + 1));
    assert_eq!(long.matches("<text ").count(), 2, "{long}");
}
