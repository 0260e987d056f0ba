use std::fmt;

use serde::Deserialize;

use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::path::ObjectId;
use crate::tolerant::text;
use crate::{ApiError, Call};

/// An administrator of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Administrator {
    /// The name to sign in with.
    #[serde(default, deserialize_with = "text")]
    pub user_name: Option<String>,
    /// First name.
    #[serde(default, deserialize_with = "text")]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(default, deserialize_with = "text")]
    pub sn: Option<String>,
    /// Mail address.
    #[serde(default, deserialize_with = "text")]
    pub mail: Option<String>,
}

impl<A> Call<A> {
    /// `GET /openidm/managed/teammember/{id}`: the administrator whose `sub` this is.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; nobody by this id is [`Cause::NotFound`](crate::error::Cause::NotFound).
    // Service accounts are recorded to be refused. Assumption: an administrator's exchanged token may
    // read administrators; reading the own `sub` on a tenant after a login would settle it.
    pub async fn administrator(&self, id: &ObjectId) -> Result<Administrator, ApiError> {
        let endpoint = Endpoint::new(Service::Idm, "/openidm/managed/teammember").segment(id);
        self.send(Request::read(endpoint)).await?.json()
    }
}

/// The name and the mail address, as far as they are known.
impl fmt::Display for Administrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = [&self.given_name, &self.sn];
        let mut parts: Vec<_> = name.into_iter().flatten().cloned().collect();
        match &self.mail {
            Some(mail) if parts.is_empty() => parts.push(mail.clone()),
            Some(mail) => parts.push(format!("<{mail}>")),
            None if parts.is_empty() => parts.extend(self.user_name.clone()),
            None => {}
        }
        f.write_str(&parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_is_shown_by_what_is_known() {
        let shown = |json| serde_json::from_str::<Administrator>(json).unwrap().to_string();
        assert_eq!(shown(r#"{"givenName":"A","sn":"B","mail":"a@b.c"}"#), "A B <a@b.c>");
        assert_eq!(shown(r#"{"mail":"a@b.c","userName":"u"}"#), "a@b.c");
        assert_eq!(shown(r#"{"userName":"u","sn":null}"#), "u");
    }
}
