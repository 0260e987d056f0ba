//! Keeping the local audit log, for the server and for `aic-mcp call`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use aic_auth::{Session, TokenSource};
use aic_tools::{AnyTool, AuditLog, AuditOutcome, AuditRecord, Failure, JsonObject, Watch};
use anyhow::Context;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The audit log, where one is kept.
#[derive(Debug)]
pub(crate) struct Audit {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    log: AuditLog,
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
        let record = AuditRecord {
            time: OffsetDateTime::from(call.time).format(&Rfc3339).unwrap_or_default(),
            tool: spec.name,
            toolset: spec.toolset.as_str(),
            effect: spec.effect.as_str(),
            tenant: kept.session.tenant().to_string(),
            administrator,
            client: call.client,
            arguments: call.arguments.into(),
            outcome,
            problem,
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            transaction_ids: call.watch.transaction_ids(),
            requests: call.watch.requests(),
        };
        let written = kept.log.write(&record);
        if let Err(error) = &written {
            tracing::error!("the audit log cannot be written: {error}");
        }
        kept.broken.store(written.is_err(), Ordering::Relaxed);
    }
}
