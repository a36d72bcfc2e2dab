//! The worker of `examples/org-audit`: the command as a function of AWS Lambda, driven by Lambda's own HTTP interface on
//! loopback, with the accounts and the bucket in unmodified moto.
//!
//! Source: Lambda Developer Guide, "Using the Lambda runtime API".

use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use underpin::audit::Report;
use underpin::aws::Aws;

use crate::support::{ACCOUNT, Answer, Asked, Moto, Run, Stub, aws_at, pass_on, root};

const OTHER: &str = "210987654321";
const CLOSED: &str = "333333333333";
const REGION: &str = "eu-central-1";

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn to() -> Value {
    json!({"bucket": "reports", "prefix": "audit/2026-11-30"})
}

fn audit(account: &str) -> Value {
    json!({"task": "audit", "account": account, "role": "underpin-audit", "regions": [REGION], "to": to()})
}

/// moto with three accounts, behind a server that lets nobody into one of them.
struct Organization {
    moto: Moto,
    front: Stub,
}

impl Organization {
    fn start() -> Self {
        let moto = Moto::start();
        let port = moto.port();
        let front = Stub::start(move |asked| {
            let body = String::from_utf8_lossy(&asked.body);
            if asked.name() == "sts AssumeRole" && body.contains(CLOSED) {
                let refused =
                    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
                return Answer { status: 403, headers: Vec::new(), body: refused.into() };
            }
            pass_on(asked, port).unwrap_or(Answer { status: 500, headers: Vec::new(), body: Vec::new() })
        });
        let place = Self { moto, front };
        place.by_hand("PUT", "/reports");
        for account in [ACCOUNT, OTHER] {
            let input = json!({
                "TableName": format!("table-of-{account}"), "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]
            });
            run(place.account(account).ask("dynamodb:CreateTable", input, None)).expect("a table is made");
        }
        place
    }

    fn account(&self, account: &str) -> Aws {
        let aws = aws_at(&self.moto.endpoint());
        if account == ACCOUNT {
            return aws;
        }
        let role = underpin::audit::account::AccountRole::all("r", &[account.to_owned()], None, aws.env());
        let role = role.expect("a role").remove(0).role.expect("another account");
        run(aws.assume(&role)).expect("moto takes every role for one that is there")
    }

    fn by_hand(&self, method: &str, target: &str) {
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential=test/20261201/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=x"
        );
        let host = format!("127.0.0.1:{}", self.moto.port());
        let headers = vec![("authorization".to_owned(), signed), ("host".to_owned(), host)];
        let asked = Asked { method: method.to_owned(), target: target.to_owned(), headers, body: Vec::new() };
        let answer = pass_on(&asked, self.moto.port()).expect("moto answers");
        assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
    }

    fn put(&self, key: &str, body: &Value) {
        let content = ("application/json", body.to_string().into_bytes());
        run(aws_at(&self.moto.endpoint()).put_object("reports", key, content)).expect("an object is written");
    }

    fn report(&self, key: &str) -> Report {
        let body = run(aws_at(&self.moto.endpoint()).get_object("reports", key)).expect("the object is there");
        Report::from_json(body.as_slice()).expect("a report")
    }

    /// The worker's answers to events: what it returns, or its error.
    fn answers(&self, events: &[Value]) -> Vec<Result<Value, Value>> {
        let (lambda, answers) = runtime_api(events);
        let folder = tempfile::tempdir().expect("a folder can be made");
        let worker = Run::new(folder.path())
            .env("AWS_ENDPOINT_URL", self.front.endpoint())
            .env("AWS_REGION", REGION)
            .env("AWS_LAMBDA_RUNTIME_API", lambda.endpoint().trim_start_matches("http://"))
            .env("AWS_LAMBDA_FUNCTION_NAME", "underpin-audit")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let mut worker = worker.expect("the worker starts");
        let take = |_: &Value| answers.recv_timeout(Duration::from_mins(2)).expect("the worker answers");
        let taken = events.iter().map(take).collect();
        worker.kill().expect("it waits for the next event");
        worker.wait().expect("it ends");
        taken
    }
}

/// Lambda's interface: gives the events one after the other, and takes the answers.
fn runtime_api(events: &[Value]) -> (Stub, Receiver<Result<Value, Value>>) {
    let (send, answers) = channel();
    let send: Mutex<Sender<Result<Value, Value>>> = Mutex::new(send);
    let left = Arc::new(Mutex::new(events.iter().rev().cloned().collect::<Vec<_>>()));
    let server = Stub::start(move |asked| {
        let body = || serde_json::from_slice::<Value>(&asked.body).unwrap_or_default();
        let taken = Answer { status: 202, headers: Vec::new(), body: b"{}".to_vec() };
        let path = asked.target.trim_start_matches("/2018-06-01/runtime/invocation/");
        let answer = match path.split_once('/') {
            Some((_, "response")) => Ok(body()),
            Some((_, "error")) => Err(body()),
            _ => {
                let Some(event) = left.lock().expect("no other use").pop() else {
                    // Lambda holds the request until there is an event.
                    std::thread::sleep(Duration::from_hours(1));
                    return taken;
                };
                let header = |name: &str, value: &str| (format!("lambda-runtime-{name}"), value.to_owned());
                let headers = vec![
                    header("aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
                    header("deadline-ms", "4102444800000"),
                    header("invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:underpin-audit"),
                ];
                return Answer { status: 200, headers, body: event.to_string().into_bytes() };
            }
        };
        send.lock().expect("no other use").send(answer).expect("the test waits");
        taken
    });
    (server, answers)
}

#[test]
fn worker_audits_accounts_by_their_roles_and_merges_their_reports_with_those_that_failed() {
    let place = Organization::start();
    let missing = "444444444444";
    let listed = [ACCOUNT, OTHER, CLOSED, missing].map(|account| json!({"Id": account, "Name": "x"}));
    place.put("accounts.json", &json!(listed));
    let answers = place.answers(&[audit(ACCOUNT), audit(OTHER), audit(CLOSED)]);
    for (answer, account) in answers.iter().zip([ACCOUNT, OTHER]) {
        let answer = answer.as_ref().expect("it is audited");
        assert_eq!(answer["account"], account);
        assert_eq!(answer["report"], format!("audit/2026-11-30/accounts/{account}.json"));
        let report = place.report(answer["report"].as_str().expect("a key"));
        assert_eq!(report.scope.accounts, [account]);
        let table = format!("table-of-{account}");
        assert!(report.findings.iter().any(|finding| finding.resource.id == table), "{account}");
        assert_eq!(answer["summary"], json!(report.summary()));
        assert!(answer["calls"].as_u64() > Some(20), "{answer}");
    }
    let refused = answers[2].as_ref().expect_err("nobody may assume its role");
    assert_eq!(refused["errorType"], "AccountUnread");
    assert!(refused["errorMessage"].as_str().is_some_and(|why| why.contains("sts:AssumeRole")), "{refused}");

    // As Step Functions hands on what it caught.
    let error = json!({"Error": "AccountUnread", "Cause": refused.to_string()});
    let told = json!({"task": "not_assessed", "account": CLOSED, "to": to(), "error": error});
    let merge = json!({"task": "merge", "accounts": "accounts.json", "to": to()});
    let answers = place.answers(&[told, merge]);
    assert_eq!(answers[0].as_ref().expect("it is written")["not_assessed"], 1);
    let merged = answers[1].as_ref().expect("they are merged");
    assert_eq!((&merged["accounts"], &merged["audited"], &merged["not_assessed"]), (&json!(4), &json!(2), &json!(2)));
    let report = place.report("audit/2026-11-30/report.json");
    assert_eq!(report.scope.accounts, [ACCOUNT, OTHER]);
    for (account, why) in [(CLOSED, "sts:AssumeRole"), (missing, "it has no report")] {
        let entry = report.not_assessed.iter().find(|entry| entry.account == account).expect("it is never silent");
        assert!(entry.reason.contains(why), "{entry:?}");
    }
    let page = run(aws_at(&place.moto.endpoint()).get_object("reports", "audit/2026-11-30/report.html"));
    assert!(String::from_utf8(page.expect("the page is there")).expect("a text").contains("<!doctype html>"));
}

#[test]
fn worker_lists_the_accounts_of_the_organization_page_by_page() {
    let place = Organization::start();
    let aws = place.account(ACCOUNT);
    run(aws.ask("organizations:CreateOrganization", json!({"FeatureSet": "ALL"}), None)).expect("an organization");
    for number in 0..25 {
        let input = json!({"Email": format!("a{number}@example.com"), "AccountName": format!("a{number}")});
        run(aws.ask("organizations:CreateAccount", input, None)).expect("an account is made");
    }
    let answers = place.answers(&[json!({"task": "list_accounts", "to": to()})]);
    let answer = answers[0].as_ref().expect("they are listed");
    assert_eq!((&answer["accounts"], &answer["count"]), (&json!("audit/2026-11-30/accounts.json"), &json!(26)));
    let body = run(aws.get_object("reports", "audit/2026-11-30/accounts.json")).expect("the list is there");
    let list: Vec<Value> = serde_json::from_slice(&body).expect("a list");
    assert!(list.len() == 26 && list.iter().all(|one| one["Id"].as_str().is_some_and(|id| id.len() == 12)), "{list:?}");
}

#[test]
fn worker_gives_errors_by_name_and_goes_on_with_the_next_event() {
    let place = Organization::start();
    let lost = json!({"bucket": "nowhere", "prefix": "p"});
    let events = [
        json!({"task": "audit", "account": "12"}),
        json!({"task": "merge", "accounts": "accounts.json", "to": lost}),
        json!({"task": "merge", "accounts": "none.json", "to": to()}),
        json!({"task": "not_assessed", "account": OTHER, "to": to(), "error": {"Error": "States.Timeout"}}),
    ];
    let answers = place.answers(&events);
    let names: Vec<&str> = answers
        .iter()
        .map(|answer| answer.as_ref().map_or_else(|error| error["errorType"].as_str().unwrap_or_default(), |_| "none"))
        .collect();
    assert_eq!(names, ["BadEvent", "StorageFailed", "AuditFailed", "none"], "{answers:?}");
}

#[test]
fn role_in_each_account_may_make_the_reads_of_an_audit_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let printed = Run::new(folder.path()).args(&["permissions", "--for", "audit"]).output();
    let own: Value = serde_json::from_str(&printed.stdout).expect("a policy");
    let file = root().join("examples/org-audit/audit-role-policy.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the policy is there")).expect("JSON");
    assert_eq!(kept, own, "`underpin permissions --for audit > examples/org-audit/audit-role-policy.json` writes it");
}
