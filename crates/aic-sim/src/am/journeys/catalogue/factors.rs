//! Nodes for second factors and devices.

use super::{NodeType, Outcomes, SINGLE, TRUE_OR_FALSE, node_type};
use crate::am::attribute::{Kind, attribute};

const MFA: &[&str] = &["mfa", "multi-factor authentication"];
const OTP: &[&str] = &["otp", "mfa", "multi-factor authentication"];
const CONTEXTUAL: &[&str] = &["contextual"];

pub(super) const TYPES: &[NodeType] = &[
    node_type(
        "OneTimePasswordGeneratorNode",
        "HOTP Generator",
        OTP,
        "Makes up a one-time password.",
        SINGLE,
        &[attribute("length", "One-time password length", "How many digits.", Kind::Number(8))],
    ),
    node_type(
        "OneTimePasswordCollectorDecisionNode",
        "OTP Collector Decision",
        OTP,
        "Asks for the one-time password and checks it.",
        TRUE_OR_FALSE,
        &[attribute(
            "passwordExpiryTime",
            "One-time password validity length",
            "Minutes that the password is good for.",
            Kind::Number(5),
        )],
    ),
    node_type(
        "OneTimePasswordSmtpSenderNode",
        "OTP Email Sender",
        OTP,
        "Sends the one-time password by email.",
        SINGLE,
        &[
            attribute("hostName", "Mail Server Host Name", "The mail server.", Kind::OptionalText)
                .required(),
            attribute("hostPort", "Mail Server Host Port", "Its port.", Kind::Number(465)),
            attribute(
                "fromEmailAddress",
                "Email From Address",
                "Who the email comes from.",
                Kind::OptionalText,
            )
            .required(),
            attribute(
                "emailAttribute",
                "Email attribute name",
                "The attribute of the identity that holds the address.",
                Kind::Text("mail"),
            ),
            attribute("emailSubject", "The subject of the email", "By language.", Kind::Map),
            attribute("emailContent", "The content of the email", "By language.", Kind::Map),
        ],
    ),
    node_type(
        "WebAuthnRegistrationNode",
        "WebAuthn Registration Node",
        MFA,
        "Registers a FIDO2 device.",
        Outcomes::Fixed(&[
            ("unsupported", "Unsupported"),
            ("success", "Success"),
            ("failure", "Failure"),
            ("error", "Client Error"),
        ]),
        &[
            attribute(
                "relyingPartyName",
                "Relying party",
                "What the device calls the site.",
                Kind::Text("Advanced Identity Cloud"),
            ),
            attribute(
                "attestationPreference",
                "Attestation Preference",
                "What the device is to say of itself.",
                Kind::Choice(&["NONE", "INDIRECT", "DIRECT"], "NONE"),
            ),
            attribute(
                "userVerificationRequirement",
                "User verification requirement",
                "Whether the device checks who uses it.",
                Kind::Choice(&["REQUIRED", "PREFERRED", "DISCOURAGED"], "PREFERRED"),
            ),
            attribute("timeout", "Timeout", "Seconds to wait for the device.", Kind::Number(60)),
            attribute(
                "generateRecoveryCodes",
                "Generate recovery codes",
                "Also makes up recovery codes.",
                Kind::Flag(true),
            ),
        ],
    ),
    node_type(
        "WebAuthnAuthenticationNode",
        "WebAuthn Authentication Node",
        MFA,
        "Authenticates with a registered FIDO2 device.",
        Outcomes::Fixed(&[
            ("unsupported", "Unsupported"),
            ("noDevice", "No Device Registered"),
            ("success", "Success"),
            ("failure", "Failure"),
            ("error", "Client Error"),
        ]),
        &[
            attribute(
                "userVerificationRequirement",
                "User verification requirement",
                "Whether the device checks who uses it.",
                Kind::Choice(&["REQUIRED", "PREFERRED", "DISCOURAGED"], "PREFERRED"),
            ),
            attribute("timeout", "Timeout", "Seconds to wait for the device.", Kind::Number(60)),
            attribute(
                "isRecoveryCodeAllowed",
                "Allow recovery code",
                "Lets the user give a recovery code instead.",
                Kind::Flag(false),
            ),
        ],
    ),
    node_type(
        "PushAuthenticationSenderNode",
        "Push Sender",
        MFA,
        "Sends a push notification to a registered device.",
        Outcomes::Fixed(&[
            ("SENT", "Sent"),
            ("NOT_REGISTERED", "Not Registered"),
            ("SKIPPED", "Skipped"),
        ]),
        &[
            attribute(
                "messageTimeout",
                "Message Timeout",
                "Milliseconds that the message is good for.",
                Kind::Number(120_000),
            ),
            attribute("mandatory", "Remove 'Skip' option", "Cannot be skipped.", Kind::Flag(false)),
        ],
    ),
    node_type(
        "PushResultVerifierNode",
        "Push Result Verifier Node",
        MFA,
        "Checks the answer to a push notification.",
        Outcomes::Fixed(&[
            ("TRUE", "Success"),
            ("FALSE", "Failure"),
            ("EXPIRED", "Expired"),
            ("WAITING", "Waiting"),
        ]),
        &[],
    ),
    node_type(
        "RecoveryCodeCollectorDecisionNode",
        "Recovery Code Collector Decision",
        MFA,
        "Asks for a recovery code and checks it.",
        TRUE_OR_FALSE,
        &[attribute(
            "recoveryCodeType",
            "Recovery Code Type",
            "What the code stands in for.",
            Kind::Choice(&["OATH", "PUSH", "WEB_AUTHN"], "OATH"),
        )],
    ),
    node_type(
        "DeviceProfileCollectorNode",
        "Device Profile Collector",
        CONTEXTUAL,
        "Collects what the device tells of itself.",
        SINGLE,
        &[
            attribute("maximumSize", "Maximum Profile Size (KB)", "The limit.", Kind::Text("3")),
            attribute("deviceMetadata", "Collect Device Metadata", "The device.", Kind::Flag(true)),
            attribute("deviceLocation", "Collect Device Location", "Its place.", Kind::Flag(false)),
            attribute("message", "Message", "What is shown meanwhile, by language.", Kind::Map),
        ],
    ),
    node_type(
        "DeviceSaveNode",
        "Device Profile Save",
        CONTEXTUAL,
        "Keeps the profile of the device with the identity.",
        SINGLE,
        &[
            attribute(
                "variableName",
                "Device Name Variable",
                "Where the name of the device is kept.",
                Kind::OptionalText,
            ),
            attribute(
                "maxSavedProfiles",
                "Maximum Saved Profiles",
                "How many devices are kept.",
                Kind::Number(5),
            ),
            attribute(
                "saveDeviceMetadata",
                "Save Device Metadata",
                "The device.",
                Kind::Flag(true),
            ),
        ],
    ),
];
