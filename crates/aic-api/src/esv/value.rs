use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Number, Value};

/// The most bytes that a variable's value may have, before it is encoded.
const LARGEST: usize = 65_535;

/// The type of a variable, which says how journeys and scripts see its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(inline))]
#[serde(rename_all = "lowercase")]
pub enum ExpressionType {
    /// A text.
    String,
    /// A JSON array.
    Array,
    /// A JSON object.
    Object,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// Texts separated by commas.
    List,
    /// A JSON object whose values are texts.
    KeyValueList,
    /// A text that stands in base64 where it is used.
    // Assumption: its value is a text like any other. No public source has one; a variable of this
    // type in the admin console's export would settle it.
    Base64EncodedInlined,
}

impl ExpressionType {
    /// The name by which AIC knows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Number => "number",
            Self::List => "list",
            Self::KeyValueList => "keyvaluelist",
            Self::Base64EncodedInlined => "base64encodedinlined",
        }
    }

    /// The form of the type's values.
    const fn wants(self) -> &'static str {
        match self {
            Self::String | Self::Base64EncodedInlined => "a text",
            Self::Array => "a JSON array",
            Self::Object => "a JSON object",
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Number => "a number",
            Self::KeyValueList => "a JSON object whose values are texts",
            Self::List => "a text with commas between its items, or an array of texts without any",
        }
    }
}

/// Why a value cannot be the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// It is not of the type.
    #[error("it does not fit type {}, which takes {}", .0.as_str(), .0.wants())]
    Type(ExpressionType),
    /// It has so many bytes.
    #[error("it has {0} bytes, and AIC takes {LARGEST} at most")]
    Size(usize),
}

/// The value of a variable, encoded as AIC stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedValue {
    expression_type: ExpressionType,
    text: String,
}

impl EncodedValue {
    /// Encodes a value. For the types that are written as JSON, a text of such JSON is taken for
    /// what it says, because some callers cannot send anything but texts.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] where the value is not of the type, or too large.
    pub fn new(expression_type: ExpressionType, value: &Value) -> Result<Self, InvalidValue> {
        use ExpressionType::{Base64EncodedInlined, List, String};
        let text = match (expression_type, value) {
            (String | List | Base64EncodedInlined, Value::String(text)) => Some(text.clone()),
            (List, Value::Array(items)) => joined(items),
            (String | List | Base64EncodedInlined, _) => None,
            (_, Value::String(json)) => {
                serde_json::from_str(json).ok().and_then(|value| json_text(expression_type, &value))
            }
            (_, value) => json_text(expression_type, value),
        };
        let text = text.ok_or(InvalidValue::Type(expression_type))?;
        if text.len() > LARGEST {
            return Err(InvalidValue::Size(text.len()));
        }
        Ok(Self { expression_type, text })
    }

    /// The type.
    pub fn expression_type(&self) -> ExpressionType {
        self.expression_type
    }

    /// The value as it is sent.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.text)
    }
}

fn joined(items: &[Value]) -> Option<String> {
    let items: Option<Vec<_>> =
        items.iter().map(|item| item.as_str().filter(|text| !text.contains(','))).collect();
    items.map(|items| items.join(","))
}

fn json_text(expression_type: ExpressionType, value: &Value) -> Option<String> {
    let fits = match expression_type {
        ExpressionType::Array => value.is_array(),
        ExpressionType::Object => value.is_object(),
        ExpressionType::KeyValueList => is_key_value_list(value),
        ExpressionType::Bool => value.is_boolean(),
        ExpressionType::Number => value.is_number(),
        ExpressionType::Int => return whole(value.as_number()?),
        ExpressionType::String | ExpressionType::List | ExpressionType::Base64EncodedInlined => {
            false
        }
    };
    fits.then(|| value.to_string())
}

/// Whether it is an object of texts, which is how such a variable is recorded.
fn is_key_value_list(value: &Value) -> bool {
    value.as_object().is_some_and(|pairs| pairs.values().all(Value::is_string))
}

/// Clients whose language knows one kind of number write 50 as 50.0.
fn whole(number: &Number) -> Option<String> {
    /// The largest number below which floating point knows every whole one.
    const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let float = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= LARGEST_WHOLE)?;
    Some(format!("{float:.0}"))
}

/// The value of a variable that was read: JSON of its type where it is that, else its text.
/// `None` where it is not the base64 of a text.
pub fn decode(expression_type: Option<&str>, base64: &str) -> Option<Value> {
    let text = String::from_utf8(STANDARD.decode(base64).ok()?).ok()?;
    let typed = |fits: fn(&Value) -> bool| serde_json::from_str(&text).ok().filter(fits);
    let value = match expression_type {
        Some("array") => typed(Value::is_array),
        Some("object") => typed(Value::is_object),
        Some("keyvaluelist") => typed(is_key_value_list),
        Some("bool") => typed(Value::is_boolean),
        Some("int") => typed(|value| value.is_i64() || value.is_u64()),
        Some("number") => typed(Value::is_number),
        _ => None,
    };
    Some(value.unwrap_or(Value::String(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::ExpressionType::{
        Array, Base64EncodedInlined, Bool, Int, KeyValueList, List, Number, Object, String,
    };
    use super::*;

    #[test]
    fn a_value_that_fits_is_encoded_as_its_type_is_written() {
        for (expression_type, value, text) in [
            (String, json!("5"), "5"),
            (String, json!(""), ""),
            (String, json!("{\"a\": 1}"), "{\"a\": 1}"),
            (List, json!("a,b"), "a,b"),
            (List, json!(["a", "b"]), "a,b"),
            (Array, json!(["a", 1]), "[\"a\",1]"),
            (Array, json!("[ 1 ]"), "[1]"),
            (Object, json!({ "a": null }), "{\"a\":null}"),
            (Bool, json!(true), "true"),
            (Bool, json!("false"), "false"),
            (Int, json!(-7), "-7"),
            (Int, json!(50.0), "50"),
            (Int, json!("12"), "12"),
            (Number, json!(1.5), "1.5"),
            (KeyValueList, json!({ "k1": "v1", "k2": "v2" }), "{\"k1\":\"v1\",\"k2\":\"v2\"}"),
            (KeyValueList, json!("{ \"k1\": \"v1\" }"), "{\"k1\":\"v1\"}"),
            (KeyValueList, json!({}), "{}"),
            (Base64EncodedInlined, json!("a b"), "a b"),
        ] {
            let encoded = EncodedValue::new(expression_type, &value);
            assert_eq!(encoded.map(|encoded| encoded.text).as_deref(), Ok(text), "{value}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        for (expression_type, value) in [
            (String, json!(5)),
            (String, json!(null)),
            (List, json!(["a,b"])),
            (List, json!([1])),
            (Array, json!({})),
            (Array, json!("a,b")),
            (Object, json!([])),
            (Bool, json!("yes")),
            (Bool, json!(1)),
            (Int, json!(1.5)),
            (Int, json!(1e300)),
            (Int, json!(true)),
            (Number, json!("one")),
            (Number, json!(null)),
            (KeyValueList, json!({ "k1": 1 })),
            (KeyValueList, json!("k1=v1")),
            (KeyValueList, json!(["k1"])),
            (Base64EncodedInlined, json!({})),
        ] {
            let refused = EncodedValue::new(expression_type, &value);
            assert_eq!(refused, Err(InvalidValue::Type(expression_type)), "{value}");
        }
    }

    #[test]
    fn a_value_is_as_large_as_aic_takes_it() {
        let sized = |length: usize| EncodedValue::new(String, &Value::from("é".repeat(length)));
        assert!(sized(32_767).is_ok());
        assert_eq!(
            sized(32_768).unwrap_err().to_string(),
            "it has 65536 bytes, and AIC takes 65535 at most"
        );
    }

    #[test]
    fn what_does_not_parse_stays_text() {
        let read = |expression_type, text: &str| decode(expression_type, &STANDARD.encode(text));
        assert_eq!(read(Some("int"), "12"), Some(json!(12)));
        assert_eq!(read(Some("int"), "twelve"), Some(json!("twelve")));
        assert_eq!(read(Some("bool"), "true"), Some(json!(true)));
        assert_eq!(read(Some("array"), "{}"), Some(json!("{}")));
        assert_eq!(read(Some("string"), "12"), Some(json!("12")));
        assert_eq!(read(Some("keyvaluelist"), "{\"a\":\"b\"}"), Some(json!({ "a": "b" })));
        assert_eq!(read(Some("keyvaluelist"), "a=b"), Some(json!("a=b")));
        assert_eq!(read(Some("base64encodedinlined"), "YQ=="), Some(json!("YQ==")));
        assert_eq!(read(None, "x"), Some(json!("x")));
        assert_eq!(decode(Some("string"), "no base64"), None);
        assert_eq!(decode(Some("string"), "/w=="), None, "not UTF-8");
    }

    proptest! {
        #[test]
        fn texts_come_back(text in ".*") {
            let value = Value::String(text);
            let encoded = EncodedValue::new(String, &value).unwrap();
            prop_assert_eq!(decode(Some("string"), &encoded.base64()), Some(value));
        }
    }
}
