//! Logging in with Chromium, as a person does.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aic_e2e::{Chromium, Client, Look, PATIENCE, Start};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;
use tokio::time::timeout;

use crate::support::tenant;

const APPROVE: &str = "button[name=decision][value=allow]";
pub(super) const REFUSE: &str = "button[name=decision][value=deny]";

/// A call on a simulated tenant that waits for whoever signs in at the page that is shown.
pub(super) async fn call_at_the_page(chromium: &Chromium) -> (Client, u64) {
    let mut client = Start::new(&["demo", "--interactive"]).connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    chromium.open(&client.process().sign_in_page().await).await;
    (client, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_and_comes_back_to_a_page_that_says_so() {
    let chromium = Chromium::start().await;
    let (mut client, id) = call_at_the_page(&chromium).await;
    chromium.wait_for("Sign in to the simulated tenant").await;
    look_at(&chromium, "sign-in").await;
    chromium.click(APPROVE).await;

    chromium.wait_for("You are signed in").await;
    look_at(&chromium, "signed-in").await;
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_refuses_is_told_what_came_of_it_and_can_sign_in_next_time() {
    let chromium = Chromium::start().await;
    let (mut client, id) = call_at_the_page(&chromium).await;
    chromium.click(REFUSE).await;

    chromium.wait_for("The sign-in did not work").await;
    let text = chromium.text().await;
    assert!(text.contains("access_denied"), "{text}");
    look_at(&chromium, "refused").await;
    let failure = client.outcome("listManagedObjects", id).await.failed();
    assert!(failure.contains("access_denied"), "{failure}");

    let id = client.start_call("listManagedObjects", json!({})).await;
    chromium.open(&client.process().sign_in_page().await).await;
    chromium.click(APPROVE).await;
    chromium.wait_for("You are signed in").await;
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_that_the_environment_names_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let opened = folder.path().join("opened");
    let made = std::process::Command::new("mkfifo").arg(&opened).status().unwrap();
    assert!(made.success());
    let script = folder.path().join("browser");
    std::fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", opened.display()))
        .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    // Open for writing as well, so that there is no end of file before the script is run.
    let opened = pipe::OpenOptions::new().read_write(true).open_receiver(&opened).unwrap();
    let mut opened = BufReader::new(opened).lines();

    let chromium = Chromium::start().await;
    let start = Start::new(&["demo", "--interactive"]).env("BROWSER", script.to_str().unwrap());
    let mut client = start.connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = timeout(PATIENCE, opened.next_line()).await.unwrap().unwrap().unwrap();
    assert_eq!(page, client.process().sign_in_page().await);
    chromium.open(&page).await;
    chromium.click(APPROVE).await;
    chromium.wait_for("You are signed in").await;
    client.outcome("listManagedObjects", id).await.ok();
    let log = client.process().log();
    assert!(!log.contains("no browser could be opened"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_code_on_the_page_that_shows_it() {
    let chromium = Chromium::start().await;
    let start = Start::new(&["demo", "--interactive", "--login", "device"]);
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let question = client.question().await;
    let page = client.process().sign_in_page().await;
    let code = page.split_once("user_code=").unwrap().1;
    assert!(question["params"]["message"].as_str().unwrap().contains(code));

    chromium.open(&page).await;
    chromium.wait_for(code).await;
    look_at(&chromium, "device").await;
    chromium.click(APPROVE).await;
    chromium.wait_for("You are signed in").await;
    look_at(&chromium, "device-approved").await;
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_run_nothing_and_load_nothing() {
    const HOSTILE: &str = "<script src=\"https://evil.example/x.js\"></script>\
        <img src=\"https://evil.example/x.png\" onerror=\"document.title='evil'\">";
    let chromium = Chromium::start().await;
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;

    sim.refuse_next_sign_in("access_denied", HOSTILE);
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let callback = url::Url::parse(&page).unwrap().origin().ascii_serialization();
    chromium.open(&callback).await;
    chromium.wait_for("Nothing to see here").await;
    look_at(&chromium, "stray").await;
    assert_inert(&chromium, "Nothing to see here").await;

    chromium.open(&format!("{callback}/?code=c&state=of-another-login")).await;
    chromium.wait_for("This sign-in is out of date").await;
    look_at(&chromium, "expired").await;
    assert_inert(&chromium, "This sign-in is out of date").await;

    // The command line's other readers come too late.
    let first = aic_e2e::Browser::new();
    first.redirect_of(&page).await;
    chromium.open(&page).await;
    chromium.wait_for("Not the browser that signs in").await;
    look_at(&chromium, "other-browser").await;
    assert_inert(&chromium, "Not the browser that signs in").await;
    assert_eq!(first.open(&page).await.unwrap().0, 400);
    client.outcome("listManagedObjects", id).await.failed();

    sim.refuse_next_sign_in("access_denied", HOSTILE);
    let id = client.start_call("listManagedObjects", json!({})).await;
    chromium.open(&client.process().sign_in_page().await).await;
    assert_inert(&chromium, "The sign-in did not work").await;
    let text = chromium.text().await;
    assert!(text.contains(HOSTILE), "{text}");
    client.outcome("listManagedObjects", id).await.failed();

    let id = client.start_call("listManagedObjects", json!({})).await;
    chromium.open(&client.process().sign_in_page().await).await;
    assert_inert(&chromium, "You are signed in").await;
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_choice_is_in_view_without_scrolling() {
    let chromium = Chromium::start().await;
    for (arguments, page) in
        [(&[][..], "Sign in to the"), (&["--login", "device"][..], "Does it show this code?")]
    {
        let start = Start::new(&[&["demo", "--interactive"], arguments].concat());
        let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
        client.start_call("listManagedObjects", json!({})).await;
        for look in [Look::LAPTOP, Look::WIDE, Look::PHONE] {
            chromium.look(look).await;
            if look == Look::LAPTOP {
                chromium.open(&client.process().sign_in_page().await).await;
                chromium.wait_for(page).await;
            }
            chromium.evaluate("scrollTo(0, 0)").await;
            for button in [APPROVE, REFUSE] {
                assert!(can_be_clicked(&chromium, button).await, "{page}, {}: {button}", look.name);
            }
            // At the end, what the application gets is all there to be read.
            chromium.evaluate("scrollTo(0, document.body.scrollHeight)").await;
            assert!(can_be_clicked(&chromium, ".scopes li:last-child").await, "{}", look.name);
        }
        chromium.look(Look::LAPTOP).await;
        chromium.evaluate("scrollTo(0, 0)").await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        let name = if arguments.is_empty() { "consent" } else { "consent-device" };
        chromium.screenshot(&folder.join(format!("{name}-laptop.png"))).await;
    }
}

/// Whether an element is wholly in view, and nothing is in front of it.
async fn can_be_clicked(chromium: &Chromium, css: &str) -> bool {
    let expression = format!(
        "(() => {{
            const element = document.querySelector('{css}');
            const box = element.getBoundingClientRect();
            const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
            return box.top >= 0 && box.left >= 0 && box.height > 0
                && box.bottom <= innerHeight && box.right <= innerWidth
                && element.contains(document.elementFromPoint(...middle));
        }})()"
    );
    chromium.evaluate(&expression).await == true
}

/// Asserts that a page of this title is shown whole, and that it did nothing but show itself.
async fn assert_inert(chromium: &Chromium, title: &str) {
    const ELSEWHERE: &str = "https://elsewhere.example/";
    chromium.wait_for(title).await;
    chromium.look(Look::PHONE).await;
    let beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(chromium.evaluate(beyond).await, 0, "{title} is wider than a phone");
    assert_eq!(chromium.evaluate("document.title").await, format!("{title} · aic-mcp"));
    for element in ["script", "img", "link", "iframe", "form", "[onerror]", "[style]"] {
        assert!(!chromium.has(element).await, "{title}: {element}");
    }
    // The status that a page comes with is all that there is to complain about.
    let complaints = chromium.complaints().await;
    let of_status =
        |line: &String| line.ends_with("400 (Bad Request)") || line.ends_with("403 (Forbidden)");
    assert!(complaints.iter().all(of_status), "{complaints:?}");
    let requests = chromium.requests().await;
    let here = ["http://127.0.0.1:", "http://localhost:", "data:"];
    let stray = requests.iter().find(|url| !here.iter().any(|start| url.starts_with(start)));
    assert_eq!(stray, None, "{title}");

    // What a page asks for all the same is blocked, and seen: the two lists would not be empty.
    let blocked = format!(
        "new Promise(resolve => {{
            addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
            document.body.append(Object.assign(new Image(), {{ src: '{ELSEWHERE}' }}));
        }})"
    );
    assert_eq!(chromium.evaluate(&blocked).await, "img-src");
    assert!(!chromium.complaints().await.is_empty());
    assert!(chromium.requests().await.iter().any(|url| url == ELSEWHERE));
}

/// Takes a picture of the page in every way to look at it, for people to judge.
async fn look_at(chromium: &Chromium, page: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.screenshot(&folder.join(format!("{page}-{}.png", look.name))).await;
    }
    chromium.look(Look::WIDE).await;
}
