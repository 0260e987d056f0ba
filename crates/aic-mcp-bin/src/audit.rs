//! Keeping the local audit log, for the server and for `aic-mcp call`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aic_auth::{Session, milliseconds};
use aic_tools::{
    AnyTool, AuditLog, AuditOutcome, AuditRecord, CallWatch, Failure, JsonObject, Spec,
};
use anyhow::Context;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::exit::{self, CommandError};

/// How long the log may be busy, with another process that adds to it, before it counts as broken.
const TIME_TO_WRITE: Duration = Duration::from_secs(5);

/// The audit log, where one is kept.
#[derive(Debug, Clone)]
pub(crate) struct Audit {
    kept: Option<Arc<OpenLog>>,
    /// The calls under way.
    open: TaskTracker,
}

#[derive(Debug)]
struct OpenLog {
    log: Arc<AuditLog>,
    session: Session,
    /// Whether the last record could not be written.
    broken: AtomicBool,
    /// The records that are being written.
    writing: TaskTracker,
}

/// A call that is under way. Its record is written when it ends, however it ends: where it is
/// dropped, as one that was cancelled.
pub(crate) struct Trail {
    /// Where the record goes, until it is written.
    kept: Option<Arc<OpenLog>>,
    spec: Spec,
    arguments: JsonObject,
    client: Option<String>,
    time: SystemTime,
    started: Instant,
    watch: Arc<CallWatch>,
    /// The end of the process waits for it.
    _open: TaskTrackerToken,
}

impl Audit {
    /// Opens the file, if one was named.
    pub(crate) fn open(file: Option<&Path>, session: &Session) -> exit::Result<Self> {
        let kept = file.map(|file| {
            let log = AuditLog::open(file).with_context(|| {
                format!("AIC_AUDIT_LOG or --audit-log {} cannot be written", file.display())
            })?;
            let broken = AtomicBool::new(false);
            let (log, session) = (Arc::new(log), session.clone());
            anyhow::Ok(Arc::new(OpenLog { log, session, broken, writing: TaskTracker::new() }))
        });
        let kept = kept.transpose().map_err(CommandError::wrong_use)?;
        Ok(Self { kept, open: TaskTracker::new() })
    }

    /// A call starts. Where its record could not be written, a tool that writes is refused: what
    /// leaves no trail is not done.
    pub(crate) fn start(
        &self,
        tool: &dyn AnyTool,
        arguments: &JsonObject,
        client: Option<String>,
    ) -> Result<Trail, Failure> {
        let spec = tool.spec();
        if let Some(kept) = &self.kept
            && spec.effect.writes()
            && kept.broken.load(Ordering::Relaxed)
        {
            return Err(Failure::without_trail(spec.name));
        }
        let arguments = if self.kept.is_some() { arguments.clone() } else { JsonObject::new() };
        Ok(Trail {
            kept: self.kept.clone(),
            spec: spec.clone(),
            arguments,
            client,
            time: SystemTime::now(),
            started: Instant::now(),
            watch: Arc::default(),
            _open: self.open.token(),
        })
    }

    /// Waits until all calls have ended and their records are written, though not for ever.
    pub(crate) async fn close(&self) {
        let all = async {
            self.open.close();
            self.open.wait().await;
            if let Some(kept) = &self.kept {
                kept.writing.close();
                kept.writing.wait().await;
            }
        };
        if timeout(TIME_TO_WRITE, all).await.is_err() {
            tracing::error!("the process ends before all calls have");
        }
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
            administrator: kept.session.administrator(),
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

impl Trail {
    /// The facts about the call while it runs.
    pub(crate) fn watch(&self) -> Arc<CallWatch> {
        Arc::clone(&self.watch)
    }

    /// The call has ended. Returns when its record is written.
    pub(crate) async fn end(mut self, outcome: AuditOutcome, problem: Option<String>) {
        if let Some(kept) = self.kept.take() {
            kept.write(self.record(&kept.session, outcome, problem)).await;
        }
    }

    fn record(
        &mut self,
        session: &Session,
        outcome: AuditOutcome,
        problem: Option<String>,
    ) -> AuditRecord {
        let duration = self.started.elapsed();
        AuditRecord {
            time: date(self.time),
            tool: self.spec.name.to_owned(),
            toolset: Some(self.spec.toolset.as_str()),
            effect: Some(self.spec.effect.as_str()),
            tenant: session.tenant().to_string(),
            administrator: session.administrator(),
            client: self.client.take(),
            arguments: std::mem::take(&mut self.arguments).into(),
            asked: self.watch.asked(),
            outcome,
            problem,
            duration_ms: milliseconds(duration),
            transaction_ids: self.watch.transaction_ids(),
            requests: self.watch.requests(),
        }
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        let Some(kept) = self.kept.take() else { return };
        let failure = Failure::cancelled(&self.spec, self.watch.sent_writes());
        let problem = Some(failure.summary().to_owned());
        let record = self.record(&kept.session, AuditOutcome::Cancelled, problem);
        // Nobody waits for this one but the end of the process.
        drop(kept.write(record));
    }
}

impl OpenLog {
    /// Adds a record, apart from the loop: another process may hold the file. The work has begun
    /// when this returns, and goes on where nobody waits for it.
    fn write(self: &Arc<Self>, record: AuditRecord) -> impl Future<Output = ()> + use<> {
        let log = Arc::clone(&self.log);
        let writing = self.writing.spawn_blocking(move || log.write(&record));
        let kept = Arc::clone(self);
        let noted = self.writing.spawn(async move {
            let problem = match timeout(TIME_TO_WRITE, writing).await {
                Ok(Ok(Ok(()))) => None,
                Ok(Ok(Err(error))) => Some(error.to_string()),
                Ok(Err(_)) => Some("writing it was broken off".to_owned()),
                Err(_) => Some("another program holds it".to_owned()),
            };
            if let Some(problem) = &problem {
                tracing::warn!("the audit log cannot be written: {problem}");
            }
            kept.broken.store(problem.is_some(), Ordering::Relaxed);
        });
        async move {
            let _ = noted.await;
        }
    }
}

fn date(time: SystemTime) -> String {
    OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default()
}
