//! The number of AWS calls in a plan without changes, and how many of them wait for one another.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::support::{Answer, Asked, Emulator, Output, Run, Stack, Stub, pass_on};

/// The first call, for the caller's identity: no other call is made to an account that may be the wrong one.
const FIRST: &[&str] = &["sts GetCallerIdentity"];

/// Calls that need an answer of the second round: the shared look-ups, the table's indexes.
const THIRD: &[&str] = &["lambda GET /2015-03-31/functions/", "application-autoscaling DescribeScalableTargets"];

/// The round in which a call is made: the second, if nothing else is known.
fn round(name: &str) -> usize {
    let is_one_of = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    if is_one_of(FIRST) {
        0
    } else if is_one_of(THIRD) {
        2
    } else {
        1
    }
}

fn plan(stack: &Stack, endpoint: &str) -> Output {
    Run::new(stack.dir()).args(&["plan", "--detailed-exitcode"]).env("AWS_ENDPOINT_URL", endpoint).output().success()
}

/// The names of the calls that a plan without changes makes.
fn calls_of_a_plan(stack: &Stack, port: u16) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let stub = Stub::start(move |asked| {
        kept.lock().expect("no thread fails").push(asked.name());
        pass_on(asked, port).expect("the emulator answers")
    });
    let output = plan(stack, &stub.endpoint());
    assert!(output.stdout.contains("No changes"), "{}", output.stdout);
    seen.lock().expect("no thread fails").clone()
}

#[test]
fn a_plan_without_changes_is_at_most_17_calls_in_three_rounds() {
    let (emulator, stack) = (Emulator::start(), Stack::project());
    Run::new(stack.dir()).args(&["apply", "--yes"]).at(&emulator).output().success();

    emulator.clear_log();
    let calls = calls_of_a_plan(&stack, emulator.port());
    assert!(calls.len() <= 17, "{} calls: {calls:#?}", calls.len());
    assert_eq!(calls.iter().collect::<BTreeSet<_>>().len(), calls.len(), "something is asked twice: {calls:#?}");
    assert_eq!(emulator.requests().len(), calls.len());
    assert!(emulator.mutations().is_empty());
    emulator.assert_no_invalid_requests();

    let gate = Arc::new(Gate::of(&calls));
    let (shared, port) = (gate.clone(), emulator.port());
    let stub = Stub::start(move |asked| shared.answer(asked, port));
    let output = plan(&stack, &stub.endpoint());
    assert!(output.stdout.contains("No changes"), "{}", output.stdout);
    assert_eq!(*gate.arrived.lock().expect("no thread fails"), gate.expected);
}

/// Copies of a table with a stream, a role, a function and its trigger.
fn copies(count: usize) -> String {
    let (mut tables, mut roles, mut functions) = (String::new(), String::new(), String::new());
    for number in 0..count {
        let name = format!("copy-{number:03}");
        let _ = writeln!(tables, "  {name}: {{partition_key: id, billing: {{mode: on_demand}}, stream: new_image}}");
        let _ = writeln!(
            roles,
            "  {name}:\n    assumed_by: lambda.amazonaws.com\n    description: the copy {number}\n    \
             max_session_duration: 7200\n    inline_policies:\n      read: {{Version: '2012-10-17', Statement: \
             {{Effect: Allow, Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', \
             'dynamodb:GetShardIterator', 'dynamodb:ListStreams'], Resource: '*'}}}}"
        );
        let _ = writeln!(
            functions,
            "  {name}:\n    runtime: python3.13\n    handler: main.handler\n    code: code\n    role: \
             ${{roles.{name}.arn}}\n    triggers: {{changes: {{stream: '${{tables.{name}.stream_arn}}', \
             starting_position: latest}}}}"
        );
    }
    format!("stack: shop\nregion: eu-central-1\ntables:\n{tables}roles:\n{roles}functions:\n{functions}")
}

#[test]
fn calls_for_each_copy_fall_where_there_are_many() {
    const COUNT: usize = 12;
    let (emulator, stack) = (Emulator::start(), Stack::with_code(&copies(COUNT)));
    Run::new(stack.dir()).args(&["apply", "--yes"]).at(&emulator).output().success();
    let calls = calls_of_a_plan(&stack, emulator.port());
    let count = |name: &str| calls.iter().filter(|call| call.ends_with(name)).count();
    assert_eq!((count("iam GetRole"), count("iam ListRoles")), (0, 1), "{calls:#?}");
    assert_eq!(count("/event-source-mappings") + count("/event-source-mappings/"), 1, "{calls:#?}");
    assert!(calls.len() <= 7 * COUNT + 12, "{} calls: {calls:#?}", calls.len());
}

/// A role that `ListRoles` or the description of the account lacks, a mapping that the listing lacks, and listings that are
/// denied: each is read by itself, and none is taken for one that is not there.
#[test]
fn what_a_listing_lacks_or_denies_is_read_by_itself() {
    const COUNT: usize = 12;
    let (emulator, stack) = (Emulator::start(), Stack::with_code(&copies(COUNT)));
    Run::new(stack.dir()).args(&["apply", "--yes"]).at(&emulator).output().success();
    let port = emulator.port();
    let denial = |json: bool| {
        let body = if json {
            r#"{"__type": "AccessDeniedException", "message": "not authorized to perform this"}"#.to_owned()
        } else {
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform \
             this</Message></Error><RequestId>r</RequestId></ErrorResponse>"
                .to_owned()
        };
        Answer { status: 403, headers: Vec::new(), body: body.into_bytes() }
    };
    for case in ["ListRoles denied", "a role not in ListRoles", "GetResources denied", "a mapping not listed"] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = seen.clone();
        let stub = Stub::start(move |asked| {
            kept.lock().expect("no thread fails").push(asked.name());
            let mut answer = pass_on(asked, port).expect("the emulator answers");
            match case {
                "ListRoles denied" if asked.name() == "iam ListRoles" => return denial(false),
                "GetResources denied" if asked.name().ends_with("GetResources") => return denial(true),
                "a role not in ListRoles" if asked.name() == "iam ListRoles" => {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    assert!(text.contains("<RoleName>copy-000</RoleName>"), "{text}");
                    answer.body = text.replace("<RoleName>copy-000<", "<RoleName>another<").into_bytes();
                }
                "a mapping not listed" if asked.target.contains("/event-source-mappings") => {
                    let mut listed: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
                    if !asked.target.contains("FunctionName") {
                        listed["EventSourceMappings"].as_array_mut().expect("a list").remove(0);
                    }
                    answer.body = listed.to_string().into_bytes();
                }
                _ => {}
            }
            answer
        });
        let output = plan(&stack, &stub.endpoint());
        assert!(output.stdout.contains("No changes"), "{case}: {}", output.stdout);
        let calls = seen.lock().expect("no thread fails").clone();
        let count = |name: &str| calls.iter().filter(|call| call.ends_with(name)).count();
        match case {
            "ListRoles denied" => assert_eq!(count("iam GetRole"), COUNT, "{calls:#?}"),
            "a role not in ListRoles" => assert_eq!(count("iam GetRole"), 1, "{calls:#?}"),
            "GetResources denied" => assert_eq!(count("dynamodb ListTagsOfResource"), COUNT, "{calls:#?}"),
            _ => assert!(calls.iter().filter(|call| call.contains("/event-source-mappings")).count() > 1, "{calls:#?}"),
        }
    }
}

/// A listing of tags that lags is not believed where it shows a difference: the resource is read directly, and whole.
#[test]
fn outdated_tags_of_the_listing_are_read_again_before_a_plan_changes_them() {
    let (emulator, stack) = (Emulator::start(), Stack::project());
    Run::new(stack.dir()).args(&["apply", "--yes"]).at(&emulator).output().success();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (kept, port) = (seen.clone(), emulator.port());
    let stub = Stub::start(move |asked| {
        kept.lock().expect("no thread fails").push(asked.name());
        let mut answer = pass_on(asked, port).expect("the emulator answers");
        if asked.name().ends_with("GetResources") {
            let mut listed: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
            for resource in listed["ResourceTagMappingList"].as_array_mut().expect("a list") {
                let tags = resource["Tags"].as_array_mut().expect("tags");
                tags.retain(|tag| tag["Key"] != "project");
            }
            answer.body = listed.to_string().into_bytes();
        }
        answer
    });
    let output = plan(&stack, &stub.endpoint());
    assert!(output.stdout.contains("No changes"), "{}", output.stdout);
    let calls = seen.lock().expect("no thread fails").clone();
    for direct in ["ListTagsOfResource", "/2017-03-31/tags/", "DescribeKinesisStreamingDestination"] {
        assert!(calls.iter().any(|name| name.contains(direct)), "{direct} is not among {calls:#?}");
    }
    assert!(emulator.mutations().iter().all(|call| !format!("{call:?}").contains("UntagResource")));
}

/// Answers no call of a round before all calls of that round arrived. A call that waits for another one of its own
/// round is then never made, and the calls that arrived are refused in the end, whatever the speed of the machine.
struct Gate {
    expected: [usize; 3],
    arrived: Mutex<[usize; 3]>,
    came: Condvar,
}

impl Gate {
    fn of(calls: &[String]) -> Self {
        let mut expected = [0; 3];
        for name in calls {
            expected[round(name)] += 1;
        }
        Self { expected, arrived: Mutex::new([0; 3]), came: Condvar::new() }
    }

    fn answer(&self, asked: &Asked, port: u16) -> Answer {
        let round = round(&asked.name());
        let mut arrived = self.arrived.lock().expect("no thread fails");
        arrived[round] += 1;
        self.came.notify_all();
        let lacks = |arrived: &mut [usize; 3]| arrived[round] < self.expected[round];
        let (arrived, patience) =
            self.came.wait_timeout_while(arrived, Duration::from_secs(30), lacks).expect("no thread fails");
        drop(arrived);
        if patience.timed_out() {
            let body = format!("{} waits in vain for the others of its round", asked.name()).into_bytes();
            return Answer { status: 400, headers: Vec::new(), body };
        }
        pass_on(asked, port).expect("the emulator answers")
    }
}
