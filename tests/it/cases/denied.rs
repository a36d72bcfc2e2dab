//! Denials during an apply: who was denied, which calls are done, and the remediation.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{Answer, Place, Run, Stack, Stub, pass_on};

const ROLE: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, point_in_time_recovery: false, stream: new_image}
roles:
  worker: {assumed_by: lambda.amazonaws.com}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    triggers:
      orders: {stream: \"${tables.orders.stream_arn}\", starting_position: latest}
guardrails: {scps: [policies/scp]}
";

const WHO: &str = "arn:aws:iam::123456789012:user/sandbox";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:worker";
const POLICY: &str = "arn:aws:organizations::210987654321:policy/o-a/service_control_policy/p-functions";

/// A stack whose function's permission depends on a value that is unknown before the call.
fn place() -> Place {
    let condition = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    let stack = Stack::with_code(ROLE)
        .file("policies/scp/functions.json", super::scp::deny("OnlyFromWithin", "lambda:CreateFunction", &condition));
    Place::new(stack)
}

fn deny(place: &Place, service: &str, operation: &str, code: &str, message: &str) {
    place.emulator.fault(json!({
        "service": service, "operation": operation, "times": 1, "status": 403, "code": code, "message": message,
    }));
}

fn deny_function(place: &Place) {
    let message = format!(
        "User: {WHO} is not authorized to perform: lambda:CreateFunction on resource: {FUNCTION} with an explicit deny in a \
         service control policy: {POLICY}"
    );
    deny(place, "lambda", "CreateFunction", "AccessDeniedException", &message);
}

/// The text after the last line of progress, without values that differ from run to run.
fn report(stderr: &str) -> String {
    let from = stderr.find("error: ").expect("an error is told");
    let request = regex_lite::Regex::new(r"request [0-9a-zA-Z-]{10,}").expect("a pattern");
    request.replace_all(&stderr[from..], "request (id)").into_owned()
}

#[test]
fn denial_report_names_policy_and_done_and_undone_steps() {
    let place = place();
    deny_function(&place);
    let output = place.run(&["apply", "--yes"]).code(5);
    insta::assert_snapshot!(report(&output.stderr));
    place.run(&["apply", "--yes"]).success();
}

#[test]
fn denial_report_is_available_as_json() {
    let place = place();
    deny_function(&place);
    let lines = place.run(&["apply", "--yes", "--format", "json"]).code(5).json_lines();
    let report = &lines.last().expect("the last line is the report")["report"];
    let failure = &report["failures"][0];
    assert_eq!((&failure["address"], &failure["operation"]), (&json!("functions.worker"), &json!("CreateFunction")));
    let denial = &failure["denial"];
    assert_eq!(denial["layer"], "service_control_policy");
    assert_eq!(denial["manner"], "explicit");
    assert_eq!((&denial["principal"], &denial["policy"]), (&json!(WHO), &json!(POLICY)));
    assert_eq!((&denial["action"], &denial["resource"]), (&json!("lambda:CreateFunction"), &json!(FUNCTION)));
    assert_eq!(denial["judged"][0]["statement"], "OnlyFromWithin");
    let of = |state: &str| {
        let steps = report["steps"].as_array().expect("steps");
        steps.iter().filter(|step| step["state"] == state).map(|step| step["step"].clone()).collect::<Vec<Value>>()
    };
    assert!(of("done").contains(&json!("tables.orders#1")) && !of("skipped").is_empty(), "{report:#}");
}

#[test]
fn missing_permission_is_shown_as_a_statement_to_add() {
    let place = place();
    let role = "arn:aws:iam::123456789012:role/worker";
    let message = format!(
        "User: {WHO} is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows \
         the iam:PassRole action"
    );
    deny(&place, "lambda", "CreateFunction", "AccessDeniedException", &message);
    let output = place.run(&["apply", "--yes"]).code(5);
    let allow = json!({
        "Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    });
    for said in [
        "denied by: identity-based policy, since no statement allows it",
        "what: iam:PassRole on arn:aws:iam::123456789012:role/worker",
        &format!("hint: allow it in a policy of `{WHO}`\n"),
        &format!("hint: a statement that allows it: {allow}"),
    ] {
        assert!(output.stderr.contains(said), "`{said}` is not in:\n{}", output.stderr);
    }
}

const ENDPOINT: &str =
    "stack: shop\nregion: eu-central-1\nvpc_endpoints: {tables: {service: dynamodb, vpc: default}}\n";
const ENCODED: &str = "You are not authorized to perform this operation. Encoded authorization failure message: \
                       EjE8j1AEXAMPLE_DOwukwv5KbOS2-j0jiZTsl";

#[test]
fn encoded_details_are_decoded_if_permitted() {
    let place = Place::of(ENDPOINT);
    deny(&place, "ec2", "CreateVpcEndpoint", "UnauthorizedOperation", ENCODED);
    // The answer of the example in the AWS CLI reference, for another operation.
    let details = json!({
        "allowed": false, "explicitDeny": true,
        "matchedStatements": {"items": [{
            "statementId": "NoEndpoints", "effect": "DENY", "principals": {"items": [{"value": "AIDAEXAMPLE"}]},
            "principalGroups": {"items": []}, "actions": {"items": [{"value": "ec2:CreateVpcEndpoint"}]},
            "resources": {"items": [{"value": "*"}]}, "conditions": {"items": []}
        }]},
        "failures": {"items": []},
        "context": {
            "principal": {"id": "AIDAEXAMPLE", "name": "sandbox", "arn": WHO}, "action": "CreateVpcEndpoint",
            "resource": "arn:aws:ec2:eu-central-1:123456789012:vpc-endpoint/*", "conditions": {"items": []}
        }
    });
    let port = place.emulator.port();
    let stub = Stub::start(move |asked| {
        if asked.name() != "sts DecodeAuthorizationMessage" {
            return pass_on(asked, port).expect("the emulator answers");
        }
        assert!(String::from_utf8_lossy(&asked.body).contains("EjE8j1AEXAMPLE_DOwukwv5KbOS2-j0jiZTsl"));
        let told = details.to_string().replace('"', "&quot;");
        let body = format!(
            "<DecodeAuthorizationMessageResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <DecodeAuthorizationMessageResult><DecodedMessage>{told}</DecodedMessage></DecodeAuthorizationMessageResult>\
             <ResponseMetadata><RequestId>6624a9ca-cd25-4f50-b2a5-7ba65bf07453</RequestId></ResponseMetadata>\
             </DecodeAuthorizationMessageResponse>"
        );
        Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/xml".to_owned())],
            body: body.into_bytes(),
        }
    });
    let run = Run::new(place.stack.dir()).env("AWS_ENDPOINT_URL", stub.endpoint());
    let output = run.args(&["apply", "--yes"]).output().code(1);
    insta::assert_snapshot!(report(&output.stderr));
}

#[test]
fn denied_decoding_shows_the_command_to_decode() {
    let place = Place::of(ENDPOINT);
    deny(&place, "ec2", "CreateVpcEndpoint", "UnauthorizedOperation", ENCODED);
    deny(&place, "sts", "DecodeAuthorizationMessage", "AccessDenied", &format!("User: {WHO} is not authorized"));
    let output = place.run(&["apply", "--yes"]).code(1);
    for said in [
        "could not be decoded: DecodeAuthorizationMessage: AccessDenied",
        "aws sts decode-authorization-message --encoded-message EjE8j1AEXAMPLE_DOwukwv5KbOS2-j0jiZTsl",
        "ec2:CreateVpcEndpoint answered UnauthorizedOperation: You are not authorized to perform this operation.\n",
    ] {
        assert!(output.stderr.contains(said), "`{said}` is not in:\n{}", output.stderr);
    }
}

#[test]
fn denied_read_of_live_state_is_explained() {
    let place = place();
    let message = format!(
        "User: {WHO} is not authorized to perform: dynamodb:DescribeTable on resource: \
         arn:aws:dynamodb:eu-central-1:123456789012:table/orders because no permissions boundary allows the \
         dynamodb:DescribeTable action"
    );
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "DescribeTable", "status": 400, "code": "AccessDeniedException",
        "message": message,
    }));
    let output = place.run(&["plan"]).code(1);
    assert!(
        output.stderr.contains("denied by: permissions boundary, since no statement allows it"),
        "{}",
        output.stderr
    );
    let error = place.run(&["plan", "--format", "json"]).code(1).json();
    assert_eq!(error["error"]["kind"], "failed");
    assert_eq!(error["error"]["denial"]["layer"], "permissions_boundary");
    assert_eq!(error["error"]["denial"]["allow"]["Action"], "dynamodb:DescribeTable");
}

#[test]
fn aws_messages_cannot_control_the_terminal() {
    let place = place();
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}User: \u{202e}x is not\nauthorized\r\u{9b}31m";
    deny(&place, "lambda", "CreateFunction", "AccessDeniedException", hostile);
    let output = place.run(&["apply", "--yes"]).code(5);
    let obeyed: Vec<char> =
        output.stderr.chars().filter(|c| c.is_control() && *c != '\n' || *c == '\u{202e}').collect();
    assert!(obeyed.is_empty(), "{obeyed:?} in {:?}", output.stderr);
    assert!(output.stderr.contains("[2J]0;ownedUser: x is not authorized 31m"), "{:?}", output.stderr);
}

/// The calls were made, and their results may not be read.
#[test]
fn denied_read_after_apply_is_explained() {
    let message = format!(
        "User: {WHO} is not authorized to perform: dynamodb:DescribeTimeToLive on resource: \
         arn:aws:dynamodb:eu-central-1:123456789012:table/orders because no session policy allows the \
         dynamodb:DescribeTimeToLive action"
    );
    let apply = |more: &[&str]| {
        let place = place();
        let (port, message, made) = (place.emulator.port(), message.clone(), AtomicBool::new(false));
        let stub = Stub::start(move |asked| {
            made.fetch_or(asked.name() == "lambda POST /2015-03-31/event-source-mappings", Ordering::SeqCst);
            if !made.load(Ordering::SeqCst) || asked.name() != "dynamodb DescribeTimeToLive" {
                return pass_on(asked, port).expect("the emulator answers");
            }
            let body = json!({"__type": "AccessDeniedException", "message": message}).to_string().into_bytes();
            let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
            Answer { status: 400, headers, body }
        });
        let run = Run::new(place.stack.dir()).env("AWS_ENDPOINT_URL", stub.endpoint());
        run.args(&[&["apply", "--yes"], more].concat()).output().code(5)
    };
    let output = apply(&[]);
    for said in [
        "could not read the live state",
        "denied by: session policy, since no statement allows it",
        "hint: the session",
    ] {
        assert!(output.stderr.contains(said), "{said} is not in\n{}", output.stderr);
    }
    let output = apply(&["--format", "json"]);
    let report: Value = serde_json::from_str(output.stdout.lines().last().expect("a report")).expect("JSON");
    assert_eq!(report["report"]["denial"]["layer"], "session_policy", "{report}");
}
