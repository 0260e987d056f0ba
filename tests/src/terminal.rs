use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::{Browser, PATIENCE, Start, binary};

/// `aic-mcp` at a terminal, with a person who reads what it says and types. It is killed when dropped.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    sign_in: bool,
    /// The output so far.
    written: Vec<u8>,
    /// How much of that was read by the person.
    read: usize,
}

impl Start {
    /// Starts it at a terminal that is wide enough for every line, without colours unless `TERM` is set.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn at_terminal(&self) -> Terminal {
        self.at_terminal_of(500)
    }

    /// Starts it at a terminal of so many columns.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn at_terminal_of(&self, columns: u16) -> Terminal {
        let program = binary().to_string_lossy().into_owned();
        let words = [&[program][..], self.args()].concat();
        self.words_at_terminal(&words, columns)
    }

    /// Starts another program at a terminal, in the same environment.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn program_at_terminal(&self, words: &[&str]) -> Terminal {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        self.words_at_terminal(&words, 500)
    }

    fn words_at_terminal(&self, words: &[String], columns: u16) -> Terminal {
        let command = format!("stty rows 100 cols {columns}; exec {}", shell_words::join(words));
        // script(1) has a terminal for the program, which does without none.
        let mut child = self
            .command("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .env("NO_COLOR", if self.wants_colours() { "" } else { "1" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("script can be started");
        let stdin = child.stdin.take().expect("standard input is a pipe");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        let sign_in = self.signs_in();
        Terminal { child, stdin, stdout, sign_in, written: Vec::new(), read: 0 }
    }
}

impl Terminal {
    /// Waits for a question, of which this is the end, and types the answer.
    ///
    /// # Panics
    ///
    /// When it is not asked in time.
    pub async fn answer(&mut self, question: &str, answer: &str) {
        let asked = timeout(PATIENCE, async {
            while !self.has_asked(question) {
                assert!(self.receive().await, "it ended; at the terminal:\n{}", self.screen());
            }
        });
        let asked = asked.await;
        assert!(asked.is_ok(), "{question:?} is not asked; at the terminal:\n{}", self.screen());
        self.read = self.written.len();
        self.stdin.write_all(format!("{answer}\n").as_bytes()).await.expect("it can be typed");
    }

    /// Waits until it asks for an approval, and types the code that it shows, or something else.
    ///
    /// # Panics
    ///
    /// When it does not ask in time.
    pub async fn approve(&mut self, other: Option<&str>) {
        const ASKED: &str = "anything else to refuse:";
        let asked = timeout(PATIENCE, async {
            while !self.has_asked(ASKED) {
                assert!(self.receive().await, "it ended; at the terminal:\n{}", self.screen());
            }
        });
        assert!(asked.await.is_ok(), "no code is asked for; at the terminal:\n{}", self.screen());
        let unread = String::from_utf8_lossy(&self.written[self.read..]).into_owned();
        let code = unread.rsplit("Type ").next().and_then(|rest| rest.split(' ').next());
        let typed = other.unwrap_or(code.expect("a code is shown")).to_owned();
        self.answer(ASKED, &typed).await;
    }

    /// Waits for its end, and returns what the terminal shows then.
    ///
    /// # Panics
    ///
    /// When it does not end in time.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let status = timeout(PATIENCE, async {
            while self.receive().await {}
            self.child.wait().await.expect("a status")
        });
        let status = status.await;
        let status = status.unwrap_or_else(|_| panic!("it does not end:\n{}", self.screen()));
        (status, self.screen())
    }

    /// Waits for its end, and returns every byte that came.
    ///
    /// # Panics
    ///
    /// When it does not end in time.
    pub async fn ended_as_written(mut self) -> String {
        let all = timeout(PATIENCE, async { while self.receive().await {} }).await;
        assert!(all.is_ok(), "it does not end:\n{}", self.screen());
        String::from_utf8_lossy(&self.written).into_owned()
    }

    fn has_asked(&self, question: &str) -> bool {
        /// A shell tells the terminal after its prompt to mark what is pasted.
        const MARKS_PASTE: &str = "\u{1b}[?2004h";
        let unread = String::from_utf8_lossy(&self.written[self.read..]);
        unread.trim_end().trim_end_matches(MARKS_PASTE).trim_end().ends_with(question)
    }

    /// Takes what comes next, and signs in where that is asked for. Whether anything came.
    async fn receive(&mut self) -> bool {
        let before = self.written.len();
        // A terminal whose program has ended cannot be read.
        if self.stdout.read_buf(&mut self.written).await.unwrap_or(0) == 0 {
            return false;
        }
        // A page is opened when its line is complete.
        let text = String::from_utf8_lossy(&self.written).into_owned();
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            end += line.len();
            let page = line.trim_end().strip_prefix("aic-mcp: to sign in, open ");
            if let Some(page) =
                page.filter(|_| self.sign_in && end > before && line.ends_with('\n'))
            {
                let page = page.to_owned();
                tokio::spawn(async move { Browser::new().open(&page).await });
            }
        }
        true
    }

    /// The lines as they are seen: what was written over is gone.
    fn screen(&self) -> String {
        let text = String::from_utf8_lossy(&self.written).replace("\r\n", "\n");
        let seen = |line: &str| {
            let last = line.rsplit('\r').next().unwrap_or_default();
            last.replace("\u{1b}[K", "")
        };
        text.split('\n').map(seen).collect::<Vec<_>>().join("\n")
    }
}
