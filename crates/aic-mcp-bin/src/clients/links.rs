//! Links that have a client add a server.

use data_encoding::BASE64;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

/// The links that a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Cursor's.
    Cursor,
    /// Visual Studio Code's, with the scheme of its edition.
    Vscode(&'static str),
    /// LM Studio's.
    LmStudio,
}

impl Link {
    /// The link with this server, for the browser or the shell of the machine that has the client.
    /// Cursor and LM Studio take the entry in Base64 beside the name, as `cursor.com/docs/mcp/install-links`
    /// and `lmstudio.ai/docs/app/mcp/deeplink` say; Visual Studio Code takes JSON that has the name in it,
    /// as its MCP developer guide says.
    pub(super) fn to_add(self, name: &str, entry: Value) -> String {
        match self {
            Self::Cursor => {
                format!("cursor://anysphere.cursor-deeplink/mcp/install?{}", query(name, &entry))
            }
            Self::LmStudio => format!("lmstudio://add_mcp?{}", query(name, &entry)),
            Self::Vscode(scheme) => {
                let mut whole = json!({ "name": name });
                if let (Some(whole), Value::Object(members)) = (whole.as_object_mut(), entry) {
                    whole.extend(members);
                }
                format!("{scheme}:mcp/install?{}", percent_encoded(&whole.to_string()))
            }
        }
    }

    /// The same as a page of the client's maker, which opens the client. Sites that show Markdown
    /// follow no other links than those to pages.
    pub(super) fn page_to_add(self, name: &str, entry: Value) -> String {
        match self {
            Self::Cursor => format!("https://cursor.com/en/install-mcp?{}", query(name, &entry)),
            Self::LmStudio => format!("https://lmstudio.ai/install-mcp?{}", query(name, &entry)),
            Self::Vscode(_) => {
                let link = percent_encoded(&self.to_add(name, entry));
                format!("https://insiders.vscode.dev/redirect?url={link}")
            }
        }
    }
}

/// The name, and the entry in Base64.
fn query(name: &str, entry: &Value) -> String {
    let config = BASE64.encode(entry.to_string().as_bytes());
    Serializer::new(String::new()).append_pair("name", name).append_pair("config", &config).finish()
}

/// The text as JavaScript's `encodeURIComponent` writes it: a space is no plus sign.
fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use url::Url;

    use super::*;

    fn parameters(link: &str) -> HashMap<String, String> {
        Url::parse(link).unwrap().query_pairs().into_owned().collect()
    }

    #[test]
    fn a_link_says_what_the_entry_says() {
        let entry = json!({"command": "/a b/aic-mcp", "args": ["serve", "--tools", "get*,a+b"]});
        for link in [Link::Cursor, Link::LmStudio] {
            for address in
                [link.to_add("aic", entry.clone()), link.page_to_add("aic", entry.clone())]
            {
                let mut found = parameters(&address);
                assert_eq!(found.remove("name").unwrap(), "aic");
                let config = BASE64.decode(found["config"].as_bytes()).unwrap();
                assert_eq!(serde_json::from_slice::<Value>(&config).unwrap(), entry);
            }
        }
        let link = Link::Vscode("vscode");
        let address = link.to_add("aic", entry.clone());
        assert!(address.starts_with("vscode:mcp/install?%7B"), "{address}");
        // An edition of its own has a scheme of its own.
        let page = Link::Vscode("vscode-insiders").page_to_add("aic", entry.clone());
        let behind = parameters(&page).remove("url").unwrap();
        assert_eq!(behind, address.replacen("vscode", "vscode-insiders", 1));
        let said = url::form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes());
        let said: Value = serde_json::from_str(&said.into_iter().next().unwrap().0).unwrap();
        assert_eq!((&said["name"], &said["command"]), (&json!("aic"), &entry["command"]));
        assert_eq!(said["args"], entry["args"]);
    }
}
