//! Any text as a policy of every kind: it is parsed, or refused at a place in it; the verdict of a parsed one is the
//! same for every order of its statements.
#![no_main]

use libfuzzer_sys::fuzz_target;
use underpin::policy::{Decision, Document, Known, Policy, PolicyKind, Request, canonicalize, evaluate, parse};

const KINDS: [PolicyKind; 5] =
    [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource, PolicyKind::Endpoint, PolicyKind::Scp];

fn requests() -> [Request; 3] {
    let ask = |action: &str, resource: &str| Request::new(action, resource);
    [
        ask("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders")
            .by("arn:aws:iam::123456789012:role/deployer")
            .with_value("aws:RequestedRegion", "eu-central-1")
            .with("aws:TagKeys", Known::Values(vec!["team".to_owned(), "tier".to_owned()]))
            .with("aws:SourceIp", Known::Absent),
        ask("iam:PassRole", "arn:aws:iam::123456789012:role/\u{E000}roles.a.arn\u{E001}"),
        ask("ec2:DescribeVpcs", "*").with("aws:CurrentTime", Known::Unknown),
    ]
}

fuzz_target!(|text: &str| {
    if let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) {
        canonicalize(&mut value);
        let once = value.clone();
        canonicalize(&mut value);
        assert_eq!(value, once, "what is canonical stays so");
        drop(Document::from_aws(&value));
    }
    for kind in KINDS {
        let document = match parse(text, kind) {
            Ok(document) => document,
            Err(errors) => {
                assert!(!errors.is_empty(), "what is refused is told why");
                let lines = text.lines().count().max(1) + 1;
                assert!(errors.iter().all(|error| (1..=lines).contains(&error.line)), "{errors:?}");
                continue;
            }
        };
        let mut turned = document.clone();
        turned.statements.reverse();
        let (policy, turned) = (Policy::new("p", &document), Policy::new("p", &turned));
        for request in requests() {
            let (one, other) = (evaluate([&policy], &request), evaluate([&turned], &request));
            assert_eq!(one.decision, other.decision, "the order of statements means nothing");
            let full = evaluate([&policy, &Policy::full_access()], &request).decision;
            assert!(full != Decision::ImplicitlyDenied, "beside one that allows everything, nothing is left out");
        }
    }
});
