//! No secret is where it should not be: the tests look for the very values.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::Start;
use aic_sim::Sim;
use serde_json::json;

use crate::support::tenant;

/// Every secret that has come to the tenant: tokens, codes, verifiers.
pub(crate) fn secrets(sim: &Sim) -> Vec<String> {
    let mut secrets = Vec::new();
    for request in sim.requests() {
        secrets.extend(request.header("authorization").map(|value| value.replace("Bearer ", "")));
        for (name, value) in url::form_urlencoded::parse(&request.body) {
            if matches!(
                &*name,
                "code" | "code_verifier" | "device_code" | "subject_token" | "token"
            ) {
                secrets.push(value.into_owned());
            }
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_any_output_or_any_file_but_the_store() {
    for how in ["browser", "device"] {
        let sim = tenant().await;
        sim.set_device_interval(std::time::Duration::from_secs(1));
        let home = tempfile::tempdir().unwrap();
        let store = home.path().join("login/token.json");
        let start = |command: &str| {
            Start::new(&[command, "--login", how, "--credential-store", "file"])
                .at(&sim)
                .env("AIC_CREDENTIAL_STORE", "file")
                .env("AIC_TOKEN_FILE", store.to_str().unwrap())
                .env("AIC_LOG", "trace")
                .at_home(home.path())
                .env("TMPDIR", home.path().to_str().unwrap())
                .signing_in()
                .recording()
        };
        let asks = json!({ "elicitation": {} });
        let mut client = start("serve").connect_as("2025-11-25", asks).await;
        client.call("listManagedObjects", json!({})).await.ok();
        let missing = json!({ "objectType": "alpha_user", "objectId": "x" });
        client.call("getManagedObject", missing.clone()).await.failed();
        // The kept login is refused, renewed, and refused again.
        sim.revoke_logins();
        client.call("getManagedObject", missing).await.failed();
        let mut outputs = vec![client.process().output(), client.process().log()];
        for command in ["login", "status", "logout", "login"] {
            let (status, output, log) = start(command).run().await;
            assert!(status.success(), "{command}: {output}{log}");
            outputs.extend([output, log]);
        }
        let kept = fs::read_to_string(&store).unwrap();
        let secrets = secrets(&sim);
        assert!(secrets.len() > 8, "{}", secrets.len());
        assert!(secrets.iter().any(|secret| kept.contains(secret)), "the store holds the login");
        for secret in secrets {
            assert!(secret.len() > 10);
            for output in &outputs {
                assert!(!output.contains(&secret), "a secret is in the output of {how}");
            }
            for file in files(home.path()).into_iter().filter(|file| *file != store) {
                let text = fs::read(&file).unwrap();
                let found = text.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "a secret is in {}", file.display());
            }
        }
    }
}
