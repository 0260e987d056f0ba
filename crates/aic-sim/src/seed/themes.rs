//! The themes of sign-in and account pages.

use serde_json::{Value, json};

use super::Seed;
use crate::crest::Object;
use crate::idm::stable_uuid;

/// The differences between one theme and another.
struct Theme {
    name: &'static str,
    is_default: bool,
    journeys: &'static [&'static str],
    accent: &'static str,
    accent_dark: &'static str,
    background: &'static str,
    font: &'static str,
    layout: &'static str,
    logo: &'static str,
}

const STARTER: Theme = Theme {
    name: "Starter Theme",
    is_default: true,
    journeys: &[],
    accent: "#324054",
    accent_dark: "#242e3c",
    background: "#324054",
    font: "Open Sans",
    layout: "card",
    logo: "",
};

const ALPHA: [Theme; 4] = [
    Theme {
        name: "Northlight",
        is_default: true,
        journeys: &["Login", "ResetPassword"],
        accent: "#0b5cad",
        accent_dark: "#08457f",
        background: "#eef3f8",
        font: "Inter",
        layout: "card",
        logo: "https://www.northlight.example/brand/logo.svg",
    },
    Theme { is_default: false, ..STARTER },
    Theme {
        name: "Contractors",
        is_default: false,
        journeys: &[],
        accent: "#6b3fa0",
        accent_dark: "#4d2d73",
        background: "#f5f1fa",
        font: "Inter",
        layout: "justified-left",
        logo: "https://www.northlight.example/brand/logo-contractors.svg",
    },
    Theme {
        name: "High Contrast",
        is_default: false,
        journeys: &[],
        accent: "#000000",
        accent_dark: "#1a1a1a",
        background: "#ffffff",
        font: "Atkinson Hyperlegible",
        layout: "card",
        logo: "https://www.northlight.example/brand/logo-mono.svg",
    },
];

const BRAVO: [Theme; 3] = [
    Theme {
        name: "Customer Portal",
        is_default: true,
        journeys: &["Login", "Registration"],
        accent: "#00796b",
        accent_dark: "#004d40",
        background: "#e8f3f1",
        font: "Source Sans 3",
        layout: "justified-right",
        logo: "https://portal.northlight.example/assets/logo.svg",
    },
    Theme { is_default: false, ..STARTER },
    Theme {
        name: "Spring Campaign",
        is_default: false,
        journeys: &[],
        accent: "#c2185b",
        accent_dark: "#880e4f",
        background: "#fdeff4",
        font: "Source Sans 3",
        layout: "card",
        logo: "https://portal.northlight.example/assets/logo-spring.svg",
    },
];

/// `config/ui/themerealm`: a company's themes, or just the one that every realm starts with.
pub(super) fn document(seed: Seed) -> Object {
    let [alpha, bravo]: [&[Theme]; 2] = match seed {
        Seed::Demo => [&ALPHA, &BRAVO],
        Seed::Empty => [&[STARTER], &[STARTER]],
    };
    let realm = |name: &str, themes: &[Theme]| -> Vec<Value> {
        themes.iter().map(|theme| theme.fields(name).into()).collect()
    };
    let realms = json!({"alpha": realm("alpha", alpha), "bravo": realm("bravo", bravo)});
    [("realm".to_owned(), realms)].into_iter().collect()
}

impl Theme {
    fn fields(&self, realm: &str) -> Object {
        let id = stable_uuid(&format!("{realm}_theme/{}", self.name), 0).to_string();
        let general = json!({
            "_id": id,
            "name": self.name,
            "isDefault": self.is_default,
            "linkedTrees": self.journeys,
        });
        let parts = [general, self.global(), self.journey(), self.account()];
        parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect()
    }

    /// Colours and type of all pages.
    fn global(&self) -> Value {
        json!({
            "primaryColor": self.accent,
            "primaryOffColor": self.accent_dark,
            "secondaryColor": "#69788b",
            "successColor": "#2e7d32",
            "dangerColor": "#c62828",
            "warningColor": "#f9a825",
            "infoColor": self.accent,
            "lightColor": "#f6f8fa",
            "darkColor": "#23282e",
            "textColor": "#ffffff",
            "linkColor": self.accent,
            "linkActiveColor": self.accent_dark,
            "boldLinks": false,
            "buttonRounded": "5",
            "buttonFocusBorderColor": self.accent,
            "switchBackgroundColor": self.accent,
            "fontFamily": self.font,
            "favicon": "",
        })
    }

    fn journey(&self) -> Value {
        json!({
            "backgroundColor": self.background,
            "backgroundImage": "",
            "bodyText": "#23282e",
            "logo": self.logo,
            "logoAltText": self.name,
            "logoHeight": "40",
            "journeyLayout": self.layout,
            "journeyTheaterMode": false,
            "journeyJustifiedContent": "",
            "journeyJustifiedContentEnabled": false,
            "journeyCardBackgroundColor": "#ffffff",
            "journeyCardTextColor": "#5e6d82",
            "journeyCardTitleColor": "#23282e",
            "journeyCardShadow": 3,
            "journeyCardBorderRadius": 4,
            "journeyInputBackgroundColor": "#ffffff",
            "journeyInputBorderColor": "#c0c9d5",
            "journeyInputTextColor": "#23282e",
            "journeyInputLabelColor": "#5e6d82",
            "journeyFloatingLabels": true,
            "journeySignInButtonPosition": "flex-column",
            "journeyHeaderEnabled": false,
            "journeyHeader": "",
            "journeyFooterEnabled": true,
            "journeyFooter": "<p class=\"text-center\">Northlight Instruments AB</p>",
            "journeyRememberMeEnabled": false,
            "journeyRememberMeLabel": "",
        })
    }

    fn account(&self) -> Value {
        let section = |enabled: bool| json!({"enabled": enabled});
        json!({
            "pageTitle": "#23282e",
            "profileBackgroundColor": "#f6f8fa",
            "profileMenuHighlightColor": "#f3f5f8",
            "accountCardBackgroundColor": "#ffffff",
            "accountCardTextColor": "#5e6d82",
            "accountCardTabActiveColor": self.accent,
            "accountNavigationBackgroundColor": "#ffffff",
            "accountNavigationTextColor": "#455469",
            "accountFooterEnabled": false,
            "accountFooter": "",
            "topBarBackgroundColor": "#ffffff",
            "topBarTextColor": "#69788b",
            "logoProfile": self.logo,
            "logoProfileAltText": self.name,
            "logoProfileHeight": "24",
            "logoProfileCollapsed": "",
            "accountPageSections": {
                "personalInformation": section(true),
                "accountSecurity": {
                    "enabled": true,
                    "subsections": {
                        "password": section(true),
                        "twoStepVerification": section(true),
                        "securityQuestions": section(false),
                        "username": section(true),
                    },
                },
                "accountControls": section(false),
                "consent": section(false),
                "oauthApplications": section(false),
                "preferences": section(false),
                "social": section(false),
                "trustedDevices": section(true),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_realm_has_one_default_and_names_are_unique() {
        for themes in [ALPHA.as_slice(), &BRAVO] {
            assert_eq!(themes.iter().filter(|theme| theme.is_default).count(), 1);
            let names: BTreeSet<_> = themes.iter().map(|theme| theme.name).collect();
            assert_eq!(names.len(), themes.len());
        }
    }
}
