//! Parameter types that cannot hold a bad value, beyond the names that `aic-api` knows.

use std::borrow::Cow;

use aic_api::idm::Operation;
use aic_api::query::{QueryFilter, WrittenFilter};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounded<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Bounded<MIN, MAX> {
    pub(crate) fn get(self) -> u32 {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        // Clients whose language knows one kind of number write 50 as 50.0.
        let whole = number.as_u64().or_else(|| {
            number.as_f64().filter(|n| n.fract() == 0.0).and_then(|n| n.to_string().parse().ok())
        });
        whole
            .and_then(|whole| u32::try_from(whole).ok())
            .filter(|whole| (MIN..=MAX).contains(whole))
            .map(Self)
            .ok_or_else(|| {
                de::Error::custom(format!("{number} is not a whole number from {MIN} to {MAX}"))
            })
    }
}

impl<const MIN: u32, const MAX: u32> JsonSchema for Bounded<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Bounded".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// A text of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = text.chars().count();
        if length > MAX {
            let problem = format!("it has {length} characters, and at most {MAX} are allowed");
            return Err(de::Error::custom(problem));
        }
        Ok(Self(text))
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX })
    }
}

/// A filter of identity management's objects, of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectFilter<const MAX: usize>(WrittenFilter);

impl<const MAX: usize> ObjectFilter<MAX> {
    /// The filter as it was written.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<const MAX: usize> From<ObjectFilter<MAX>> for QueryFilter {
    fn from(filter: ObjectFilter<MAX>) -> Self {
        Self::Written(filter.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for ObjectFilter<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(expression) = Text::<MAX>::deserialize(deserializer)?;
        WrittenFilter::try_from(expression).map(Self).map_err(de::Error::custom)
    }
}

impl<const MAX: usize> JsonSchema for ObjectFilter<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ObjectFilter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Text::<MAX>::json_schema(generator)
    }
}

/// A text that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NonBlank(String);

impl NonBlank {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl<'de> Deserialize<'de> for NonBlank {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() { Err(de::Error::custom("it is blank")) } else { Ok(Self(text)) }
    }
}

impl JsonSchema for NonBlank {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NonBlank".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

/// A list with at least one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NonEmpty<T>(Vec<T>);

impl<T> NonEmpty<T> {
    pub(crate) fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NonEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        if items.is_empty() { Err(de::Error::custom("it is empty")) } else { Ok(Self(items)) }
    }
}

impl<T: JsonSchema> JsonSchema for NonEmpty<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NonEmpty".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "minItems": 1 })
    }
}

/// An operation of a patch, where a tool takes only these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Edit {
    Add,
    Remove,
    Replace,
}

impl Edit {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

impl From<Edit> for Operation {
    fn from(edit: Edit) -> Self {
        match edit {
            Edit::Add => Self::Add,
            Edit::Remove => Self::Remove,
            Edit::Replace => Self::Replace,
        }
    }
}

/// Tells `null`, which is a value, from a value that is not there.
pub(crate) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A JSON pointer (RFC 6901) to a part of a document. The slash in front may be missing, as CREST
/// takes it; an empty token may not be there, because CREST reads one as the document itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer(String);

impl Pointer {
    /// The pointer with its slash in front.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pointer = if text.starts_with('/') { text } else { format!("/{text}") };
        let is_escaped = |token: &str| {
            token.split('~').skip(1).all(|rest| rest.starts_with('0') || rest.starts_with('1'))
        };
        let fits = pointer.len() <= 1000
            && !pointer.chars().any(char::is_control)
            && pointer[1..].split('/').all(|token| !token.is_empty() && is_escaped(token));
        if fits {
            Ok(Self(pointer))
        } else {
            let problem = "it is not a JSON pointer to a part of the document, such as \
                           /schema/properties/color/title, with ~0 and ~1 for ~ and /";
            Err(de::Error::custom(problem))
        }
    }
}

impl JsonSchema for Pointer {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pointer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoInput {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_whole_and_within_their_bounds() {
        let read = |value| serde_json::from_value::<Bounded<1, 250>>(value).map(Bounded::get);
        assert_eq!(read(json!(1)).unwrap(), 1);
        assert_eq!(read(json!(250.0)).unwrap(), 250);
        for bad in [json!(0), json!(251), json!(-1), json!(1.5), json!(1e40)] {
            let error = read(bad).unwrap_err().to_string();
            assert!(error.contains("is not a whole number from 1 to 250"), "{error}");
        }
        assert!(read(json!("50")).is_err());
    }

    #[test]
    fn a_pointer_points_below_the_document() {
        let read = |text: &str| {
            serde_json::from_value::<Pointer>(json!(text)).map(|pointer| pointer.0).ok()
        };
        assert_eq!(read("/schema/order/-").as_deref(), Some("/schema/order/-"));
        assert_eq!(read("schema/a~1b").as_deref(), Some("/schema/a~1b"));
        for bad in ["", "/", "//schema", "/schema/", "/a~2", "/a~", "/a\nb"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_are_not_blank_and_lists_not_empty() {
        assert!(serde_json::from_value::<NonBlank>(json!(" x")).is_ok());
        assert!(serde_json::from_value::<NonBlank>(json!(" \u{a0}")).is_err());
        assert!(serde_json::from_value::<NonEmpty<u8>>(json!([1])).is_ok());
        assert!(serde_json::from_value::<NonEmpty<u8>>(json!([])).is_err());
    }

    #[test]
    fn texts_are_counted_in_characters() {
        let read = |value| serde_json::from_value::<Text<3>>(value).map(Text::into_string);
        assert_eq!(read(json!("äöü")).unwrap(), "äöü");
        assert!(read(json!("abcd")).unwrap_err().to_string().contains("4 characters"));
    }
}
