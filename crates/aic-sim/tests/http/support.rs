//! A client that does by hand what OAuth and IDM ask for.

use std::sync::Once;

use aic_sim::{Options, Sim};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;
use url::{Url, form_urlencoded};

pub(crate) const REDIRECT: &str = "http://localhost:3000";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A tenant and someone signed in to it.
pub(crate) struct Tenant {
    pub(crate) sim: Sim,
    http: Client,
    pub(crate) token: String,
}

/// The tenant's answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The query of the URL that the answer redirects to.
    pub(crate) fn redirect(&self) -> Vec<(String, String)> {
        assert_eq!(self.status, StatusCode::FOUND, "{self:?}");
        let location = Url::parse(self.header(LOCATION.as_str())).unwrap();
        assert_eq!(location.host_str(), Some("localhost"));
        location.query_pairs().into_owned().collect()
    }
}

impl Tenant {
    /// The demo tenant, with a token for IDM.
    pub(crate) async fn demo() -> Self {
        Self::start(Options::default()).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        Self::with_scope(options, "fr:idm:*").await
    }

    /// The demo tenant, with a token for AM and IDM.
    pub(crate) async fn demo_of_am() -> Self {
        Self::with_scope(Options::default(), "fr:am:* fr:idm:*").await
    }

    pub(crate) async fn with_scope(options: Options, scope: &str) -> Self {
        let mut tenant = Self::signed_out(options).await;
        let login = tenant.login().await;
        let answer = tenant.exchange(&[("subject_token", &login), ("scope", scope)]).await;
        tenant.token = text(&answer.json()["access_token"]);
        tenant.sim.clear_requests();
        tenant
    }

    /// The demo tenant, with a token that has these scopes.
    pub(crate) async fn scoped(scopes: &str) -> Self {
        let mut tenant = Self::signed_out(Options::default()).await;
        tenant.sim.offer_restart_scope(scopes.contains("fr:idc:esv:restart"));
        tenant.token = tenant.token_for(scopes).await;
        tenant
    }

    /// A new token with these scopes, from a new login.
    pub(crate) async fn token_for(&self, scopes: &str) -> String {
        let login = self.login().await;
        let answer = self.exchange(&[("subject_token", &login), ("scope", scopes)]).await;
        text(&answer.json()["access_token"])
    }

    pub(crate) async fn signed_out(options: Options) -> Self {
        static CRYPTO: Once = Once::new();
        CRYPTO.call_once(|| {
            rustls::crypto::ring::default_provider().install_default().unwrap();
        });
        let redirects = reqwest::redirect::Policy::none();
        let http = Client::builder().redirect(redirects).no_proxy().build().unwrap();
        Self { sim: Sim::start(options).await.unwrap(), http, token: String::new() }
    }

    /// A request to a path and query, taken as written.
    pub(crate) fn request(&self, method: Method, target: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{target}", self.sim.base_url()))
    }

    /// A request with the token and, unless it is null, a JSON body.
    pub(crate) fn call(&self, method: Method, target: &str, body: &Value) -> RequestBuilder {
        let request = self.request(method, target).bearer_auth(&self.token);
        if body.is_null() {
            return request;
        }
        request.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        answer(self.call(Method::GET, target, &Value::Null)).await
    }

    pub(crate) async fn send(&self, method: Method, target: &str, body: Value) -> Answer {
        answer(self.call(method, target, &body)).await
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = encode(fields);
        let request = self.request(Method::POST, path);
        answer(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Starts a sign-in; fields given here replace those of a request in order.
    pub(crate) async fn authorize(&self, changes: &[(&str, &str)]) -> Answer {
        let query = encode(&changed(
            &[
                ("response_type", "code"),
                ("client_id", "AICMCPClient"),
                ("redirect_uri", REDIRECT),
                ("scope", "fr:idm:* fr:am:*"),
                ("state", "state-1"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
            changes,
        ));
        answer(self.request(Method::GET, &format!("/am/oauth2/authorize?{query}"))).await
    }

    pub(crate) async fn redeem(&self, changes: &[(&str, &str)]) -> Answer {
        let fields = changed(
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "AICMCPClient"),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
            ],
            changes,
        );
        self.form("/am/oauth2/access_token", &fields).await
    }

    pub(crate) async fn exchange(&self, changes: &[(&str, &str)]) -> Answer {
        let fields = changed(
            &[
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("client_id", "AICMCPExchangeClient"),
                ("subject_token_type", TOKEN_TYPE),
                ("requested_token_type", TOKEN_TYPE),
            ],
            changes,
        );
        self.form("/am/oauth2/access_token", &fields).await
    }

    /// An authorization code.
    pub(crate) async fn code(&self) -> String {
        value(&self.authorize(&[]).await.redirect(), "code")
    }

    /// A login token.
    pub(crate) async fn login(&self) -> String {
        let code = self.code().await;
        text(&self.redeem(&[("code", &code)]).await.json()["access_token"])
    }
}

#[expect(clippy::disallowed_methods, reason = "what answers is the tenant that is tested")]
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

pub(crate) fn value(pairs: &[(String, String)], name: &str) -> String {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}

/// The value of a page's hidden field.
pub(crate) fn ticket(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"ticket\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// A query filter as it goes into a URL.
pub(crate) fn filter(text: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    format!("_queryFilter={encoded}")
}

/// Fields, some of them replaced.
pub(crate) fn changed<'a>(
    fields: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    kept.chain(changes).copied().collect()
}

fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) const USERS: &str = "/openidm/managed/alpha_user";
pub(crate) const ROLES: &str = "/openidm/managed/alpha_role";

pub(crate) fn user(name: &str) -> Value {
    let mail = format!("{name}@northlight.example");
    json!({"userName": name, "givenName": "Test", "sn": "User", "mail": mail})
}

pub(crate) async fn create(tenant: &Tenant, collection: &str, body: Value) -> Answer {
    tenant.send(Method::POST, &format!("{collection}?_action=create"), body).await
}
