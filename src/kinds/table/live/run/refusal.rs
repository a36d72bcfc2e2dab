//! Refusals of `DynamoDB` after which a call may be retried, and those that mean that nothing is there.

use crate::aws::Refusal;

/// The table has another change.
const IN_CHANGE: Refusal = Refusal::of(&["ResourceInUseException"]).saying(&[
    "being updated",
    "being created",
    "being indexed",
    "UPDATING",
    "CREATING",
]);
/// Too many tables have a change. The code alone also means quotas, for which a retry does not help.
const CROWDED: Refusal = Refusal::of(&["LimitExceededException"]).saying(&["simultaneously", "concurrent", "Too many"]);
const CONCURRENT: Refusal = Refusal::of(&["ConcurrentModificationException", "ConcurrentUpdateException"]);
/// A policy's new principal is not known everywhere yet.
/// Source: IAM User Guide, "Changes that I make are not always immediately visible".
const NEW_PRINCIPAL: Refusal =
    Refusal::of(&["ValidationException"]).saying(&["invalid principal", "Invalid principal", "Invalid Principal"]);
/// Backups of a new table are not ready at once. Source: API reference, `UpdateContinuousBackups`, Errors.
const NO_BACKUPS_YET: Refusal = Refusal::of(&["ContinuousBackupsUnavailableException"]);

/// Refusals of any change. Source: API reference, "Common Errors"; measured messages.
pub(super) const RETRYABLE: &[Refusal] = &[IN_CHANGE, CROWDED, CONCURRENT];
/// Those of a change of the resource policy.
pub(super) const POLICY: &[Refusal] = &[IN_CHANGE, CROWDED, CONCURRENT, NEW_PRINCIPAL];
/// Those of a creation: a table that exists already does not go away.
pub(super) const CREATION: &[Refusal] = &[CROWDED, CONCURRENT, NEW_PRINCIPAL];
/// Those of a change of point-in-time recovery.
pub(super) const RECOVERY: &[Refusal] = &[IN_CHANGE, CROWDED, CONCURRENT, NO_BACKUPS_YET];
/// Those of a backup: that of an interrupted deletion may still be in progress.
pub(super) const BACKUP: &[Refusal] =
    &[IN_CHANGE, CROWDED, CONCURRENT, NO_BACKUPS_YET, Refusal::of(&["BackupInUseException"])];
/// Those of Application Auto Scaling. Source: its API reference, Errors of each operation.
pub(super) const SCALING: &[Refusal] = &[Refusal::of(&["ConcurrentUpdateException"])];

/// There is no resource policy. Source: API reference, `DeleteResourcePolicy`, Errors.
pub(super) const NO_POLICY: &[Refusal] = &[Refusal::of(&["PolicyNotFoundException"])];
/// There is no scalable target or policy: AWS's answer, and the message by which emulators say it.
pub(super) const NOT_SCALED: &[Refusal] =
    &[Refusal::of(&["ObjectNotFoundException"]), Refusal::of(&["ValidationException"]).saying(&["No scal"])];
