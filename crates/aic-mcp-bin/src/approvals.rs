//! Approvals of calls that nobody could be asked about through the client: a server leaves the
//! question in a directory of the user's, and `aic-mcp approve` puts the answer beside it.

use std::collections::HashMap;
use std::env;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aic_tools::PrivateDir;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a question waits for its answer.
pub(crate) const TIME_TO_APPROVE: Duration = Duration::from_mins(10);
/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The questions of this process that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct Approvals {
    waiting: Mutex<HashMap<[u8; 32], Waiting>>,
}

#[derive(Debug, Clone)]
struct Waiting {
    id: ApprovalId,
    secret: String,
    until: SystemTime,
}

/// What has become of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The call may be done, once.
    Approved,
    /// It may not.
    Denied,
    /// Nobody has answered yet.
    Waiting(ApprovalId),
    /// Nobody has been asked, or the answer came too late.
    NotAsked,
}

/// The name of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ApprovalId(u32);

/// A question, as its file has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    pub(crate) tool: String,
    pub(crate) tenant: String,
    pub(crate) text: String,
    /// Seconds since 1970.
    expires: u64,
    /// What an answer has to repeat.
    secret: String,
}

impl Approvals {
    /// What has become of the question about this call. A yes or no is good for once.
    pub(crate) fn verdict(&self, call: &[u8; 32]) -> Verdict {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = all.get(call).cloned() else { return Verdict::NotAsked };
        let answer = directory().ok().and_then(|dir| {
            let answer = dir.read(&waiting.id.answer(), LARGEST).ok()??;
            String::from_utf8(answer).ok()
        });
        let verdict = if SystemTime::now() > waiting.until {
            Verdict::NotAsked
        } else if answer.as_deref() == Some(&format!("yes {}", waiting.secret)) {
            Verdict::Approved
        } else if answer.as_deref() == Some(&format!("no {}", waiting.secret)) {
            Verdict::Denied
        } else {
            return Verdict::Waiting(waiting.id);
        };
        all.remove(call);
        forget(waiting.id);
        verdict
    }

    /// Leaves a question about a call.
    pub(crate) fn ask(
        &self,
        call: [u8; 32],
        tool: &str,
        tenant: &str,
        text: &str,
    ) -> anyhow::Result<ApprovalId> {
        let id = ApprovalId(Uuid::new_v4().as_fields().0);
        let until = SystemTime::now() + TIME_TO_APPROVE;
        let secret = Uuid::new_v4().to_string();
        let expires = until.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let question = Question {
            tool: tool.to_owned(),
            tenant: tenant.to_owned(),
            text: text.to_owned(),
            expires,
            secret: secret.clone(),
        };
        directory()?.write(&id.question(), &serde_json::to_vec(&question)?)?;
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, waiting| SystemTime::now() <= waiting.until);
        all.insert(call, Waiting { id, secret, until });
        Ok(id)
    }
}

impl Question {
    /// The question of this id.
    pub(crate) fn find(id: ApprovalId) -> anyhow::Result<Self> {
        let content = directory()?.read(&id.question(), LARGEST)?;
        let question: Option<Self> = content.and_then(|text| serde_json::from_slice(&text).ok());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        match question {
            Some(question) if now <= question.expires => Ok(question),
            Some(_) => {
                forget(id);
                bail!("{id} has expired; have the assistant call the tool again for a new one")
            }
            None => bail!("nothing waits for an approval of the id {id}"),
        }
    }

    /// Answers it.
    pub(crate) fn answer(&self, id: ApprovalId, yes: bool) -> anyhow::Result<()> {
        let word = if yes { "yes" } else { "no" };
        directory()?.write(&id.answer(), format!("{word} {}", self.secret).as_bytes())?;
        Ok(())
    }
}

fn forget(id: ApprovalId) {
    if let Ok(dir) = directory() {
        let _ = dir.remove(&id.question());
        let _ = dir.remove(&id.answer());
    }
}

/// Where questions and answers lie: a directory that is the user's alone.
///
/// It is below the home directory whatever else the environment says: most clients start a server with
/// hardly more of it than `HOME`, and the terminal has to look in the same place.
fn directory() -> anyhow::Result<PrivateDir> {
    let home = env::home_dir().context("there is no home directory")?;
    let path = home.join(".local/state/aic-mcp/approvals");
    PrivateDir::open(&path).with_context(|| format!("{} cannot be used", path.display()))
}

impl ApprovalId {
    fn question(self) -> String {
        format!("{self}.json")
    }

    fn answer(self) -> String {
        format!("{self}.answer")
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}-{:04X}", self.0 >> 16, self.0 & 0xFFFF)
    }
}

impl FromStr for ApprovalId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let plain = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let id = plain.then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
        id.map(Self).ok_or_else(|| "it is an id such as 7F3A-91C2".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_shown() {
        let id = ApprovalId(0x00F3_91C2);
        assert_eq!(id.to_string(), "00F3-91C2");
        assert_eq!("00f391c2".parse(), Ok(id));
        for bad in ["", "../../x", "+0F391C2", "00F3-91C", "00F3-91C2-1"] {
            assert!(bad.parse::<ApprovalId>().is_err(), "{bad}");
        }
    }
}
