use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An id that follows from what it stands for (RFC 9562, version 8): the same parts and the same
/// attempt give the same id. A call therefore sends the ids that its rehearsal showed.
pub fn derived_id(parts: &[&str], attempt: u32) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(attempt.to_be_bytes());
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}
