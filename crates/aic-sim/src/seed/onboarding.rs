//! The longest journey of the demo company: the first day of someone new.

use serde_json::json;

use super::journeys::{Journey, Step, attributes, decision, field, page, password, step, username};
use super::scripts::{ASSIGN_BADGE, CONTRACTOR_CHECK, DEVICE_CHECK, PROFILE_TRANSFORMATION};
use crate::am::{Realm, RealmConfig};
use crate::crest::error::Result;

/// Adds the journey.
pub(super) fn add(config: &mut RealmConfig, realm: Realm) -> Result<()> {
    let mut steps = identify(realm);
    steps.extend(complete(realm));
    steps.extend(secure(realm));
    let journey = Journey {
        name: "Onboarding",
        description: "The first day of someone new, from the invitation to a second factor",
        category: "Onboarding",
        inner: false,
        steps,
    };
    journey.add(config, realm)
}

/// The steps that identify the new user.
fn identify(realm: Realm) -> Vec<Step> {
    let welcome = json!({"message": {"en": "Welcome to Northlight. Do you have an invitation?"},
        "messageYes": {"en": "Yes"}, "messageNo": {"en": "No"}});
    vec![
        step(
            "welcome",
            "MessageNode",
            "Welcome",
            welcome,
            [("true", "device"), ("false", "no-invitation")],
        ),
        step(
            "no-invitation",
            "SetFailureUrlNode",
            "Ask for an invitation",
            json!({"failureUrl": "https://www.northlight.example/invitations"}),
            [("outcome", "failure")],
        ),
        decision(realm, "device", DEVICE_CHECK, [("managed", "provider"), ("unmanaged", "human")]),
        step(
            "human",
            "product-CaptchaNode",
            "CAPTCHA",
            json!({"siteKey": "&{esv.captcha.sitekey}", "secretKey": "&{esv.captcha.secret}"}),
            [("true", "provider"), ("false", "failure")],
        ),
        step(
            "provider",
            "SelectIdPNode",
            "Select Identity Provider",
            json!({"includeLocalAuthentication": true}),
            [("socialAuthentication", "social"), ("localAuthentication", "credentials")],
        ),
        step(
            "social",
            "SocialProviderHandlerNodeV2",
            "Social Provider Handler",
            json!({"script": PROFILE_TRANSFORMATION}),
            [
                ("ACCOUNT_EXISTS", "kind"),
                ("NO_ACCOUNT", "failure"),
                ("SOCIAL_AUTH_INTERRUPTED", "provider"),
            ],
        ),
        page("credentials", "Sign in for the first time", [username(), password()], "check"),
        step(
            "check",
            "IdentityStoreDecisionNode",
            "Identity Store Decision",
            json!({}),
            [
                ("TRUE", "kind"),
                ("FALSE", "retry"),
                ("LOCKED", "locked"),
                ("CANCELLED", "failure"),
                ("EXPIRED", "retry"),
            ],
        ),
        step(
            "retry",
            "RetryLimitDecisionNode",
            "Retry Limit Decision",
            json!({"retryLimit": 5}),
            [("Retry", "credentials"), ("Reject", "lock")],
        ),
        step(
            "lock",
            "AccountLockoutNode",
            "Account Lockout",
            json!({"lockAction": "LOCK"}),
            [("outcome", "locked")],
        ),
        step(
            "locked",
            "EmailTemplateNode",
            "Tell the helpdesk",
            json!({"emailTemplateName": "accountLocked"}),
            [("EMAIL_SENT", "failure"), ("EMAIL_NOT_SENT", "failure")],
        ),
    ]
}

/// The steps that ask the new user for missing details.
fn complete(realm: Realm) -> Vec<Step> {
    let user = format!("managed/{}_user", realm.name());
    let kba = json!({"message": {"en": "In case you forget your password"}});
    let languages = json!({"choices": ["English", "Svenska", "Polski", "Français"],
        "defaultChoice": "English", "prompt": "Which language do you prefer?"});
    vec![
        decision(
            realm,
            "kind",
            CONTRACTOR_CHECK,
            [("employee", "language"), ("contractor", "terms"), ("unknown", "failure")],
        ),
        page(
            "terms",
            "Terms for contractors",
            [field("AcceptTermsAndConditionsNode", "Accept Terms and Conditions", json!({}))],
            "language",
        ),
        step(
            "language",
            "ChoiceCollectorNode",
            "Choose a language",
            languages,
            [
                ("English", "contact"),
                ("Svenska", "contact"),
                ("Polski", "contact"),
                ("Français", "contact"),
            ],
        ),
        page(
            "contact",
            "How we reach you",
            [attributes(&["telephoneNumber", "city", "country"]), attributes(&["mail"])],
            "confirm",
        )
        .with_version("2.0"),
        step(
            "confirm",
            "EmailSuspendNode",
            "Confirm the address",
            json!({"emailTemplateName": "registration",
                "emailSuspendMessage": {"en": "We have sent you an email."}}),
            [("outcome", "questions")],
        ),
        step(
            "questions",
            "KbaDecisionNode",
            "KBA Decision",
            json!({}),
            [("true", "preferences"), ("false", "define")],
        ),
        page(
            "define",
            "Security questions",
            [field("KbaCreateNode", "KBA Definition", kba)],
            "preferences",
        ),
        page(
            "preferences",
            "Your preferences",
            [attributes(&["preferences/updates", "preferences/marketing"])],
            "badge",
        ),
        decision(realm, "badge", ASSIGN_BADGE, [("true", "save"), ("false", "failure")]),
        step(
            "save",
            "PatchObjectNode",
            "Patch Object",
            json!({"identityResource": user, "ignoredFields": ["userName", "password"]}),
            [("PATCHED", "complete"), ("FAILURE", "failure")],
        ),
        step(
            "complete",
            "ProfileCompletenessDecisionNode",
            "Profile Completeness Decision",
            json!({"threshold": 60}),
            [("true", "register"), ("false", "contact")],
        ),
    ]
}

/// A second factor.
fn secure(realm: Realm) -> Vec<Step> {
    let portal = match realm {
        Realm::Alpha => "https://expense-portal.northlight.example/",
        Realm::Bravo => "https://customer-portal.northlight.example/",
    };
    vec![
        step(
            "register",
            "WebAuthnRegistrationNode",
            "Register a passkey",
            json!({"relyingPartyName": "Northlight", "generateRecoveryCodes": true}),
            [
                ("unsupported", "code"),
                ("success", "profile"),
                ("failure", "code"),
                ("error", "code"),
            ],
        ),
        step(
            "code",
            "OneTimePasswordGeneratorNode",
            "HOTP Generator",
            json!({"length": 6}),
            [("outcome", "send")],
        ),
        step(
            "send",
            "OneTimePasswordSmtpSenderNode",
            "Send the code",
            json!({"hostName": "smtp.northlight.example", "hostPort": {"$int": "&{esv.smtp.port}"},
                "fromEmailAddress": "welcome@northlight.example"}),
            [("outcome", "verify")],
        ),
        step(
            "verify",
            "OneTimePasswordCollectorDecisionNode",
            "Ask for the code",
            json!({"passwordExpiryTime": 10}),
            [("true", "profile"), ("false", "failure")],
        ),
        step(
            "profile",
            "DeviceProfileCollectorNode",
            "Device Profile Collector",
            json!({}),
            [("outcome", "remember")],
        ),
        step(
            "remember",
            "DeviceSaveNode",
            "Remember the device",
            json!({"maxSavedProfiles": 3}),
            [("outcome", "count")],
        ),
        step(
            "count",
            "IncrementLoginCountNode",
            "Increment Login Count",
            json!({}),
            [("outcome", "portal")],
        ),
        step(
            "portal",
            "SetSuccessUrlNode",
            "Go to the portal",
            json!({"successUrl": portal}),
            [("outcome", "success")],
        ),
    ]
}
