//! Whatever is accepted as a name, it is one segment of the path it enters.

#![no_main]

use aic_api::path::{Name, Path, kind};
use aic_fuzz::percent_decoded;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use url::Url;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    kind: Kind,
    name: &'a str,
}

#[derive(Debug, Arbitrary)]
enum Kind {
    ObjectType,
    ObjectId,
    DefinitionName,
    CustomProperty,
    JourneyName,
    NodeType,
    NodeVersion,
    NodeId,
    NodeUuid,
    ScriptId,
    ClientId,
    ThemeRef,
    FeatureSegment,
    LogSource,
    VariableId,
}

fuzz_target!(|input: Input<'_>| {
    let name = input.name;
    match input.kind {
        Kind::ObjectType => check::<kind::ObjectType>(name),
        Kind::ObjectId => check::<kind::ObjectId>(name),
        Kind::DefinitionName => check::<kind::DefinitionName>(name),
        Kind::CustomProperty => check::<kind::CustomProperty>(name),
        Kind::JourneyName => check::<kind::JourneyName>(name),
        Kind::NodeType => check::<kind::NodeType>(name),
        Kind::NodeVersion => check::<kind::NodeVersion>(name),
        Kind::NodeId => check::<kind::NodeId>(name),
        Kind::NodeUuid => check::<kind::NodeUuid>(name),
        Kind::ScriptId => check::<kind::ScriptId>(name),
        Kind::ClientId => check::<kind::ClientId>(name),
        Kind::ThemeRef => check::<kind::ThemeRef>(name),
        Kind::FeatureSegment => check::<kind::FeatureSegment>(name),
        Kind::LogSource => check::<kind::LogSource>(name),
        Kind::VariableId => check::<kind::VariableId>(name),
    }
});

fn check<K: aic_api::path::Kind>(text: &str) {
    let Ok(name) = text.parse::<Name<K>>() else { return };
    assert_eq!(name.as_str(), text);
    let path = Path::new("/openidm").segment(&name).then("/between").segment(&name);

    let mut set = Url::parse("https://id.example.com").unwrap();
    set.set_path(path.as_str());
    let parsed = Url::parse(&format!("https://id.example.com{}", path.as_str())).unwrap();
    assert_eq!(set, parsed);

    assert_eq!(parsed.host_str(), Some("id.example.com"));
    assert_eq!(parsed.path(), path.as_str());
    assert_eq!(parsed.query(), None);
    assert_eq!(parsed.fragment(), None);
    let segments: Vec<_> = parsed.path_segments().unwrap().collect();
    let [first, one, between, other] = segments[..] else { panic!("{segments:?}") };
    assert_eq!((first, between), ("openidm", "between"));
    assert_eq!(percent_decoded(one), text.as_bytes());
    assert_eq!(one, other);
}
