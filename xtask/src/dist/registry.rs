//! The entry for the MCP registry, `server.json`.

use serde_json::{Value, json};

/// The entry of a bundle that is published at an address.
// Assumption: the schema is that of the date in its address; the registry checks it when it is told.
pub(super) fn entry(name: &str, version: &str, bundle_url: &str, bundle_sha256: &str) -> Value {
    json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name,
        "title": "PingOne Advanced Identity Cloud",
        "description": "Lets an assistant run a PingOne Advanced Identity Cloud tenant safely",
        "version": version,
        "packages": [{
            "registryType": "mcpb",
            "identifier": bundle_url,
            "fileSha256": bundle_sha256,
            "transport": { "type": "stdio" },
            "environmentVariables": [{
                "name": "AIC_BASE_URL",
                "description": "The tenant, such as https://openam-example.forgeblocks.com",
                "isRequired": true,
                "isSecret": false,
            }],
        }],
    })
}
