//! What stands between a call and the tenant: how much harm it would do, what a person is asked, what is
//! written down and can be undone.

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
pub use policy::{Confirm, Consent};
