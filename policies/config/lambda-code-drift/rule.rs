//! The code that runs should be the code that is in the repository: somebody who changes a function in the console leaves no
//! trace there. The digest of the archive that the stack's file would build, which is the same for the same files, is
//! compared with the one that Lambda reports. Source: Lambda API reference, `FunctionConfiguration`, `CodeSha256`.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// Fails for a function whose code is not what its stack's file builds.
pub(crate) fn judge(function: &Subject<'_>, _: &World<'_>) -> Answer {
    let Some(built) = function.text("/supplementaryConfiguration/DeclaredCode/CodeSha256")? else {
        return Ok(Verdict::NotApplicable);
    };
    let pointer = "/configuration/codeSha256";
    let live = function.text(pointer)?;
    if live == Some(built) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(pointer, "the deployed code is not what the stack's sources build");
    Ok(Verdict::Fail(vec![fault.expected(built).actual(live.unwrap_or("absent"))]))
}
