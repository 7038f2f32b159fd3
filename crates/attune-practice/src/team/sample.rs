//! The sample practice's people.

use attune_kernel::MemberId;
use attune_store::{Result, WriteTx};

use super::Role;

/// The second clinician.
pub(crate) async fn colleague(tx: &mut WriteTx) -> Result<MemberId> {
    Ok(super::add(tx, "Dr Samuel Okoro", Role::Clinician).await?.id)
}
