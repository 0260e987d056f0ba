use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, Capabilities, WebDriver};

use crate::PATIENCE;
use crate::browser::http;
use crate::process_group::ProcessGroup;
use crate::until::until;

/// A real browser without a window: Chromium, driven by chromedriver. Each has a profile of its
/// own, and is killed when dropped.
#[derive(Debug)]
pub struct Chromium {
    /// Only empty while this is being dropped.
    driver: Option<WebDriver>,
    /// Dropped before the folder, in which the browser keeps its files.
    _programs: ProcessGroup,
    _folder: TempDir,
}

/// A way to look at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Its name in the name of a screenshot.
    pub name: &'static str,
    width: u32,
    height: u32,
    phone: bool,
    dark: bool,
}

impl Look {
    /// Every way to look at a page.
    pub const ALL: [Self; 4] = [Self::WIDE, Self::PHONE, Self::WIDE_DARK, Self::PHONE_DARK];
    /// A window on a desktop.
    pub const WIDE: Self =
        Self { name: "wide", width: 1000, height: 700, phone: false, dark: false };
    /// A small screen of a computer.
    pub const LAPTOP: Self = Self { name: "laptop", width: 1280, height: 720, ..Self::WIDE };
    /// A phone held upright.
    pub const PHONE: Self =
        Self { name: "phone", width: 360, height: 740, phone: true, dark: false };
    /// A window on a desktop whose user prefers dark colours.
    pub const WIDE_DARK: Self = Self { name: "wide-dark", dark: true, ..Self::WIDE };
    /// A phone held upright whose user prefers dark colours.
    pub const PHONE_DARK: Self = Self { name: "phone-dark", dark: true, ..Self::PHONE };
}

impl Look {
    /// A window of this size.
    pub const fn sized(width: u32, height: u32) -> Self {
        Self { name: "sized", width, height, ..Self::WIDE }
    }
}

impl Chromium {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut command = Command::new("chromedriver");
        command
            .arg("--port=0")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path());
        let mut programs = ProcessGroup::start(command, "");
        let port: u16 = programs
            .said(|line| line.strip_suffix('.')?.rsplit_once(" on port ")?.1.parse().ok())
            .await;
        let client = http().timeout(PATIENCE).build().expect("a client can be made");
        let url = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::builder(url, capabilities(folder.path())).client(client).await;
        let driver = driver.expect("Chromium can be started");
        let chromium = Self { driver: Some(driver), _programs: programs, _folder: folder };
        chromium.look(Look::WIDE).await;
        chromium
    }

    /// Opens a page and waits until it has loaded.
    ///
    /// # Panics
    ///
    /// When it cannot be reached.
    pub async fn open(&self, url: &str) {
        self.driver().goto(url).await.expect("the page can be opened");
    }

    /// The address of the page that is shown.
    ///
    /// # Panics
    ///
    /// When the browser does not answer.
    pub async fn url(&self) -> url::Url {
        self.driver().current_url().await.expect("the page has an address")
    }

    /// The text of the page, as far as it can be seen.
    ///
    /// # Panics
    ///
    /// When there is no page.
    pub async fn text(&self) -> String {
        self.visible_text().await.expect("the page has text")
    }

    /// Waits until there is a page with this text.
    ///
    /// # Panics
    ///
    /// When there is none in time.
    pub async fn wait_for(&self, text: &str) {
        // While one page takes the place of another, the browser may answer with an error.
        let shown = async || self.visible_text().await.ok().filter(|shown| shown.contains(text));
        let shown = until(shown).await.is_some();
        assert!(shown, "no {text:?} on {}:\n{}", self.url().await, self.text().await);
    }

    /// Waits for an element and clicks it; the page that the click leads to has loaded.
    ///
    /// # Panics
    ///
    /// When there is no such element in time.
    pub async fn click(&self, css: &str) {
        let element = until(async || self.driver().find(By::Css(css)).await.ok()).await;
        let element = element.unwrap_or_else(|| panic!("there is no {css}"));
        element.click().await.expect("the element can be clicked");
    }

    /// Whether the page has such an element now.
    ///
    /// # Panics
    ///
    /// When the browser does not answer.
    pub async fn has(&self, css: &str) -> bool {
        !self.driver().find_all(By::Css(css)).await.expect("the page can be searched").is_empty()
    }

    /// The value of a JavaScript expression on the page. A page's own policy does not keep
    /// its browser from running it.
    ///
    /// # Panics
    ///
    /// When it fails.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        let result = self.driver().execute(script, Vec::new()).await;
        result.expect("the expression can be evaluated").json().clone()
    }

    /// Looks at the page, and at all that follow, in another way.
    ///
    /// # Panics
    ///
    /// When the browser does not answer.
    pub async fn look(&self, look: Look) {
        let Look { width, height, phone, dark, .. } = look;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        for (method, params) in
            [("Emulation.setDeviceMetricsOverride", metrics), ("Emulation.setEmulatedMedia", media)]
        {
            self.driver().cdp().send_raw(method, params).await.expect("a browser that adapts");
        }
    }

    /// Writes what can be seen of the page to a PNG file, whose folder is made.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub async fn screenshot(&self, file: &Path) {
        let folder = file.parent().expect("a file is in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        self.driver().screenshot(file).await.expect("a screenshot can be taken");
    }

    /// The browser's complaints since this was last asked: errors of scripts,
    /// violations of a page's policy, resources that could not be loaded.
    ///
    /// # Panics
    ///
    /// When the browser does not answer.
    pub async fn complaints(&self) -> Vec<String> {
        self.log("browser").await
    }

    /// The addresses of all that the browser has asked for since this was last asked, pages
    /// included.
    ///
    /// # Panics
    ///
    /// When the browser does not answer.
    pub async fn requests(&self) -> Vec<String> {
        let events = self.log("performance").await;
        events
            .iter()
            .filter_map(|event| serde_json::from_str::<Value>(event).ok())
            .map(|mut event| event["message"].take())
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .filter_map(|message| message["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    async fn log(&self, kind: &str) -> Vec<String> {
        let log = self.driver().get_log(kind).await.expect("the browser keeps a log");
        log.into_iter().map(|entry| entry.message).collect()
    }

    async fn visible_text(&self) -> WebDriverResult<String> {
        self.driver().find(By::Tag("body")).await?.text().await
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the browser runs")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Left to itself, the session would block this thread to ask for its end.
        let _ = self.driver.take().map(WebDriver::leak);
    }
}

fn capabilities(folder: &Path) -> Capabilities {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Containers often have too little of the shared memory that is used without this.
        "--disable-dev-shm-usage",
        "--lang=en-US",
        // Else it opens the page of a new tab first, which takes more time than all of a test.
        "--app=data:,",
    ];
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let arguments: Vec<_> = arguments.into_iter().map(str::to_owned).chain([profile]).collect();
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    capabilities.as_object().expect("an object").clone().into()
}
