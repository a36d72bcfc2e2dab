//! Denials as text: who was denied what, and the remediation.

use super::Paint;
use crate::guard::{Denial, DenialType, DenyingStatement, Layer};
use crate::plan::Outcome;

/// The lines of a denial, without indentation.
pub fn denial_lines(denial: &Denial, paint: Paint) -> Vec<String> {
    let Denial {
        principal,
        action,
        resource,
        layer,
        manner,
        policy,
        through,
        encoded: _,
        not_decoded,
        authorization_id: _,
        ask,
        statements,
        judged,
        allow,
        mend,
    } = denial;
    let mut lines = vec![format!("{} {}", paint.red("denied by:"), by(*layer, *manner, *through))];
    let mut told = |label: &str, text: &str| lines.push(format!("{} {text}", paint.dim(label)));
    if let Some(policy) = policy {
        told("policy:", policy);
    }
    for statement in statements {
        told("statement:", &decided(statement));
    }
    for verdict in judged {
        let label = if verdict.outcome == Outcome::Unknown { "known here, possibly:" } else { "known here:" };
        told(label, &verdict.message);
    }
    if let Some(action) = action {
        let on = resource.as_ref().map(|resource| format!(" on {resource}")).unwrap_or_default();
        told("what:", &format!("{action}{on}"));
    }
    if let Some(principal) = principal {
        told("who:", principal);
    }
    if !mend.is_empty() {
        lines.push(format!("{} {mend}", paint.cyan("hint:")));
    }
    if let Some(allow) = allow {
        lines.push(format!("{} a statement that allows it: {allow}", paint.cyan("hint:")));
    }
    if let Some(reason) = not_decoded {
        lines.push(format!("{} AWS's details are encoded, and could not be decoded: {reason}", paint.yellow("note:")));
    }
    for command in ask {
        lines.push(format!("{} to see more: {command}", paint.cyan("hint:")));
    }
    lines
}

fn by(layer: Option<Layer>, manner: Option<DenialType>, through: Option<Layer>) -> String {
    let how = match manner {
        Some(DenialType::Explicit) => ", with an explicit deny",
        Some(DenialType::Implicit) => ", since no statement allows it",
        None => "",
    };
    let behind = through.map(|layer| format!(", transitively through a {layer}")).unwrap_or_default();
    match layer {
        Some(layer) => format!("{layer}{behind}{how}"),
        None if manner == Some(DenialType::Explicit) => {
            "an explicit deny; AWS doesn't report of which policy".to_owned()
        }
        None => "AWS doesn't report which kind of policy".to_owned(),
    }
}

fn decided(statement: &DenyingStatement) -> String {
    let DenyingStatement { sid, effect, actions, resources } = statement;
    let name = if sid.is_empty() { "without a name".to_owned() } else { format!("`{sid}`") };
    let verb = if effect.eq_ignore_ascii_case("DENY") { "denies" } else { "allows" };
    format!("{name} {verb} {} on {}", actions.join(", "), resources.join(", "))
}
