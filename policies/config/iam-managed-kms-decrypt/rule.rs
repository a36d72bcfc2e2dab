//! Whoever may decrypt with every key may read whatever is encrypted in the account. As KMS.1 of Security Hub does, the
//! rule looks at actions and resources and takes no notice of conditions. Source: Security Hub user guide, "[KMS.1] IAM
//! customer managed policies should not allow decryption actions on all KMS keys".

use crate::policy::{Document, unconstrained};
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// Fails for customer managed policies that allow decryption with all keys.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let document = without_conditions(document);
        let open = unconstrained(&document, &["kms:Decrypt", "kms:ReEncryptFrom"]).into_iter().next()?;
        let message = "the policy allows decryption with every key".to_owned();
        Some(Wrong { message, statement: open.statement, actual: open.written })
    })
}

/// KMS.1 looks at actions and resources alone.
fn without_conditions(document: &Document) -> Document {
    let mut document = document.clone();
    document.statements.iter_mut().for_each(|statement| statement.condition.clear());
    document
}
