//! A tenant that speaks TLS, and HTTP/2 where it offers that.
//!
//! Linux only: elsewhere no variable makes the system trust an authority.

use std::sync::Arc;

use aic_api::{ApiError, Client as ApiClient};
use aic_auth::{RootCertificates, ScopeSet, Tenant, Transport, TransportOptions};
use aic_e2e::{Browser, Client, Start};
use aic_sim::{Fault, FaultKind, Options, Sim};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

use crate::support::{create_user, own_requests, user};

/// A certificate authority that nobody knows of but who is told, in a file.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: tempfile::TempPath,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    /// How a tenant on this machine speaks TLS, and these protocols within.
    fn config(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::from(key))
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    async fn tenant(&self, protocols: &[&str]) -> Sim {
        Sim::start(Options::default().tls(self.config(protocols))).await.unwrap()
    }

    /// How a server is started that trusts this authority and no other.
    fn trusted_by(&self, start: Start) -> Start {
        start.env("SSL_CERT_FILE", self.file.to_str().unwrap())
    }

    /// Signs in at the page that the program asks to open.
    async fn sign_in(&self, client: &mut Client) {
        let page = client.process().sign_in_page().await;
        let (status, text) = Browser::trusting(&self.issuer.pem()).open(&page).await.unwrap();
        assert_eq!(status, 200, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_offers_http2_is_spoken_to_in_it() {
    for (protocols, version) in
        [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")]
    {
        let authority = Authority::new();
        let sim = authority.tenant(protocols).await;
        assert!(sim.base_url().starts_with("https://127.0.0.1:"));
        let start = authority.trusted_by(Start::serve(&sim).not_signing_in());
        let mut client = start.connect().await;
        let mut calls = Vec::new();
        for _ in 0..20 {
            calls.push(client.start_call("listManagedObjects", json!({})).await);
        }
        authority.sign_in(&mut client).await;
        for call in calls {
            client.outcome("listManagedObjects", call).await.ok();
        }
        create_user(&mut client, "over-tls").await;
        let requests = own_requests(&sim);
        assert!(requests.len() > 40, "a login, and an exchange and a request for each call");
        for request in requests {
            assert_eq!(request.version, version, "{}", request.target);
            assert_eq!(Some(request.header("host").unwrap()), sim.base_url().get(8..));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_not_accepted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let sim = authority.tenant(&["h2"]).await;
    let start = Start::serve(&sim).arg("--login").arg("device");
    let mut client = start.env("SSL_CERT_FILE", other.file.to_str().unwrap()).connect().await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("could not be reached while starting the login"), "{failure}");
    assert!(failure.contains("certificate"), "{failure}");
    assert!(sim.requests().is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_reset_is_a_broken_connection() {
    let authority = Authority::new();
    let sim = authority.tenant(&["h2"]).await;
    let start = authority.trusted_by(Start::serve(&sim).not_signing_in());
    let mut client = start.connect().await;
    let call = client.start_call("listManagedObjects", json!({})).await;
    authority.sign_in(&mut client).await;
    client.outcome("listManagedObjects", call).await.ok();
    for kind in [FaultKind::Disconnect, FaultKind::DisconnectAfter, FaultKind::Truncate] {
        sim.clear_requests();
        sim.inject(Fault::new(kind.clone()).path_contains("/openidm/config"));
        client.call("listManagedObjects", json!({})).await.ok();
        let sent = sim.requests().iter().filter(|r| r.path() == "/openidm/config/managed").count();
        assert_eq!(sent, 2, "{kind:?}: a request that reads is sent again");
    }
    let data = json!({ "objectType": "alpha_user", "objectData": user("reset") });
    sim.inject(Fault::new(FaultKind::DisconnectAfter).on("POST").path_contains("/openidm/managed"));
    let failure = client.call("createManagedObject", data).await.failed();
    assert!(failure.contains("changed: unknown"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_trusts_an_authority_that_it_names_and_no_other() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let sim = authority.tenant(&[]).await;
    let tenant: Tenant = sim.base_url().parse().unwrap();
    let token = sim.issue_access_token("fr:idm:*").unwrap();
    let read = async |options: TransportOptions| {
        let transport = Transport::new(tenant.clone(), options);
        let client = ApiClient::builder(transport).access_token(token.as_str()).build();
        client.reading(ScopeSet::EMPTY).managed_config().get().await.map(|_| ())
    };
    let trusting = |authority: &Authority| {
        let certificates = RootCertificates::from_pem(authority.issuer.pem().as_bytes()).unwrap();
        TransportOptions::default().root_certificates(certificates)
    };
    read(trusting(&authority)).await.unwrap();
    for options in [TransportOptions::default(), trusting(&stranger)] {
        let error = read(options).await.unwrap_err();
        assert!(matches!(error, ApiError::Unreachable { .. }), "{error}");
    }
    assert_eq!(sim.requests().len(), 1, "the token is sent to nobody who is not trusted");
}
