//! The controls between a call and the tenant: the harm that the call would do, the question to a
//! person, the audit log, and the record by which a change can be undone.

pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod harm;
pub(crate) mod policy;
pub(crate) mod preview;

pub use audit::{
    Asked, AuditLog, AuditOutcome, AuditRecord, Break, Intact, verify as verify_audit_log,
};
pub use changes::{Changes, DirectoryKey, TooMuch, WriteLimit};
pub use harm::{Class, Harm};
pub use policy::Confirm;
