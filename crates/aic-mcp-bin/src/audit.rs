//! Keeping the local audit log, for the server and for `aic-mcp call`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aic_auth::{Session, TokenSource};
use aic_tools::{AnyTool, AuditLog, AuditOutcome, AuditRecord, Failure, JsonObject, Watch};
use anyhow::Context;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::timeout;

/// How long the log may be busy, with another process that adds to it, before it counts as broken.
const TIME_TO_WRITE: Duration = Duration::from_secs(5);

/// The audit log, where one is kept.
#[derive(Debug)]
pub(crate) struct Audit {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    log: Arc<AuditLog>,
    session: Session,
    /// Whether the last record could not be written.
    broken: AtomicBool,
}

/// A call that is under way.
pub(crate) struct Audited {
    arguments: JsonObject,
    client: Option<String>,
    time: SystemTime,
    started: Instant,
    pub(crate) watch: Arc<Watch>,
}

impl Audit {
    /// Opens the file, if one was named.
    pub(crate) fn open(file: Option<&Path>, session: &Session) -> anyhow::Result<Self> {
        let kept = file.map(|file| {
            let log = AuditLog::open(file).with_context(|| {
                format!("AIC_AUDIT_LOG or --audit-log {} cannot be written", file.display())
            })?;
            let log = Arc::new(log);
            anyhow::Ok(Kept { log, session: session.clone(), broken: AtomicBool::new(false) })
        });
        Ok(Self { kept: kept.transpose()? })
    }

    /// A call starts. Where its record could not be written, a tool that writes is refused: what
    /// leaves no trail is not done.
    pub(crate) fn start(
        &self,
        tool: &dyn AnyTool,
        arguments: &JsonObject,
        client: Option<String>,
    ) -> Result<Audited, Failure> {
        let spec = tool.spec();
        if let Some(kept) = &self.kept
            && spec.effect.writes()
            && kept.broken.load(Ordering::Relaxed)
        {
            return Err(Failure::without_trail(spec.name));
        }
        let arguments = if self.kept.is_some() { arguments.clone() } else { JsonObject::new() };
        let (time, started) = (SystemTime::now(), Instant::now());
        Ok(Audited { arguments, client, time, started, watch: Arc::default() })
    }

    /// The call has ended.
    pub(crate) async fn end(
        &self,
        call: Audited,
        tool: &dyn AnyTool,
        outcome: AuditOutcome,
        problem: Option<String>,
    ) {
        let Some(kept) = &self.kept else { return };
        let duration = call.started.elapsed();
        // Who it is can be asked only while there is time for it.
        let administrator = match outcome {
            AuditOutcome::Succeeded | AuditOutcome::Failed => kept.session.administrator().await,
            _ => kept.session.known_administrator(),
        };
        let spec = tool.spec();
        kept.write(AuditRecord {
            time: date(call.time),
            tool: spec.name.to_owned(),
            toolset: Some(spec.toolset.as_str()),
            effect: Some(spec.effect.as_str()),
            tenant: kept.session.tenant().to_string(),
            administrator,
            client: call.client,
            arguments: call.arguments.into(),
            asked: call.watch.asked(),
            outcome,
            problem,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            transaction_ids: call.watch.transaction_ids(),
            requests: call.watch.requests(),
        })
        .await;
    }

    /// Something was called that is no tool, or none that is offered.
    pub(crate) async fn refuse(
        &self,
        name: &str,
        arguments: &JsonObject,
        client: Option<String>,
        problem: String,
    ) {
        /// Names of tools are shorter; what a client sends may be anything.
        const LONGEST_NAME: usize = 200;
        let Some(kept) = &self.kept else { return };
        kept.write(AuditRecord {
            time: date(SystemTime::now()),
            tool: name.chars().take(LONGEST_NAME).collect(),
            toolset: None,
            effect: None,
            tenant: kept.session.tenant().to_string(),
            administrator: kept.session.known_administrator(),
            client,
            arguments: arguments.clone().into(),
            asked: None,
            outcome: AuditOutcome::Refused,
            problem: Some(problem),
            duration_ms: 0,
            transaction_ids: Vec::new(),
            requests: 0,
        })
        .await;
    }
}

impl Kept {
    /// Adds a record, apart from the loop: another process may hold the file.
    async fn write(&self, record: AuditRecord) {
        let log = Arc::clone(&self.log);
        let writing = tokio::task::spawn_blocking(move || log.write(&record));
        let problem = match timeout(TIME_TO_WRITE, writing).await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(error))) => Some(error.to_string()),
            Ok(Err(_)) => Some("writing it was broken off".to_owned()),
            Err(_) => Some("another program holds it".to_owned()),
        };
        if let Some(problem) = &problem {
            tracing::error!("the audit log cannot be written: {problem}");
        }
        self.broken.store(problem.is_some(), Ordering::Relaxed);
    }
}

fn date(time: SystemTime) -> String {
    OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default()
}
