//! The outline of a JSON-RPC message that is not parsed: whether it is a request, and its id, so
//! that whoever sent it hears that it was refused instead of waiting for ever.

/// The longest id that is kept, in bytes as written.
const LONGEST_ID: usize = 256;

/// Reads a message piece by piece, in constant space.
#[derive(Debug, Default)]
pub(super) struct Outline {
    state: State,
    text: Text,
    depth: usize,
    /// Whether the next string of the top-level object is the name of a member.
    at_name: bool,
    /// A name or the id, as written, as far as it is read.
    token: Option<Vec<u8>>,
    member: Member,
    id: Option<Vec<u8>>,
    has_method: bool,
}

/// How far the message has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    Whole,
    Broken,
}

/// Where in a string the reading is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

/// Which member of the top-level object is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Member {
    Id,
    Method,
    #[default]
    Other,
}

impl Outline {
    /// Reads the next piece.
    pub(super) fn read(&mut self, piece: &[u8]) {
        for byte in piece {
            self.step(*byte);
        }
    }

    /// The id as JSON of a whole message that is a request.
    pub(super) fn id_of_request(mut self) -> Option<Vec<u8>> {
        let is_request = self.state == State::Whole && self.has_method;
        self.id.take().filter(|_| is_request)
    }

    fn step(&mut self, byte: u8) {
        if self.text != Text::Outside {
            self.keep(byte);
            self.text = match (self.text, byte) {
                (Text::Inside, b'\\') => Text::Escaped,
                (Text::Inside, b'"') => Text::Outside,
                _ => Text::Inside,
            };
            if self.text == Text::Outside {
                self.end_token();
            }
            return;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.end_token(),
            // A byte order mark, which may stand before a message (RFC 8259, section 8.1).
            0xEF | 0xBB | 0xBF if self.depth == 0 && self.state == State::Open => {}
            _ if self.depth == 0 && (byte != b'{' || self.state != State::Open) => {
                self.state = State::Broken;
            }
            b'"' => {
                self.text = Text::Inside;
                if self.depth == 1 && (self.at_name || self.member == Member::Id) {
                    self.token = Some(Vec::new());
                }
                self.keep(byte);
            }
            b'{' | b'[' => {
                if self.depth == 1 && self.member == Member::Id {
                    // This is no id, and makes any other a second one.
                    self.state = State::Broken;
                }
                self.depth += 1;
                self.at_name = self.depth == 1;
            }
            b'}' | b']' => {
                self.end_token();
                self.depth -= 1;
                if self.depth == 0 && self.state == State::Open {
                    self.state = State::Whole;
                }
            }
            b',' if self.depth == 1 => {
                self.end_token();
                self.at_name = true;
                self.member = Member::Other;
            }
            b':' if self.depth == 1 => {
                self.at_name = false;
                self.has_method |= self.member == Member::Method;
            }
            // A number, or a word.
            _ => {
                if self.depth == 1 && self.member == Member::Id && !self.at_name {
                    self.token.get_or_insert_default();
                }
                self.keep(byte);
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        if let Some(token) = self.token.as_mut().filter(|token| token.len() <= LONGEST_ID) {
            token.push(byte);
        }
    }

    fn end_token(&mut self) {
        let Some(token) = self.token.take() else { return };
        if self.at_name {
            self.member = match token.as_slice() {
                b"\"id\"" => Member::Id,
                b"\"method\"" => Member::Method,
                _ => Member::Other,
            };
        } else if self.id.is_some() || token.len() > LONGEST_ID {
            // Two ids are none.
            self.state = State::Broken;
        } else {
            self.id = Some(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn id(text: &str) -> Option<String> {
        let mut outline = Outline::default();
        outline.read(text.as_bytes());
        outline.id_of_request().map(|id| String::from_utf8(id).unwrap())
    }

    #[test]
    fn the_id_of_a_request_is_found_wherever_it_stands() {
        let of = |text| id(text).unwrap();
        assert_eq!(of(r#"{"jsonrpc":"2.0","id":5,"method":"x","params":{"id":9}}"#), "5");
        assert_eq!(
            of(r#" { "method" : "x" , "params" : [{"id":9}] , "id" : "a\"b" } "#),
            r#""a\"b""#
        );
        assert_eq!(of("\u{feff}{\"method\":\"x\",\"id\":-7}"), "-7");
        assert_eq!(of(r#"{"method":"}{\"id\":1","id":2}"#), "2");
        let deep =
            format!(r#"{{"id":3,"method":"x","params":{}{}}}"#, "[".repeat(9000), "]".repeat(9000));
        assert_eq!(of(&deep), "3");
    }

    #[test]
    fn what_is_no_whole_request_with_one_id_has_none() {
        for text in [
            "",
            "null",
            "5",
            r#"{"id":5}"#,
            r#"{"method":"x"}"#,
            r#"{"id":5,"method":"x""#,
            r#"{"id":5,"method":"x"}{"#,
            r#"{"id":5,"id":6,"method":"x"}"#,
            r#"[{"id":5,"method":"x"}]"#,
            r#"{"id":{"id":5},"method":"x"}"#,
            r#"{"id":{},"id":5,"method":"x"}"#,
            r#"{"id":5,"id":[],"method":"x"}"#,
            r#"{"params":{"id":5,"method":"x"}}"#,
            "}",
        ] {
            assert_eq!(id(text), None, "{text}");
        }
        let long = format!(r#"{{"id":"{}","method":"x"}}"#, "x".repeat(500));
        assert_eq!(id(&long), None);
    }

    fn json_values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("id|method|.*", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_parser_however_the_message_comes(
            id in prop_oneof![any::<i64>().prop_map(Value::from), "[^\"\\\\]{0,40}".prop_map(Value::from)],
            params in json_values(),
            first in any::<bool>(),
            size in 1_usize..20,
        ) {
            let message = if first {
                json!({ "id": id, "method": "m", "params": params })
            } else {
                json!({ "params": params, "method": "m", "id": id })
            };
            let text = message.to_string();
            let mut outline = Outline::default();
            text.as_bytes().chunks(size).for_each(|piece| outline.read(piece));
            let found = outline.id_of_request().unwrap();
            prop_assert_eq!(serde_json::from_slice::<Value>(&found).unwrap(), id);
        }

        #[test]
        fn nothing_makes_it_fail(bytes in prop::collection::vec(prop_oneof![
            any::<u8>(), prop::sample::select(&b"{}[]\":,\\id"[..])
        ], 0..200)) {
            let mut outline = Outline::default();
            outline.read(&bytes);
            outline.id_of_request();
        }
    }
}
