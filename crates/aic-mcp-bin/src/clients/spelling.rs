//! How a client's configuration spells a server that is started as a process.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use aic_auth::Tenant;
use serde_json::{Value, json};

use super::Entry;

/// The members of a server's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// The value of `type`, where the client wants one.
    kind: Option<&'static str>,
    /// Whether program and arguments are one list.
    is_one_list: bool,
    /// The member that limits a call, and its value in the client's own unit.
    patience: Option<(&'static str, u32)>,
    /// Whether the entry says which tools the client offers.
    names_tools: bool,
}

/// A member of an entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) value: Value,
    /// Whether a value that is there already stays.
    pub(super) is_default: bool,
}

/// How long a client is to wait for a call. The first one may need a sign-in and a confirmation, and
/// the server waits five minutes for each.
const SECONDS: u32 = 600;

impl Spelling {
    /// `command` and `args`, and nothing else.
    pub(super) const PLAIN: Self =
        Self { kind: None, is_one_list: false, patience: None, names_tools: false };
    /// The same, after a `type` that says that the server is a process.
    pub(super) const STDIO: Self = Self { kind: Some("stdio"), ..Self::PLAIN };

    /// With a member for the seconds that a call may take.
    pub(super) const fn seconds(self, member: &'static str) -> Self {
        Self { patience: Some((member, SECONDS)), ..self }
    }

    /// With a member for the milliseconds that a call may take.
    pub(super) const fn milliseconds(self, member: &'static str) -> Self {
        Self { patience: Some((member, SECONDS * 1000)), ..self }
    }

    /// `type` says so.
    pub(super) const fn kind(self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Program and arguments are one list.
    pub(super) const fn one_list(self) -> Self {
        Self { is_one_list: true, ..self }
    }

    /// With a list of the tools that the client offers.
    pub(super) const fn naming_tools(self) -> Self {
        Self { names_tools: true, ..self }
    }

    /// The members of this entry, in order.
    pub(super) fn members(&self, entry: &Entry) -> Vec<Member> {
        let ours = |name, value| Member { name, value, is_default: false };
        let default = |name, value| Member { name, value, is_default: true };
        let mut members: Vec<_> =
            self.kind.map(|kind| ours("type", json!(kind))).into_iter().collect();
        if self.is_one_list {
            let words: Vec<_> = [&entry.command].into_iter().chain(&entry.args).collect();
            members.push(ours("command", json!(words)));
        } else {
            members.push(ours("command", json!(entry.command)));
            members.push(ours("args", json!(entry.args)));
        }
        members.extend(self.patience.map(|(name, value)| default(name, json!(value))));
        members.extend(self.names_tools.then(|| default("tools", json!(["*"]))));
        members
    }

    /// The entry as JSON.
    pub(super) fn object(&self, entry: &Entry) -> Value {
        let members = self.members(entry).into_iter();
        members.map(|member| (member.name.to_owned(), member.value)).collect()
    }
}

/// A server that a client starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) name: String,
    pub(crate) command: String,
    args: Vec<String>,
    variables: BTreeMap<String, String>,
}

/// The tenant that a server of ours works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A tenant, as the entry names it.
    Tenant(String),
    /// The simulated tenant.
    Simulated,
    /// A tenant that the entry does not name: a profile does, or nothing.
    Unnamed,
}

impl Target {
    /// Whether both are the same, however a tenant is written.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tenant(one), Self::Tenant(two)) => {
                one == two || one.parse::<Tenant>().is_ok_and(|one| Ok(one) == two.parse())
            }
            (one, two) => one == two,
        }
    }
}

impl Started {
    /// The server that an entry starts.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            name: entry.name.clone(),
            command: entry.command.clone(),
            args: entry.args.clone(),
            variables: BTreeMap::new(),
        }
    }

    /// The server of this name, where the entry starts a process.
    pub(super) fn read(name: &str, entry: &Value) -> Option<Self> {
        let texts = |value: &Value| -> Vec<String> {
            let all = value.as_array().into_iter().flatten();
            all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let mut words = match &entry["command"] {
            Value::String(command) => vec![command.clone()],
            list => texts(list),
        };
        words.extend(texts(&entry["args"]));
        let mut words = words.into_iter();
        // Clients have either name for them.
        let variables =
            ["env", "environment"].into_iter().filter_map(|name| entry[name].as_object());
        let variables = variables.flatten();
        Some(Self {
            name: name.to_owned(),
            command: words.next()?,
            args: words.collect(),
            variables: variables
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
        })
    }

    /// Whether it is this program, here or elsewhere.
    pub(crate) fn is_ours(&self) -> bool {
        let own = env::current_exe().ok();
        let file = self.command.rsplit(['/', '\\']).next().unwrap_or_default();
        own.is_some_and(|own| own == Path::new(&self.command))
            || matches!(file, "aic-mcp" | "aic-mcp.exe")
    }

    /// Whether it works on something else than this tenant, as far as its entry tells.
    pub(crate) fn is_for_another(&self, tenant: &Tenant) -> bool {
        let target = self.target();
        target != Target::Unnamed && !target.is_same(&Target::Tenant(tenant.to_string()))
    }

    /// The tenant that a server of ours works on.
    pub(crate) fn target(&self) -> Target {
        if self.args.iter().any(|word| word == "demo") {
            return Target::Simulated;
        }
        let after = |(at, word): (usize, &String)| match word.strip_prefix("--tenant") {
            Some("") => self.args.get(at + 1).cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        let named = self.args.iter().enumerate().find_map(after);
        let named = named.or_else(|| self.variables.get("AIC_BASE_URL").cloned());
        named.map_or(Target::Unnamed, Target::Tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(entry: &Value) -> Started {
        Started::read("aic", entry).unwrap()
    }

    #[test]
    fn an_entry_is_read_in_every_spelling() {
        let entry = Entry {
            name: "aic".to_owned(),
            command: "/bin/aic-mcp".to_owned(),
            args: vec!["serve".to_owned(), "--tenant".to_owned(), "x.example".to_owned()],
        };
        let local = Spelling::PLAIN.kind("local").one_list().milliseconds("timeout");
        for spelling in [Spelling::PLAIN, Spelling::STDIO.seconds("timeout").naming_tools(), local]
        {
            let found = started(&spelling.object(&entry));
            assert!(found.is_ours() && found.args == entry.args, "{found:?}");
            assert_eq!(found.target(), Target::Tenant("x.example".to_owned()));
        }
    }

    #[test]
    fn a_server_says_what_it_works_on() {
        let tenant = Target::Tenant("x.example".to_owned());
        for (entry, target) in [
            (
                json!({"command": "aic-mcp", "args": ["serve", "--tenant=x.example"]}),
                tenant.clone(),
            ),
            (json!({"command": "aic-mcp", "env": {"AIC_BASE_URL": "x.example"}}), tenant.clone()),
            (json!({"command": ["aic-mcp"], "environment": {"AIC_BASE_URL": "x.example"}}), tenant),
            (json!({"command": "aic-mcp", "args": ["demo"]}), Target::Simulated),
            (json!({"command": "aic-mcp", "args": ["serve", "--profile", "dev"]}), Target::Unnamed),
        ] {
            assert_eq!(started(&entry).target(), target, "{entry}");
        }
        assert_eq!(Started::read("aic", &json!({"url": "https://x.example"})), None);
    }

    #[test]
    fn a_tenant_is_the_same_however_it_is_written() {
        let ours: Tenant = "x.example".parse().unwrap();
        for (args, is_for_another) in [
            (json!(["serve", "--tenant", "https://x.example/"]), false),
            (json!(["serve", "--tenant", "X.example"]), false),
            (json!(["serve", "--profile", "dev"]), false),
            (json!(["serve", "--tenant", "y.example"]), true),
            (json!(["demo"]), true),
        ] {
            let server = started(&json!({"command": "aic-mcp", "args": args}));
            assert_eq!(server.is_for_another(&ours), is_for_another, "{server:?}");
        }
    }
}
