//! Journeys as guides for assistants have them: the settings and outcomes that they give for a type
//! of node are taken as they stand, and wired without a warning.

use serde_json::{Value, json};

use super::{alpha, get};
use crate::support::served;

/// Types of nodes with settings and all outcomes that then are there.
fn recipes() -> Vec<(&'static str, Value, Vec<&'static str>)> {
    vec![
        (
            "WebAuthnRegistrationNode",
            json!({ "relyingPartyDomain": "sso.northlight.example",
                "origins": ["https://sso.northlight.example"],
                "userVerificationRequirement": "PREFERRED",
                "authenticatorAttachment": "UNSPECIFIED", "generateRecoveryCodes": true,
                "maxSavedDevices": 0, "attestationPreference": "NONE",
                "acceptedSigningAlgorithms": ["ES256", "RS256"], "timeout": 60,
                "postponeDeviceProfileStorage": false, "asScript": false,
                "excludeCredentials": false, "enforceRevocationCheck": false,
                "validateFidoU2fAaguid": true, "fidoCertificationLevel": "OFF",
                "trustStoreAlias": "trustalias" }),
            vec!["success", "unsupported", "failure", "error"],
        ),
        (
            "WebAuthnAuthenticationNode",
            json!({ "userVerificationRequirement": "PREFERRED", "isRecoveryCodeAllowed": true,
                "timeout": 60, "detectSignCountMismatch": false, "asScript": false }),
            vec!["success", "unsupported", "noDevice", "failure", "error", "recoveryCode"],
        ),
        (
            "OathRegistrationNode",
            json!({ "algorithm": "TOTP", "passwordLength": "SIX_DIGITS", "totpTimeInterval": 30,
                "addChecksum": false, "generateRecoveryCodes": true, "minSharedSecretLength": 32,
                "accountName": "USERNAME", "issuer": "Northlight", "bgColor": "032b75",
                "postponeDeviceProfileStorage": false }),
            vec!["successOutcome", "failureOutcome"],
        ),
        (
            "OathTokenVerifierNode",
            json!({ "algorithm": "TOTP", "totpTimeInterval": 30, "totpHashAlgorithm": "HMAC_SHA1",
                "totpTimeSteps": 2, "maximumAllowedClockDrift": 5, "hotpWindowSize": 100,
                "isRecoveryCodeAllowed": true }),
            vec!["successOutcome", "failureOutcome", "notRegisteredOutcome", "recoveryCodeOutcome"],
        ),
        (
            "CombinedMultiFactorRegistrationNode",
            json!({ "algorithm": "TOTP", "passwordLength": "SIX_DIGITS", "totpTimeInterval": 30,
                "generateRecoveryCodes": true }),
            vec!["successOutcome", "failureOutcome", "timeoutOutcome"],
        ),
        (
            "PushAuthenticationSenderNode",
            json!({ "pushType": "DEFAULT", "mandatory": true, "messageTimeout": 120_000,
                "captureFailure": false, "contextInfo": false }),
            vec!["SENT", "NOT_REGISTERED"],
        ),
        ("PushWaitNode", json!({ "secondsToWait": 5 }), vec!["DONE", "EXITED"]),
        ("PushResultVerifierNode", json!({}), vec!["TRUE", "FALSE", "WAITING", "EXPIRED"]),
        ("RecoveryCodeDisplayNode", json!({}), vec!["outcome"]),
        (
            "RecoveryCodeCollectorDecisionNode",
            json!({ "recoveryCodeType": "WEB_AUTHN" }),
            vec!["true", "false"],
        ),
        (
            "EmailSuspendNode",
            json!({ "emailTemplateName": "registration", "emailAttribute": "mail",
                "objectLookup": true, "suspendDuration": 5, "identityAttribute": "userName" }),
            vec!["outcome"],
        ),
        (
            "InnerTreeEvaluatorNode",
            json!({ "tree": "Login", "displayErrorOutcome": true }),
            vec!["true", "false", "error"],
        ),
        ("LoginCountDecisionNode", json!({ "interval": "AT", "amount": 2 }), vec!["true", "false"]),
        (
            "product-PingOneProtectEvaluationNode",
            json!({ "scoreThreshold": "300", "recommendedActions": ["BOT_MITIGATION"] }),
            vec!["high", "medium", "low", "exceed", "failure", "clientError", "BOT_MITIGATION"],
        ),
        (
            "PingOneAuthorizeNode",
            json!({ "pingOneWorker": "worker", "decisionEndpointID": "endpoint",
                "statementCodes": ["PUSH_REQ"] }),
            vec!["permit", "deny", "indeterminate", "clientError", "PUSH_REQ"],
        ),
        (
            "VerifyAuthIdentifierNode",
            json!({ "identifierAttribute": "telephoneNumber",
                "identifierSharedState": "userIdentifier" }),
            vec!["True", "False", "Error"],
        ),
        (
            "VerifyAuthSenderNode",
            json!({ "channel": "SMS", "accountSID": "a", "authToken": "&{esv.twilio.token}",
                "serviceSID": "s", "requestIdentifier": false }),
            vec!["true", "error"],
        ),
        (
            "VerifyAuthCollectorDecisionNode",
            json!({ "hideCode": true, "showResendButton": false, "showCancelButton": false,
                "identifierSharedState": "userIdentifier" }),
            vec!["true", "false", "error"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_of_guides_are_taken_and_their_outcomes_known() {
    let (_sim, mut client) = served().await;
    for (node_type, config, outcomes) in recipes() {
        let connections: Value =
            outcomes.iter().map(|outcome| ((*outcome).to_owned(), json!("success"))).collect();
        let node = json!({ "nodeType": node_type, "connections": connections, "config": config });
        let arguments = json!({ "realm": "alpha", "journeyName": node_type,
            "journeyData": { "entryNodeId": "it", "nodes": { "it": node } } });
        let created = client.call("createJourney", arguments).await.ok();
        assert_eq!(created.get("warnings"), None, "{node_type}: {created}");
        assert_eq!(created["durable"], true, "{node_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_filled_with_nodes_made_before_it_and_each_is_read_once() {
    let (_sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "journeyName": "Steps", "journeyData": {
        "entryNodeId": "page", "nodes": {
            "name": { "nodeType": "ValidatedUsernameNode", "connections": {},
                "config": { "validateInput": true } },
            "page": { "nodeType": "PageNode", "connections": { "outcome": "success" },
                "config": { "nodes": [] } },
        } } });
    let created = client.call("createJourney", arguments).await.ok();
    let ids = &created["nodeIdMapping"];
    let child = json!({ "_id": ids["name"], "nodeType": "ValidatedUsernameNode",
        "displayName": "Name" });
    let filled = json!({ "realm": "alpha", "nodeType": "PageNode", "nodeId": ids["page"],
        "config": { "nodes": [child] } });
    client.call("updateJourneyNode", filled).await.ok();

    let found = get(&mut client, "Steps").await;
    let configs = found["nodeConfigs"].as_object().unwrap();
    assert_eq!(configs.len(), 2, "{found}");
    assert_eq!(configs[ids["name"].as_str().unwrap()]["validateInput"], true);
    client.call("deleteJourney", alpha("Steps")).await.ok();
}
