//! The fields of a theme, as far as they are known.
//!
//! The names are those that recorded themes have.
//!
//! Assumption: the types, defaults and limits are those of the starter theme of AIC's hosted pages; no
//! AIC API describes them. The console's handling of a theme with odd values would settle them.

use super::field::{Default, Field, Group, Kind};

/// All of them.
pub(super) const GROUPS: &[Group] = &[
    Group { name: "General", fields: GENERAL },
    Group { name: "Global styles", fields: GLOBAL },
    Group { name: "Journey pages: page and layout", fields: JOURNEY_PAGE },
    Group { name: "Journey pages: card and inputs", fields: JOURNEY_CARD },
    Group { name: "Journey pages: logo, header, footer", fields: JOURNEY_FRAME },
    Group { name: "Account pages: navigation and page", fields: ACCOUNT_PAGE },
    Group { name: "Account pages: cards and inputs", fields: ACCOUNT_CARD },
    Group { name: "Account pages: logo, footer, sections", fields: ACCOUNT_FRAME },
];

const GENERAL: &[Field] = &[
    Field::new("name", Kind::Text, Default::None).about("Needed; unique in the realm."),
    Field::new("linkedTrees", Kind::Names, Default::NoNames)
        .about("Journeys shown in this theme, unless a page node says otherwise."),
];

const GLOBAL: &[Field] = &[
    color("primaryColor", "#324054").about("Buttons, checkboxes, switches."),
    color("primaryOffColor", "#242e3c").about("The same when hovered over."),
    color("secondaryColor", "#69788b").about("Muted text."),
    color("successColor", "#2ed47a"),
    color("dangerColor", "#f7685b"),
    color("warningColor", "#ffb946"),
    color("infoColor", "#109cf1"),
    color("lightColor", "#f6f8fa"),
    color("darkColor", "#23282e"),
    color("textColor", "#ffffff").about("Text on buttons."),
    color("buttonFocusBorderColor", "#0672cb"),
    Field::new("buttonRounded", Kind::Pixels(0, 100), Default::Text("5"))
        .about("Corner radius of buttons."),
    color("linkColor", "#109cf1"),
    color("linkActiveColor", "#0c85cf"),
    color("linkColorOnDark", "#109cf1"),
    color("linkActiveColorOnDark", "#0a6eab"),
    flag("boldLinks", false),
    color("switchBackgroundColor", "#939393"),
    Field::new("fontFamily", Kind::Text, Default::Text("Open Sans"))
        .about("A standard font or one of Google Fonts."),
    image("favicon"),
];

const JOURNEY_PAGE: &[Field] = &[
    color("backgroundColor", "#324054"),
    Field::new("backgroundImage", Kind::Text, Default::Text("")).about("URL or data URI."),
    Field::new("journeyLayout", Kind::Choice(&LAYOUTS), Default::Text("card")),
    Field::new(
        "journeySignInButtonPosition",
        Kind::Choice(&POSITIONS),
        Default::Text(POSITIONS[0]),
    )
    .about("Full width, center, left, right."),
    flag("journeyTheaterMode", false).about("Whole window; not with layout card."),
    flag("journeyJustifiedContentEnabled", false).about("Panel beside the card; not with card."),
    html("journeyJustifiedContent"),
    flag("journeyJustifiedContentMobileViewEnabled", false),
    Field::new("journeyFocusElement", Kind::Choice(&FOCUS), Default::Text("header"))
        .about("What screen readers start at."),
    flag("journeyFocusFirstFocusableItemEnabled", false).optional(),
    flag("journeyA11yAddFallbackErrorHeading", true),
    flag("journeyRememberMeEnabled", false),
    Field::new("journeyRememberMeLabel", Kind::Localized, Default::Text("")),
];

const LAYOUTS: [&str; 3] = ["card", "justified-left", "justified-right"];
const POSITIONS: [&str; 4] =
    ["flex-column", "justify-content-center", "justify-content-start", "justify-content-end"];
const FOCUS: [&str; 3] = ["header", "headerFirstStep", "content"];

const JOURNEY_CARD: &[Field] = &[
    color("journeyCardBackgroundColor", "#ffffff"),
    color("journeyCardHeaderBackgroundColor", "#ffffff"),
    color("journeyCardTitleColor", "#23282e"),
    color("journeyCardTextColor", "#5e6d82"),
    Field::new("journeyCardShadow", Kind::Pixels(0, 25), Default::Whole(3)),
    Field::new("journeyCardBorderRadius", Kind::Pixels(0, 100), Default::Whole(4)),
    color("journeyInputBackgroundColor", "#ffffff"),
    color("journeyInputBorderColor", "#c0c9d5"),
    focus("journeyInputFocusBorderColor"),
    color("journeyInputSelectColor", "#e4f4fd"),
    color("journeyInputSelectHoverColor", "#f6f8fa"),
    color("journeyInputTextColor", "#23282e"),
    color("journeyInputLabelColor", "#5e6d82"),
    flag("journeyFloatingLabels", true),
    flag("journeyShowAsteriskForRequiredFields", false),
];

const JOURNEY_FRAME: &[Field] = &[
    flag("logoEnabled", true),
    image("logo"),
    Field::new("logoAltText", Kind::Localized, Default::Text("")),
    Field::new("logoHeight", Kind::Pixels(40, 100), Default::Text("40")),
    flag("journeyHeaderEnabled", false),
    html("journeyHeader"),
    flag("journeyHeaderSkipLinkEnabled", false),
    flag("journeyFooterEnabled", false),
    html("journeyFooter"),
    flag("journeyFooterScriptTagEnabled", false).optional(),
    Field::new("journeyFooterScriptTag", Kind::Text, Default::Text(""))
        .about("Runs on every journey page.")
        .optional(),
];

const ACCOUNT_PAGE: &[Field] = &[
    color("accountNavigationBackgroundColor", "#ffffff"),
    color("accountNavigationTextColor", "#455469"),
    color("accountNavigationToggleBorderColor", "#e7eef4"),
    color("profileMenuHighlightColor", "#f3f5f8"),
    color("profileMenuTextHighlightColor", "#455469"),
    color("profileMenuHoverColor", "#f3f5f8"),
    color("profileMenuHoverTextColor", "#455469"),
    color("topBarBackgroundColor", "#ffffff"),
    color("topBarBorderColor", "#e7eef4"),
    color("topBarHeaderColor", "#23282e"),
    color("topBarTextColor", "#69788b"),
    color("profileBackgroundColor", "#f6f8fa"),
    color("pageTitle", "#23282e").about("A color, despite its name."),
    color("bodyText", "#23282e").about("A color, despite its name."),
];

const ACCOUNT_CARD: &[Field] = &[
    color("accountCardBackgroundColor", "#ffffff"),
    color("accountCardOuterBorderColor", "#e7eef4"),
    color("accountCardInnerBorderColor", "#e7eef4"),
    color("accountCardHeaderColor", "#23282e"),
    color("accountCardTextColor", "#5e6d82"),
    Field::new("accountCardShadow", Kind::Pixels(0, 25), Default::Whole(3)),
    color("accountCardTabActiveColor", "#e4f4fd"),
    color("accountCardTabActiveBorderColor", "#109cf1"),
    color("accountTableRowHoverColor", "#f6f8fa"),
    color("accountCardInputBackgroundColor", "#ffffff"),
    color("accountCardInputBorderColor", "#c0c9d5"),
    focus("accountCardInputFocusBorderColor"),
    color("accountCardInputSelectColor", "#edf7fd"),
    color("accountCardInputSelectHoverColor", "#f6f8fa"),
    color("accountCardInputTextColor", "#23282e"),
    color("accountCardInputLabelColor", "#5e6d82"),
];

const ACCOUNT_FRAME: &[Field] = &[
    image("logoProfile").about("With the navigation expanded."),
    Field::new("logoProfileAltText", Kind::Localized, Default::Text("")),
    Field::new("logoProfileHeight", Kind::Pixels(20, 40), Default::Text("24")),
    image("logoProfileCollapsed").about("With the navigation collapsed."),
    Field::new("logoProfileCollapsedAltText", Kind::Localized, Default::Text("")),
    Field::new("logoProfileCollapsedHeight", Kind::Pixels(20, 40), Default::Text("24")),
    flag("accountFooterEnabled", false),
    html("accountFooter"),
    flag("accountFooterScriptTagEnabled", false).optional(),
    Field::new("accountFooterScriptTag", Kind::Text, Default::Text(""))
        .about("Runs on every account page.")
        .optional(),
    Field::new("accountPageSections", Kind::Sections, Default::Sections)
        .about("Which sections account pages have; an update replaces all of it."),
];

/// Sections of the account pages and whether a new theme shows them.
pub(super) const SECTIONS: [(&str, bool); 8] = [
    ("personalInformation", true),
    ("accountSecurity", true),
    ("social", false),
    ("trustedDevices", true),
    ("oauthApplications", false),
    ("preferences", false),
    ("consent", false),
    ("accountControls", false),
];

/// The subsections of the section `accountSecurity`.
pub(super) const SECURITY_SUBSECTIONS: [(&str, bool); 4] = [
    ("username", true),
    ("password", true),
    ("twoStepVerification", true),
    ("securityQuestions", false),
];

const fn color(name: &'static str, default: &'static str) -> Field {
    Field::new(name, Kind::Color, Default::Text(default))
}

/// The border of an input that has the focus.
const fn focus(name: &'static str) -> Field {
    Field::new(name, Kind::Color, Default::Of("primaryColor"))
}

const fn flag(name: &'static str, default: bool) -> Field {
    Field::new(name, Kind::Flag, Default::Flag(default))
}

const fn image(name: &'static str) -> Field {
    Field::new(name, Kind::Image, Default::Text(""))
}

const fn html(name: &'static str) -> Field {
    Field::new(name, Kind::Html, Default::Text(""))
}
