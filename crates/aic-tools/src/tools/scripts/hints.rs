//! Hints about the source of a script that decides in a journey.

/// The words of the legacy engine, and what the next-generation engine has in their place.
const LEGACY: [(&str, &str); 3] = [
    ("sharedState", "nodeState.get(\"name\") and nodeState.putShared(\"name\", value)"),
    ("transientState", "nodeState.get(\"name\") and nodeState.putTransient(\"name\", value)"),
    ("asString", "the value itself: nodeState.get(\"name\") is no wrapped JSON there"),
];

/// Hints about a script for the next-generation engine: the names in it that only the legacy engine
/// knows, and whether the script can end at all.
pub(super) fn hints(source: &str) -> Vec<String> {
    let code = code_of(source);
    let words: Vec<_> = words(&code).collect();
    let has = |word: &str| words.contains(&word);
    let legacy = LEGACY.iter().filter(|(word, _)| has(word)).map(|(word, instead)| {
        format!("`{word}` is of the legacy engine; the next-generation engine has {instead}.")
    });
    let mut hints: Vec<_> = legacy.collect();
    if !has("action") && !has("outcome") {
        hints.push(
            "The script names no outcome: it has to end with action.goTo(\"outcome\").".to_owned(),
        );
    }
    hints
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_alphanumeric() || "_$".contains(character);
    code.split(move |character| !is_part(character)).filter(|word| !word.is_empty())
}

/// The source without its comments and strings. A template with code in it counts as a string.
fn code_of(source: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(source.len()), source);
    while let Some(start) = rest.find(['/', '"', '\'', '`']) {
        code.push_str(&rest[..start]);
        code.push(' ');
        rest = &rest[start..];
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + "/**/".len())
        } else if rest.starts_with('/') {
            1
        } else {
            end_of_string(rest)
        };
        rest = &rest[end..];
    }
    code + rest
}

/// Where the string ends that a text begins with.
fn end_of_string(text: &str) -> usize {
    let mut characters = text.char_indices();
    let quote = characters.next().map(|(_, quote)| quote);
    let mut is_escaped = false;
    for (at, character) in characters {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if Some(character) == quote || character == '\n' && quote != Some('`') {
            return at + character.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_legacy_engine_is_pointed_out() {
        for (source, count) in [
            ("action.goTo(\"true\");", 0),
            ("outcome = 'true'", 0),
            ("var name = sharedState.get('username'); action.goTo(name)", 1),
            ("transientState.put('a', nodeState.get('b').asString()); action.goTo('x')", 2),
            ("logger.info('hello');", 1),
            ("logger.info('action');", 1),
            ("// sharedState\n/* transientState */ action.goTo(\"sharedState\")", 0),
            ("var u = \"https://x\"; sharedState.put(u, 'it\\'s'); action.goTo('a')", 1),
            ("var mySharedState = 1; action.goTo('sharedState' + mySharedState)", 0),
        ] {
            assert_eq!(hints(source).len(), count, "{source}: {:?}", hints(source));
        }
    }

    /// A piece of a source, and the same piece as code: a comment or a string becomes blank.
    fn piece() -> impl Strategy<Value = (String, String)> {
        let code = prop::sample::select(vec!["a", "sharedState", "=", "(", ")", "é", ";", "\n"]);
        let text = || prop::sample::select(vec!["b", "sharedState", " ", "é", "//", "/*"]);
        let texts = || prop::collection::vec(text(), 0..4).prop_map(|all| all.concat());
        let quoted = (prop::sample::select(vec!['"', '\'', '`']), texts())
            .prop_map(|(quote, text)| format!("{quote}{text}\\{quote}{quote}"));
        let comment = texts().prop_map(|text| format!("//{text}\n"));
        let open = texts().prop_filter("it ends the comment", |text| !text.contains("*/"));
        let block = open.prop_map(|text| format!("/*{text}*/"));
        prop_oneof![
            code.prop_map(|code| (code.to_owned(), code.to_owned())),
            prop_oneof![quoted, block].prop_map(|none| (none, " ".to_owned())),
            comment.prop_map(|none| (none, " \n".to_owned())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_code_stays_and_what_is_none_goes(pieces in prop::collection::vec(piece(), 0..8)) {
            let source: String = pieces.iter().map(|(source, _)| source.as_str()).collect();
            let code: String = pieces.iter().map(|(_, code)| code.as_str()).collect();
            prop_assert_eq!(code_of(&source), code);
        }

        #[test]
        fn any_source_is_read_to_its_end(source in "[a/*\"'`\\\\\n é]*") {
            let _ = hints(&source);
            prop_assert!(code_of(&source).len() <= source.len() + source.matches(['/', '"', '\'', '`']).count());
        }
    }
}
