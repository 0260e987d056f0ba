//! Names that may enter a path, and the paths built of them.

pub mod kind;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Realm;

/// Everything but the unreserved characters of RFC 3986, section 2.3.
pub(crate) const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest name that is accepted, in characters.
const LONGEST: usize = 512;

/// The kind of resource that a [`Name`] names.
pub trait Kind: 'static {
    /// Its name in messages, with its article: "an object type".
    const WHAT: &'static str;
    /// The pattern that it has to match besides the rules for every name, a regular expression.
    const PATTERN: Option<&'static str> = None;
    /// The pattern, in words for people.
    const ALLOWED: &'static str =
        "1 to 512 characters without `/`, `\\`, `..`, control characters or their encoded forms";

    /// Checks what is asked of this kind beyond what holds for every name. It must accept just
    /// what [`Self::PATTERN`] does.
    fn accepts(_: &str) -> bool {
        true
    }
}

/// A name that was checked to be one path segment and nothing else. In a path it is
/// percent-encoded, so whatever it holds, it names one resource.
///
/// ```
/// use aic_api::path::{JourneyName, ObjectType, VariableId};
///
/// assert!("Login with passkey".parse::<JourneyName>().is_ok());
/// assert!("../authenticate".parse::<JourneyName>().is_err());
/// assert!("alpha_user".parse::<ObjectType>().is_ok());
/// assert!("no-variable".parse::<VariableId>().is_err());
/// ```
pub struct Name<K> {
    value: String,
    kind: PhantomData<fn() -> K>,
}

/// A managed object type, such as `alpha_user`.
pub type ObjectType = Name<kind::ObjectType>;
/// The `_id` of a managed object.
pub type ObjectId = Name<kind::ObjectId>;
/// The name of a managed object type that is defined, changed or deleted.
pub type DefinitionName = Name<kind::DefinitionName>;
/// The name of a relationship property that a tenant added to a type.
pub type CustomProperty = Name<kind::CustomProperty>;
/// The name of a journey, AM's authentication tree.
pub type JourneyName = Name<kind::JourneyName>;
/// The type of a journey's node, such as `PageNode`.
pub type NodeType = Name<kind::NodeType>;
/// The version of a node type, such as `2.0`.
pub type NodeVersion = Name<kind::NodeVersion>;
/// The id of a journey's node.
pub type NodeId = Name<kind::NodeId>;
/// The id of a journey's node that is a UUID, as those of all new nodes are.
pub type NodeUuid = Name<kind::NodeUuid>;
/// The id of a script.
pub type ScriptId = Name<kind::ScriptId>;
/// The id of an OAuth 2.0 client.
pub type ClientId = Name<kind::ClientId>;
/// The id or the name of a theme of the hosted pages.
pub type ThemeRef = Name<kind::ThemeRef>;
/// A segment of a feature's name.
pub type FeatureSegment = Name<kind::FeatureSegment>;
/// The name of a log source, such as `am-authentication`.
pub type LogSource = Name<kind::LogSource>;
/// The id of an environment variable, such as `esv-mail-sender`.
pub type VariableId = Name<kind::VariableId>;

impl<K: Kind> Name<K> {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    fn check(value: &str) -> Result<(), InvalidName> {
        let invalid = |problem| Err(InvalidName { what: K::WHAT, problem, allowed: K::ALLOWED });
        if value.trim().is_empty() {
            return invalid("it is blank");
        }
        if value.chars().count() > LONGEST {
            return invalid("it is longer than 512 characters");
        }
        if value == "." || value.contains("..") {
            return invalid("it contains `.` or `..` as a path would");
        }
        if value.contains(['/', '\\']) {
            return invalid("it contains a slash or a backslash");
        }
        if value.chars().any(char::is_control) {
            return invalid("it contains a control character");
        }
        let lower = value.to_ascii_lowercase();
        if ["%2e", "%2f", "%5c"].iter().any(|encoded| lower.contains(encoded)) {
            return invalid("it contains an encoded dot, slash or backslash");
        }
        if !K::accepts(value) {
            return invalid("it does not have the form asked for");
        }
        Ok(())
    }
}

/// Why a value is not the name it should be. The message does not repeat the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not {what}: {problem} (allowed: {allowed})")]
pub struct InvalidName {
    what: &'static str,
    problem: &'static str,
    allowed: &'static str,
}

impl<K: Kind> TryFrom<String> for Name<K> {
    type Error = InvalidName;

    fn try_from(value: String) -> Result<Self, InvalidName> {
        Self::check(&value)?;
        Ok(Self { value, kind: PhantomData })
    }
}

impl<K: Kind> FromStr for Name<K> {
    type Err = InvalidName;

    fn from_str(value: &str) -> Result<Self, InvalidName> {
        Self::try_from(value.to_owned())
    }
}

impl<'de, K: Kind> Deserialize<'de> for Name<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl<K> Serialize for Name<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl<K: Kind> schemars::JsonSchema for Name<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        K::WHAT.into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = schemars::json_schema!({ "type": "string", "minLength": 1 });
        if let Some(pattern) = K::PATTERN {
            schema.insert("pattern".to_owned(), pattern.into());
        }
        schema
    }
}

impl<K> fmt::Display for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

impl<K> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.value)
    }
}

impl<K> Clone for Name<K> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Name<K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<K> Eq for Name<K> {}

impl<K> Hash for Name<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl From<&DefinitionName> for ObjectType {
    fn from(name: &DefinitionName) -> Self {
        Self { value: name.value.clone(), kind: PhantomData }
    }
}

impl From<&NodeUuid> for NodeId {
    fn from(id: &NodeUuid) -> Self {
        Self { value: id.value.clone(), kind: PhantomData }
    }
}

impl ObjectType {
    /// The type of a realm's users.
    pub fn users(realm: Realm) -> Self {
        Self { value: format!("{realm}_user"), kind: PhantomData }
    }

    /// The type of a realm's applications.
    pub fn applications(realm: Realm) -> Self {
        Self { value: format!("{realm}_application"), kind: PhantomData }
    }
}

/// The path of a request: literals and checked names, encoded as it goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path(String);

impl Path {
    /// A path that starts with `literal`, which must start with a slash, and not end with one where
    /// a segment follows.
    pub fn new(literal: &'static str) -> Self {
        Self(literal.to_owned())
    }

    /// Appends `/` and the name as one segment.
    pub fn segment<K>(mut self, name: &Name<K>) -> Self {
        self.0.push('/');
        self.0.extend(utf8_percent_encode(&name.value, ENCODED));
        self
    }

    /// Appends `literal`, which must start with a slash and not end with one.
    pub fn then(mut self, literal: &'static str) -> Self {
        self.0.push_str(literal);
        self
    }

    /// The path as it goes on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    fn problem(value: &str) -> &'static str {
        value.parse::<ObjectId>().unwrap_err().problem
    }

    #[test]
    fn what_could_be_a_path_is_no_name() {
        assert_eq!(problem(""), "it is blank");
        assert_eq!(problem(" \u{a0}"), "it is blank");
        for value in [".", "..", "../x", "x..y"] {
            assert!(problem(value).contains("`..`"), "{value}");
        }
        for value in ["a/b", "a\\b"] {
            assert!(problem(value).contains("slash"), "{value}");
        }
        for value in ["a\nb", "a\0", "a\u{7f}", "a\u{85}"] {
            assert!(problem(value).contains("control"), "{value:?}");
        }
        for value in ["%2e%2e", "a%2Fb", "%5Cx", "%2E"] {
            assert!(problem(value).contains("encoded"), "{value}");
        }
        assert!(problem(&"é".repeat(513)).contains("longer"));
        assert!("é".repeat(512).parse::<ObjectId>().is_ok());
    }

    #[test]
    fn everything_else_becomes_one_encoded_segment() {
        let id: ObjectId = "a b?c#d;e%f=é.".parse().unwrap();
        let path = Path::new("/openidm/managed").segment(&id);
        assert_eq!(path.as_str(), "/openidm/managed/a%20b%3Fc%23d%3Be%25f%3D%C3%A9.");
    }

    #[test]
    fn kinds_ask_for_more() {
        assert!("alpha_pet".parse::<DefinitionName>().is_ok());
        assert!("alpha-pet".parse::<DefinitionName>().is_err());
        assert!("custom_owner".parse::<CustomProperty>().is_ok());
        assert!("custom_".parse::<CustomProperty>().is_err());
        assert!("owner".parse::<CustomProperty>().is_err());
        assert!("E301438c-0bd0-429c-ab0c-66126501069a".parse::<NodeUuid>().is_ok());
        for bad in
            ["node1", "e301438c0bd0429cab0c66126501069a", "g301438c-0bd0-429c-ab0c-66126501069a"]
        {
            assert!(bad.parse::<NodeUuid>().is_err(), "{bad}");
        }
    }

    proptest! {
        /// Whatever a name holds, the URL it ends up in has the same origin, the same segments
        /// around it, no query and no fragment, and the segment decodes to the name.
        #[test]
        fn a_name_cannot_change_the_request(value in ".*|[./%\\\\?#;@:&2eEfF5cC ]{0,12}") {
            let Ok(id) = value.parse::<ObjectId>() else { return Ok(()) };
            let path = Path::new("/openidm/managed/alpha_user").segment(&id).then("/roles");
            let mut url = Url::parse("https://id.example.com/").unwrap();
            url.set_path(path.as_str());
            prop_assert_eq!(url.path(), path.as_str());
            prop_assert_eq!(url.host_str(), Some("id.example.com"));
            prop_assert_eq!(url.query(), None);
            prop_assert_eq!(url.fragment(), None);
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 5);
            prop_assert_eq!(segments[2], "alpha_user");
            prop_assert_eq!(segments[4], "roles");
            prop_assert_eq!(percent_decode_str(segments[3]).decode_utf8().unwrap(), value);
        }
    }
}
