//! The pictures of the documents: each is of what there is now.
//!
//! A picture of a page has beside it the digest of the page that it shows. The picture itself is not
//! compared, for fonts differ from machine to machine.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use aic_e2e::{Chromium, Look, Start};
use regex_lite::Regex;
use sha2::{Digest, Sha256};

use super::browser::{REFUSE, call_at_the_page};
use super::terminal_svg::picture_of;
use crate::first_run::Home;
use crate::support::tenant;

/// The variable by which `cargo xtask pictures` has the pictures made anew.
const MAKE: &str = "AIC_E2E_MAKE_PICTURES";
/// More than this would be a burden to everybody who clones the project.
const MOST_BYTES: u64 = 300_000;

fn is_made_anew() -> bool {
    std::env::var_os(MAKE).is_some()
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/pictures")).join(name)
}

fn digest(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A page without what differs from run to run.
fn settled(html: &str) -> String {
    let html = html.replace("\r\n", "\n");
    [
        (r"(127\.0\.0\.1|localhost):[0-9]+", "$1:PORT"),
        (r"[0-9]+ [A-Z][a-z]+ [0-9]{4}, [0-9:]{5} UTC, [0-9]+ minutes", "TIME"),
        (r#"name="ticket" value="[^"]+""#, "TICKET"),
    ]
    .iter()
    .fold(html, |html, (pattern, with)| {
        Regex::new(pattern).unwrap().replace_all(&html, *with).into_owned()
    })
}

/// Makes a picture of the page that is shown, or checks that the one there is shows this page.
async fn check(chromium: &Chromium, name: &str, look: Look) {
    let html = chromium.evaluate("document.documentElement.outerHTML").await;
    let page = digest(settled(html.as_str().unwrap()));
    let (picture, beside) = (file(&format!("{name}.png")), file(&format!("{name}.digests")));
    if is_made_anew() {
        chromium.look(look).await;
        chromium.screenshot(&picture).await;
        chromium.look(Look::WIDE).await;
        let shown = digest(fs::read(&picture).unwrap());
        fs::write(&beside, format!("page {page}\npicture {shown}\n")).unwrap();
    }
    let shown = digest(fs::read(&picture).unwrap());
    assert_eq!(
        fs::read_to_string(&beside).unwrap().replace("\r\n", "\n"),
        format!("page {page}\npicture {shown}\n"),
        "{name}.png shows another page than there is: run `cargo xtask pictures` and look at it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_pages_are_of_these_pages() {
    let chromium = Chromium::start().await;
    let (mut client, id) = call_at_the_page(&chromium).await;
    chromium.wait_for("Sign in to the").await;
    check(&chromium, "consent", Look::sized(640, 990)).await;
    chromium.click(REFUSE).await;
    chromium.wait_for("The sign-in did not work").await;
    check(&chromium, "refused", Look::sized(640, 420)).await;
    client.outcome("listManagedObjects", id).await.failed();

    let (sim, home) = (tenant().await, Home::new());
    let login = home.start(&["login", "--credential-store", "file"]);
    let mut process = login.env("AIC_BASE_URL", &sim.base_url()).spawn();
    chromium.open(&process.sign_in_page().await).await;
    chromium.wait_for("You are signed in").await;
    check(&chromium, "signed-in", Look::sized(640, 560)).await;
    assert!(process.ended().await.success());
}

/// A line that a person types, and the arguments that it stands for.
const SESSION: [(&str, &[&str]); 2] = [
    ("aic-mcp tools --toolsets esv,changes", &["tools", "--toolsets", "esv,changes"]),
    (
        "aic-mcp call --demo queryManagedObjects \\\n    --args '{\"objectType\": \"alpha_user\", \
         \"queryFilter\": \"sn sw \\\"O\\\"\", \"fields\": \"userName,mail\"}'",
        &[
            "call",
            "--demo",
            "queryManagedObjects",
            "--args",
            r#"{"objectType": "alpha_user", "queryFilter": "sn sw \"O\"", "fields": "userName,mail"}"#,
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_session_is_of_this_session() {
    let mut session = String::new();
    for (typed, args) in SESSION {
        let (status, output, problem) = Start::new(args).env("CLICOLOR_FORCE", "1").run().await;
        assert!(status.success(), "{problem}");
        let _ = write!(session, "\u{1b}[32m$\u{1b}[0m \u{1b}[1m{typed}\u{1b}[0m\n{output}\n");
    }
    // Ids of revisions and transactions are new each time.
    let ids = Regex::new(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let session = ids.replace_all(&session, "…").into_owned();
    let svg = picture_of(session.trim_end());
    let picture = file("session.svg");
    if is_made_anew() {
        fs::write(&picture, &svg).unwrap();
    }
    let shown = fs::read_to_string(&picture).unwrap().replace("\r\n", "\n");
    assert!(
        shown == svg,
        "session.svg shows other output than there is: run `cargo xtask pictures` and look at it"
    );
}

#[test]
fn the_pictures_are_few_and_shown_with_words_for_those_who_do_not_see_them() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let texts = ["README.md", "docs/getting-started.md"]
        .map(|document| fs::read_to_string(root.join(document)).unwrap())
        .concat();
    let mut bytes = 0;
    for entry in fs::read_dir(file("")).unwrap() {
        let entry = entry.unwrap();
        bytes += entry.metadata().unwrap().len();
        let name = entry.file_name().into_string().unwrap();
        if !name.ends_with(".digests") {
            let shown = Regex::new(&format!(r"!\[[^\]]{{30,}}\]\((docs/)?pictures/{name}\)"));
            assert!(shown.unwrap().is_match(&texts), "{name} is not shown, or without words");
        }
    }
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
