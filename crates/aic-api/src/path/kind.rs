//! The kinds of names.

use uuid::Uuid;

use super::Kind;

/// See [`super::ObjectType`].
#[derive(Debug)]
pub enum ObjectType {}
/// See [`super::ObjectId`].
#[derive(Debug)]
pub enum ObjectId {}
/// See [`super::DefinitionName`].
#[derive(Debug)]
pub enum DefinitionName {}
/// See [`super::CustomProperty`].
#[derive(Debug)]
pub enum CustomProperty {}
/// See [`super::JourneyName`].
#[derive(Debug)]
pub enum JourneyName {}
/// See [`super::NodeType`].
#[derive(Debug)]
pub enum NodeType {}
/// See [`super::NodeVersion`].
#[derive(Debug)]
pub enum NodeVersion {}
/// See [`super::NodeId`].
#[derive(Debug)]
pub enum NodeId {}
/// See [`super::NodeUuid`].
#[derive(Debug)]
pub enum NodeUuid {}
/// See [`super::ScriptId`].
#[derive(Debug)]
pub enum ScriptId {}
/// See [`super::ClientId`].
#[derive(Debug)]
pub enum ClientId {}
/// See [`super::ThemeRef`].
#[derive(Debug)]
pub enum ThemeRef {}
/// See [`super::FeatureSegment`].
#[derive(Debug)]
pub enum FeatureSegment {}
/// See [`super::LogSource`].
#[derive(Debug)]
pub enum LogSource {}
/// See [`super::VariableId`].
#[derive(Debug)]
pub enum VariableId {}

impl Kind for ObjectType {
    const WHAT: &'static str = "an object type";
}

impl Kind for ObjectId {
    const WHAT: &'static str = "an object id";
}

impl Kind for DefinitionName {
    const WHAT: &'static str = "an object type's name";
    const PATTERN: Option<&'static str> = Some("^[a-zA-Z0-9_]+$");
    const ALLOWED: &'static str = "letters, digits and underscores";

    fn accepts(value: &str) -> bool {
        value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl Kind for CustomProperty {
    const WHAT: &'static str = "a custom relationship property";
    const ALLOWED: &'static str = "a name that starts with `custom_`";

    fn accepts(value: &str) -> bool {
        value.len() > "custom_".len() && value.starts_with("custom_")
    }
}

impl Kind for JourneyName {
    const WHAT: &'static str = "a journey name";
}

impl Kind for NodeType {
    const WHAT: &'static str = "a node type";
}

impl Kind for NodeVersion {
    const WHAT: &'static str = "a node type's version";
}

impl Kind for NodeId {
    const WHAT: &'static str = "a node id";
}

impl Kind for NodeUuid {
    const WHAT: &'static str = "a node's UUID";
    const PATTERN: Option<&'static str> =
        Some("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$");
    const ALLOWED: &'static str =
        "a UUID in its usual form, such as 6a1d1ad0-3a43-4c2f-9f0f-3f5b1c2d4e5f";

    fn accepts(value: &str) -> bool {
        is_uuid(value)
    }
}

impl Kind for ScriptId {
    const WHAT: &'static str = "a script id";
}

impl Kind for ClientId {
    const WHAT: &'static str = "a client id";
}

impl Kind for ThemeRef {
    const WHAT: &'static str = "a theme's id or name";
}

impl Kind for FeatureSegment {
    const WHAT: &'static str = "a part of a feature's name";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9_-]+$");
    const ALLOWED: &'static str = "letters, digits, underscores and hyphens";

    fn accepts(value: &str) -> bool {
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    }
}

impl Kind for LogSource {
    const WHAT: &'static str = "a log source";
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9._-]+$");
    const ALLOWED: &'static str = "a name such as `am-authentication`: letters, digits, dots, \
                                   underscores and hyphens";

    fn accepts(value: &str) -> bool {
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    }
}

impl Kind for VariableId {
    const WHAT: &'static str = "a variable id";
    const PATTERN: Option<&'static str> = Some("^esv-[a-z0-9_-]{1,124}$");
    const ALLOWED: &'static str =
        "`esv-` and then 1 to 124 lower-case letters, digits, underscores and hyphens";

    fn accepts(value: &str) -> bool {
        value.strip_prefix("esv-").is_some_and(|rest| {
            (1..=124).contains(&rest.len())
                && rest.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        })
    }
}

/// Whether this is a UUID as it is usually written: in five groups of hexadecimal digits.
pub(crate) fn is_uuid(value: &str) -> bool {
    // Only the form with hyphens has this length.
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}
