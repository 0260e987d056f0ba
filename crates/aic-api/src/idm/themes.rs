use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::theme::{Theme, ThemeDocument};
use crate::derived_id;
use crate::durability::{self, Durability};
use crate::endpoint::Endpoint;
use crate::error::{Service, WriteOutcome};
use crate::http::Request;
use crate::locks::Hold;
use crate::path::ThemeRef;
use crate::query::{Filter, Query};
use crate::tolerant::items;
use crate::{ApiError, Call, Realm, Resource, Write};

/// The themes of a realm.
#[derive(Debug)]
pub struct Themes<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

/// `/openidm/config/ui/themerealm`: the themes of all realms, one document.
#[derive(Debug)]
pub struct ThemeConfig<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The themes of a realm, to read.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let themes = call.themes(Realm::Alpha).names().await?;
    /// assert_eq!(themes.iter().filter(|theme| theme.is_default()).count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn themes(&self, realm: Realm) -> Themes<'_, A> {
        Themes { call: self, realm }
    }

    /// The themes of all realms, to change.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let all = call.theme_config().get().await?;
    /// assert!(all.themes(Realm::Alpha).any(|theme| theme.name() == Some("Northlight")));
    /// # Ok(())
    /// # }
    /// ```
    pub fn theme_config(&self) -> ThemeConfig<'_, A> {
        ThemeConfig { call: self }
    }
}

#[derive(Deserialize)]
struct ThemeList {
    /// There may be null where a theme was deleted.
    #[serde(deserialize_with = "items")]
    result: Vec<Theme>,
}

impl<A> Themes<'_, A> {
    /// `GET /openidm/ui/theme/?realm={realm}&_queryFilter=true&_fields=name,isDefault`: the ids
    /// and names of all themes, and which one is the default.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn names(&self) -> Result<Vec<Theme>, ApiError> {
        self.query(Filter::all(), Some("name,isDefault")).await
    }

    /// `GET /openidm/ui/theme/?realm={realm}&_queryFilter`: the themes of this id or name.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn find(&self, theme: &ThemeRef) -> Result<Vec<Theme>, ApiError> {
        let value = theme.as_str();
        self.query(Filter::eq("_id", value).or(Filter::eq("name", value)), None).await
    }

    async fn query(&self, filter: Filter, fields: Option<&str>) -> Result<Vec<Theme>, ApiError> {
        let parameters = Query::default()
            .with("realm", self.realm)
            .with("_queryFilter", filter)
            .maybe("_fields", fields);
        let endpoint = Endpoint::new(Service::Idm, "/openidm/ui/theme/");
        let request = Request::read(endpoint).query(parameters);
        let list: ThemeList = self.call.send(request).await?.json()?;
        Ok(list.result)
    }
}

impl<A> ThemeConfig<'_, A> {
    /// `GET /openidm/config/ui/themerealm`.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn get(&self) -> Result<ThemeDocument, ApiError> {
        self.call.send(Request::get(&Resource::Themes)).await?.json()
    }
}

impl<'a> ThemeConfig<'a, Write> {
    /// Reads the document and holds it against the other calls of this client, to change the
    /// themes of a realm.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn edit(&self, realm: Realm) -> Result<ThemeEdit<'a>, ApiError> {
        let lock = self.call.lock(&Resource::Themes.path()).await;
        let document = self.get().await?;
        let before = document.clone();
        Ok(ThemeEdit { call: self.call, realm, document, before, _lock: lock })
    }
}

/// A change of a realm's themes under way. Nobody else of this client changes them meanwhile.
#[derive(Debug)]
pub struct ThemeEdit<'a> {
    call: &'a Call<Write>,
    realm: Realm,
    document: ThemeDocument,
    /// The document as it was read.
    before: ThemeDocument,
    _lock: Hold,
}

impl ThemeEdit<'_> {
    /// The realm's themes as they were read.
    pub fn themes(&self) -> Vec<Theme> {
        self.document.themes(self.realm).collect()
    }

    /// An id for a theme of this name that no theme of the realm has.
    fn free_id(&self, name: &str) -> String {
        let parts = ["theme", self.realm.as_str(), name];
        let ids = (0..).map(|attempt| derived_id(&parts, attempt).to_string());
        let is_free = |id: &String| !self.themes().iter().any(|theme| theme.id() == Some(id));
        ids.into_iter().find(is_free).unwrap_or_default()
    }

    /// `PUT /openidm/config/ui/themerealm`: adds a theme under a new id, not as the default, and
    /// returns it with its id.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn add(mut self, mut theme: Theme) -> Result<(Theme, Durability), ApiError> {
        theme.0.insert("_id".to_owned(), self.free_id(theme.name().unwrap_or_default()).into());
        theme.0.insert("isDefault".to_owned(), false.into());
        let found = self.document.push(self.realm, theme.clone());
        let durability = self.put(found, |themes| has(themes, &theme)).await?;
        Ok((theme, durability))
    }

    /// `PUT /openidm/config/ui/themerealm`: puts a theme in place of one that was read.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn replace(mut self, old: &Theme, new: &Theme) -> Result<Durability, ApiError> {
        let found = self.document.replace(self.realm, old, new.clone());
        self.put(found, |themes| has(themes, new)).await
    }

    /// `PUT /openidm/config/ui/themerealm`: makes a theme that was read the realm's only default.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn set_default(mut self, theme: &Theme) -> Result<Durability, ApiError> {
        let found = self.document.set_default(self.realm, theme);
        let is_only_default = |themes: &[Theme]| {
            let defaults: Vec<_> = themes.iter().filter(|theme| theme.is_default()).collect();
            matches!(defaults[..], [one] if one.id() == theme.id() && one.name() == theme.name())
        };
        self.put(found, is_only_default).await
    }

    /// `PUT /openidm/config/ui/themerealm`: removes a theme that was read.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn remove(mut self, theme: &Theme) -> Result<Durability, ApiError> {
        let found = self.document.remove(self.realm, theme);
        let is_gone = |themes: &[Theme]| !themes.iter().any(|one| is_same(one, theme));
        self.put(found, is_gone).await
    }

    /// Writes the document, and reads it again to see whether the change has stayed. A write that
    /// was lost is repeated once, unless somebody else has changed the document.
    async fn put(
        &self,
        found: bool,
        holds: impl Fn(&[Theme]) -> bool,
    ) -> Result<Durability, ApiError> {
        if !found {
            return Err(ApiError::Unreadable {
                service: Service::Idm,
                problem: format!(
                    "the themes of realm {} are not the list they should be",
                    self.realm
                ),
                outcome: Some(WriteOutcome::NotDone),
            });
        }
        let request = Request::write(Method::PUT, Resource::Themes).json(&self.document.as_json());
        let write = || async { self.call.send(request.clone()).await.map(drop) };
        let config = self.call.theme_config();
        let holds =
            |document: &ThemeDocument| holds(&document.themes(self.realm).collect::<Vec<_>>());
        durability::write_and_confirm(&self.before, write, || config.get(), holds).await
    }
}

/// Whether there is a theme that has all that `theme` has.
fn has(themes: &[Theme], theme: &Theme) -> bool {
    let holds = |one: &Theme| theme.0.iter().all(|(name, value)| one.0.get(name) == Some(value));
    themes.iter().any(holds)
}

/// Themes are told apart by their ids; old ones may have none.
fn is_same(one: &Theme, other: &Theme) -> bool {
    one.0.get("_id").unwrap_or(&Value::Null) == other.0.get("_id").unwrap_or(&Value::Null)
        && (one.id().is_some() || one.name() == other.name())
}
