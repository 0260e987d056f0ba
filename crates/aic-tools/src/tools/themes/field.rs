use serde_json::{Map, Value, json};

use super::fields::{GROUPS, SECTIONS, SECURITY_SUBSECTIONS};
use crate::tool::JsonObject;

/// Fields that belong together.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

/// A field of a theme.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    default: Default,
    /// The explanation that adds to the name.
    pub(super) about: &'static str,
    /// Whether a new theme does without it.
    is_optional: bool,
}

/// The kind of value that a field takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Color,
    Text,
    /// A text, or one per locale.
    Localized,
    Html,
    Image,
    Flag,
    /// A length from the one to the other, as a number or as its digits: AIC uses both.
    Pixels(u32, u32),
    Choice(&'static [&'static str]),
    Names,
    Sections,
}

/// The value of a field that nobody has set.
pub(super) enum Default {
    None,
    Text(&'static str),
    Whole(u32),
    Flag(bool),
    NoNames,
    Sections,
    /// The same as another field.
    Of(&'static str),
}

impl Field {
    pub(super) const fn new(name: &'static str, kind: Kind, default: Default) -> Self {
        Self { name, kind, default, about: "", is_optional: false }
    }

    /// Says what its name does not.
    pub(super) const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Keeps it out of new themes.
    pub(super) const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// The value of the field where nobody has set one.
    pub(super) fn default(&self) -> Option<Value> {
        Some(match self.default {
            Default::None => return None,
            Default::Text(text) => text.into(),
            Default::Whole(number) => number.into(),
            Default::Flag(flag) => flag.into(),
            Default::NoNames => json!([]),
            Default::Sections => sections(),
            Default::Of(other) => format!("as {other}").into(),
        })
    }

    /// The problem with a value for the field, if there is one.
    fn problem(&self, value: &Value) -> Option<String> {
        // A placeholder stands for any value.
        if value.as_str().is_some_and(|text| text.starts_with("&{")) {
            return None;
        }
        let fits = match self.kind {
            Kind::Color => value.as_str().is_some_and(is_color),
            Kind::Text => value.is_string(),
            Kind::Localized | Kind::Html | Kind::Image => is_localized(value),
            Kind::Flag => value.is_boolean(),
            Kind::Pixels(least, most) => pixels(value)
                .is_some_and(|pixels| (f64::from(least)..=f64::from(most)).contains(&pixels)),
            Kind::Choice(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
            Kind::Names => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
            Kind::Sections => value.is_object(),
        };
        (!fits).then(|| format!("{} is not {}", self.name, self.kind.wants()))
    }
}

impl Kind {
    /// Its name in the schema.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Text => "string",
            Self::Localized => "localized",
            Self::Html => "html",
            Self::Image => "image",
            Self::Flag => "boolean",
            Self::Pixels(..) => "pixels",
            Self::Choice(_) => "enum",
            Self::Names => "strings",
            Self::Sections => "sections",
        }
    }

    fn wants(self) -> String {
        match self {
            Self::Color => "a color such as #1a2b3c".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Localized | Self::Html | Self::Image => {
                "a text or an object of one text per locale".to_owned()
            }
            Self::Flag => "true or false".to_owned(),
            Self::Pixels(least, most) => format!("a length from {least} to {most} pixels"),
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Names => "an array of names".to_owned(),
            Self::Sections => "an object of sections".to_owned(),
        }
    }
}

/// The meaning of each type in the schema.
pub(super) const TYPES: [(&str, &str); 10] = [
    ("color", "#RRGGBB"),
    ("string", "text"),
    ("localized", "text, or {\"en\": text, \"fr\": text}"),
    (
        "html",
        "as localized, with HTML: Bootstrap 4 classes, inline styles and data URIs work; scripts, \
         external style sheets and fonts do not",
    ),
    ("image", "as localized: URL or base64 data URI of a PNG, JPEG or SVG"),
    ("boolean", "true or false"),
    ("pixels", "number, or its digits as text where the default is text"),
    ("enum", "one of allowed"),
    ("strings", "array of text"),
    ("sections", "per section {\"enabled\": boolean}, accountSecurity also with subsections"),
];

/// Every field.
pub(super) fn all() -> impl Iterator<Item = &'static Field> {
    GROUPS.iter().flat_map(|group| group.fields)
}

/// The odd fields of a theme: unknown names, values of another type. The hosted pages may know other
/// fields, so an odd field is not an error.
pub(super) fn check(fields: &JsonObject) -> Vec<String> {
    let problem = |(name, value): (&String, &Value)| match all().find(|field| field.name == name) {
        Some(field) => field.problem(value),
        None if matches!(name.as_str(), "_id" | "isDefault") => None,
        None => Some(format!("{name} is not a field that getThemeSchema knows")),
    };
    fields.iter().filter_map(problem).map(|problem| problem + "; it was sent as given.").collect()
}

/// Sets the fields that are missing to their defaults.
pub(super) fn complete(theme: &mut JsonObject) {
    for field in all().filter(|field| !field.is_optional) {
        if theme.contains_key(field.name) {
            continue;
        }
        let default = match field.default {
            // Fields come after those they take their default from.
            Default::Of(other) => theme.get(other).cloned(),
            _ => field.default(),
        };
        if let Some(default) = default {
            theme.insert(field.name.to_owned(), default);
        }
    }
}

fn sections() -> Value {
    let enabled = |on: bool| json!({ "enabled": on });
    let mut sections: Map<String, Value> =
        SECTIONS.iter().map(|(name, on)| ((*name).to_owned(), enabled(*on))).collect();
    let parts: Map<String, Value> =
        SECURITY_SUBSECTIONS.iter().map(|(name, on)| ((*name).to_owned(), enabled(*on))).collect();
    sections["accountSecurity"]["subsections"] = parts.into();
    sections.into()
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_localized(value: &Value) -> bool {
    value.is_string()
        || value.as_object().is_some_and(|locales| locales.values().all(Value::is_string))
}

fn pixels(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn object(value: Value) -> JsonObject {
        let Value::Object(object) = value else { unreachable!() };
        object
    }

    #[test]
    fn every_field_is_there_once_and_its_default_fits() {
        let names: BTreeSet<_> = all().map(|field| field.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() > 90);
        let types: BTreeSet<_> = TYPES.iter().map(|(name, _)| *name).collect();
        for field in all() {
            assert!(types.contains(field.kind.as_str()), "{}", field.name);
        }
    }

    #[test]
    fn a_name_is_enough_and_what_is_given_stays() {
        let mut theme = object(json!({ "name": "Mine", "primaryColor": "#112233", "odd": null }));
        complete(&mut theme);
        assert_eq!(theme["primaryColor"], "#112233");
        assert_eq!(theme["journeyInputFocusBorderColor"], "#112233");
        assert_eq!(
            theme["accountPageSections"]["accountSecurity"]["subsections"]["username"],
            json!({ "enabled": true })
        );
        assert_eq!(theme["linkedTrees"], json!([]));
        assert_eq!(theme.get("journeyFooterScriptTag"), None);
        theme.remove("odd");
        assert_eq!(check(&theme), Vec::<String>::new());
    }

    #[test]
    fn odd_values_and_names_are_pointed_out() {
        let odd = object(json!({
            "_id": "x",
            "isDefault": true,
            "primaryColor": "red",
            "logo": { "en": "https://x", "fr": 1 },
            "favicon": { "en": "https://x" },
            "linkColor": "&{esv.link.color}",
            "boldLinks": "yes",
            "buttonRounded": 101,
            "logoHeight": "50",
            "journeyLayout": "left",
            "linkedTrees": "Login",
            "shinyness": 11,
        }));
        let warnings = check(&odd);
        let expected = [
            "primaryColor is not a color such as #1a2b3c",
            "logo is not a text or an object of one text per locale",
            "boldLinks is not true or false",
            "buttonRounded is not a length from 0 to 100 pixels",
            "journeyLayout is not one of card, justified-left, justified-right",
            "linkedTrees is not an array of names",
            "shinyness is not a field that getThemeSchema knows",
        ];
        assert_eq!(warnings, expected.map(|problem| format!("{problem}; it was sent as given.")));
    }
}
