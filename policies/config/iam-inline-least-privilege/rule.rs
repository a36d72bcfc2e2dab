//! A role's inline policies should allow what somebody has declared a need for, and nothing besides. Needs are declared by the
//! stack's file: the access patterns in `grants`, and what Lambda does in the name of its functions and triggers (logs, network
//! interfaces, traces, reads of streams and queues, failed events). Where a role has no `grants`, nobody has declared what its
//! code does, and only policies that the file doesn't have are found. The smallest policy is what is expected.

use serde_json::{Value, json};

use crate::policy::{Beyond, Document, Policy, Statement, Superfluous, documents_of, mentions, superfluous};
use crate::rules::held_policies::some_of;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// Fails for inline policies beyond the declared needs, and for those that the file doesn't have.
pub(crate) fn judge(role: &Subject<'_>, world: &World<'_>) -> Answer {
    let Some(item) = role.members() else { return Ok(Verdict::NotApplicable) };
    let needs = match item.pointer("/supplementaryConfiguration/DeclaredNeeds") {
        None => return Ok(Verdict::NotApplicable),
        Some(Value::String(text)) => return Err(role.unknown(text)),
        Some(needs) => needs,
    };
    let list = |member: &str| needs.get(member).and_then(Value::as_array);
    let named = list("InlinePolicies").map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    let held = documents_of(role.type_name(), item, false);
    let (mut faults, mut unknown) = (Vec::new(), None);
    let is_foreign = |name: &str| named.as_ref().is_some_and(|names| !name.is_empty() && !names.contains(&name));
    for one in held.iter().filter(|one| is_foreign(&one.name)) {
        let fault = Fault::new(&*one.pointer, format!("the policy `{}` is not in the stack's file", one.name));
        faults.push(fault.expected("no policy of that name").actual(one.name.clone()));
    }
    let Some(grants) = list("Grants") else {
        let unread = held.iter().find_map(|one| one.document.as_ref().err());
        return match (faults.is_empty(), unread) {
            (false, _) => Ok(Verdict::Fail(faults)),
            (true, Some(text)) => Err(role.unknown(text)),
            (true, None) => Ok(Verdict::NotApplicable),
        };
    };
    let others = list("Statement").map(Vec::as_slice).unwrap_or_default();
    let undeclared = undeclared_function(role, world, list("Functions").map(Vec::as_slice).unwrap_or_default());
    let all: Value = grants.iter().chain(others).cloned().collect();
    let needed = statements(&all)?;
    let mut parsed = Vec::new();
    for one in &held {
        match one.parsed() {
            Ok(document) => parsed.push((one, document)),
            Err(text) => unknown = unknown.or(Some(role.unknown(&text))),
        }
    }
    let own: Vec<Policy> = parsed.iter().map(|(one, document)| Policy::new(&*one.name, document)).collect();
    for (one, document) in parsed.iter().filter(|(one, _)| !is_foreign(&one.name)) {
        match (superfluous(document, &own, &needed), &undeclared) {
            (Ok(parts), _) if parts.is_empty() => {}
            (Ok(_), Err(why)) => unknown = unknown.or(Some(why.clone())),
            (Ok(parts), Ok(())) => {
                // Whether a queue, stream or table is encrypted with a key of KMS is nowhere in the file.
                let (of_keys, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(uses_key);
                if !of_keys.is_empty() {
                    let why = "which keys the sources and targets are encrypted with is not in the stack's file";
                    unknown = unknown.or(Some(Unknown(why.to_owned())));
                }
                if parts.is_empty() {
                    continue;
                }
                let keys = if of_keys.is_empty() { "" } else { ", and what it needs of keys of KMS" };
                let message = format!("the policy `{}` allows more than what is declared: {}", one.name, said(&parts));
                let fault = Fault::new(&*one.pointer, message);
                faults.push(fault.expected(smallest(document, others) + keys).actual(listed(&parts)));
            }
            (Err(text), _) => unknown = unknown.or(Some(role.unknown(&text))),
        }
    }
    match (faults.is_empty(), unknown) {
        (false, _) => Ok(Verdict::Fail(faults)),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(Verdict::Pass),
    }
}

/// An error if a function that the file doesn't have runs as the role: nobody knows what it needs.
fn undeclared_function(role: &Subject<'_>, world: &World<'_>, declared: &[Value]) -> Result<(), Unknown> {
    for function in world.of("AWS::Lambda::Function")? {
        let runs = function.text("/configuration/role")? == Some(role.arn());
        if runs && !declared.iter().any(|name| name.as_str() == Some(function.id())) {
            return Err(Unknown(format!(
                "the function `{}`, which the stack's file lacks, runs as the role",
                function.id()
            )));
        }
    }
    Ok(())
}

/// Returns whether a part is one of the actions with which a service uses a key in the role's name.
fn uses_key(part: &Superfluous) -> bool {
    ["kms:decrypt", "kms:generatedatakey", "kms:describekey", "kms:encrypt"]
        .contains(&part.action.to_lowercase().as_str())
}

fn statements(all: &Value) -> Result<Vec<Statement>, Unknown> {
    let document = Document::from_aws(&json!({"Version": "2012-10-17", "Statement": all}));
    document
        .map(|document| document.statements)
        .ok_or_else(|| Unknown("the declared needs are not understood".to_owned()))
}

/// A few of the superfluous parts, in a sentence.
fn said(parts: &[Superfluous]) -> String {
    let part = |one: &Superfluous| match &one.beyond {
        Beyond::Action => one.action.clone(),
        Beyond::Resource { allowed, needed } => {
            let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
            format!("{} on {allowed}, which is needed on {}", one.action, some_of(&needed))
        }
        Beyond::Condition { key } => format!("{} without the condition on {key}", one.action),
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    some_of(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The texts of the policy that allow them, each once.
fn listed(parts: &[Superfluous]) -> String {
    let mut written: Vec<&str> = Vec::new();
    for one in parts {
        if !written.contains(&one.written.as_str()) {
            written.push(&one.written);
        }
    }
    written.join(", ")
}

/// The smallest policy: what is needed besides the policy that `grants` give, and that this one has allowed.
fn smallest(document: &Document, needs: &[Value]) -> String {
    let mut kept: Vec<Value> = Vec::new();
    for need in needs {
        let actions: Vec<&Value> = need.get("Action").and_then(Value::as_array).into_iter().flatten().collect();
        let wanted = |action: &&&Value| action.as_str().is_some_and(|action| mentions(document, action));
        let wanted: Vec<&&Value> = actions.iter().filter(wanted).collect();
        if !wanted.is_empty() {
            let statement = json!({"Effect": "Allow", "Action": wanted, "Resource": need.get("Resource")});
            if !kept.contains(&statement) {
                kept.push(statement);
            }
        }
    }
    if kept.is_empty() {
        return "no such policy: `grants` give the role all that is declared".to_owned();
    }
    json!({"Version": "2012-10-17", "Statement": kept}).to_string()
}
