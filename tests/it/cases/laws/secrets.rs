//! The law of secrets: a sensitive value, or one of `${env:…}`, is in no output, in no format, whatever
//! happens. Each secret holds a marker, and all output of the command is searched for it.

use serde_json::json;

use crate::support::{Emulator, Observer, Output, Run, Stack};

/// The marker of every secret.
const MARK: &str = "hush";

/// One stack of every kind, with a secret wherever a text is allowed.
const STACK: &str = r#"
stack: secrets
region: eu-central-1
account: "123456789012"
tags: {all: "${env:TAG}"}
tables:
  law:
    partition_key: pk
    stream: new_image
    time_to_live: ${env:ATTRIBUTE}
    tags: {own: "t ${env:TEXT}"}
    encryption: {kms_key: "${env:KEY}"}
    resource_policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: "arn:aws:iam::123456789012:root"}
          Action: [dynamodb:GetItem]
          Resource: "*"
          Condition: {StringEquals: {aws:PrincipalTag/code: "${env:TEXT}"}}
vpc_endpoints:
  law:
    service: dynamodb
    tags: {own: "e ${env:TEXT}"}
    policy:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: "*", Action: "dynamodb:*", Resource: "arn:aws:dynamodb:*:*:table/${env:TEXT}"}
roles:
  law:
    description: A role ${env:TEXT}
    assume_role_policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {Service: lambda.amazonaws.com, AWS: "arn:aws:iam::123456789012:root"}
          Action: sts:AssumeRole
          Condition: {StringEquals: {sts:ExternalId: ["${env:TEXT}", plain]}}
    managed_policies: ["${env:POLICY}", ReadOnlyAccess]
    permissions_boundary: ${env:POLICY}
    inline_policies: {in: policy.json}
    tags: {own: "r ${env:TEXT}"}
functions:
  law:
    runtime: python3.13
    handler: index.handler
    code: code
    role: "${env:ROLE}"
    description: A function ${env:TEXT}
    environment: {WRITTEN: hush-written, GIVEN: "${env:TEXT}"}
    layers: ["${env:LAYER}"]
    dead_letter: ${env:QUEUE}
    tags: {own: "f ${env:TEXT}"}
    permissions: {one: {principal: events.amazonaws.com, source_arn: "${env:RULE}"}}
    triggers:
      messages:
        stream: ${tables.law.stream_arn}
        filters: [{eventName: [INSERT], dynamodb: {Keys: {pk: {S: ["${env:TEXT}"]}}}}]
        on_failure: ${env:QUEUE}
        tags: {own: "m ${env:TEXT}"}
"#;

/// A policy in a file.
const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::${env:TEXT}/*", "arn:aws:s3:::plain"]}
]}"#;

/// An emulator with the resources that the secrets name, and the secrets of the first and second try.
struct Secrets {
    emulator: Emulator,
    stack: Stack,
    tries: [Vec<(&'static str, String)>; 2],
}

impl Secrets {
    fn new() -> Self {
        let emulator = Emulator::start();
        let observer = Observer::of(&emulator);
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let secrets = |number: usize| {
            let name = format!("{MARK}-{number}");
            let document =
                r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
            let policy = json!({"PolicyName": name, "PolicyDocument": document});
            let policy = text(&observer.call("iam", "create_policy", policy)["Policy"]["Arn"]);
            let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
            let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
            let role = text(&observer.call("iam", "create_role", role)["Role"]["Arn"]);
            let content = json!({"ZipFile": {"$base64": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}});
            let layer = json!({"LayerName": name, "Content": content});
            let layer = text(&observer.call("lambda", "publish_layer_version", layer)["LayerVersionArn"]);
            observer.call("sqs", "create_queue", json!({"QueueName": name}));
            let key = text(&observer.call("kms", "create_key", json!({}))["KeyMetadata"]["Arn"]);
            vec![
                ("TAG", format!("{name}-tag")),
                ("ROLE", role),
                ("TEXT", format!("{name}-text")),
                ("ATTRIBUTE", format!("{name}-attribute")),
                ("KEY", key),
                ("POLICY", policy),
                ("LAYER", layer),
                ("QUEUE", format!("arn:aws:sqs:eu-central-1:123456789012:{name}")),
                ("RULE", format!("arn:aws:events:eu-central-1:123456789012:rule/{name}")),
            ]
        };
        let mut tries = [secrets(1), secrets(2)];
        // An attached policy that no variable names any more is no secret: it is detached by name.
        let policy =
            |tried: &[(&str, String)]| tried.iter().position(|(name, _)| *name == "POLICY").expect("it is one");
        let place = policy(&tries[0]);
        tries[1][place] = tries[0][place].clone();
        let stack = Stack::new(STACK).file("policy.json", POLICY).file("code/index.py", "def handler(*_): pass\n");
        Self { emulator, stack, tries }
    }

    fn run(&self, attempt: usize, arguments: &[&str]) -> Output {
        let run = Run::new(self.stack.dir()).at(&self.emulator).args(arguments);
        self.tries[attempt].iter().fold(run, |run, (name, value)| run.env(name, value)).output()
    }

    /// Runs, and searches the output.
    #[track_caller]
    fn silent(&self, attempt: usize, arguments: &[&str], code: i32) -> Output {
        let output = self.run(attempt, arguments).code(code);
        self.assert_silent(attempt, &format!("{arguments:?}"), &output.stdout);
        self.assert_silent(attempt, &format!("{arguments:?}"), &output.stderr);
        output
    }

    /// Checks that no secret, of this try or of the live one, is in a text.
    #[track_caller]
    fn assert_silent(&self, attempt: usize, what: &str, text: &str) {
        let keys = self.tries[..=attempt].iter().flatten().filter(|(name, _)| *name == "KEY");
        let marks = keys.map(|(_, value)| value.as_str()).chain([MARK]);
        let told: Vec<&str> = marks.flat_map(|mark| text.lines().filter(move |line| line.contains(mark))).collect();
        assert!(told.is_empty(), "{what} tells a secret:\n{}", told.join("\n"));
    }

    #[track_caller]
    fn plans_are_silent(&self, attempt: usize) {
        for format in ["text", "json", "markdown"] {
            let _ = self.silent(attempt, &["plan", "-v", "--format", format], 0);
        }
        let _ = self.silent(attempt, &["plan", "--out", "plan.json"], 0);
        self.assert_silent(attempt, "the saved plan", &self.stack.read("plan.json"));
    }
}

#[test]
fn secrets_never_appear_during_a_stack_lifecycle() {
    let secrets = Secrets::new();
    let _ = secrets.silent(0, &["validate"], 0);
    let _ = secrets.silent(0, &["graph"], 0);
    secrets.plans_are_silent(0);
    let _ = secrets.silent(0, &["apply", "plan.json"], 0);
    // Live values are compared with secrets, too: nothing is left to do.
    let _ = secrets.silent(0, &["plan", "--detailed-exitcode"], 0);
    let live = Observer::of(&secrets.emulator).function("law");
    assert_eq!(live["Environment"]["Variables"], json!({"WRITTEN": "hush-written", "GIVEN": "hush-1-text"}));

    // Every secret has changed by now.
    secrets.plans_are_silent(1);
    let _ = secrets.silent(1, &["apply", "--yes", "--format", "json"], 0);
    let _ = secrets.silent(1, &["plan", "--detailed-exitcode"], 0);
    secrets.emulator.assert_no_invalid_requests();

    for format in ["text", "json", "markdown"] {
        let _ = secrets.silent(1, &["plan", "--destroy", "--allow-delete", "tables.law", "--format", format], 0);
    }
    let _ = secrets.silent(1, &["destroy", "--yes", "--allow-delete", "tables.law", "--format", "json"], 0);
}

#[test]
fn secrets_never_appear_when_aws_refuses_a_call() {
    let secrets = Secrets::new();
    for (service, operation, repeated) in [
        ("dynamodb", "CreateTable", "t hush-1-text"),
        ("iam", "CreateRole", "A role hush-1-text"),
        ("ec2", "CreateVpcEndpoint", "arn:aws:dynamodb:*:*:table/hush-1-text"),
        ("lambda", "CreateFunction", "hush-written"),
    ] {
        secrets.emulator.fault(json!({
            "service": service, "operation": operation, "status": 400, "code": "ValidationException", "times": 2,
            "message": format!("'{repeated}' at 'x' failed to satisfy a constraint; see (hush-1-tag)"),
        }));
    }
    for format in ["text", "json"] {
        let output = secrets.silent(0, &["apply", "--yes", "--format", format], 1);
        assert!(output.stderr.contains("(sensitive)") || output.stdout.contains("(sensitive)"));
    }
}

#[test]
fn secrets_never_appear_in_stack_file_errors() {
    let secrets = Secrets::new();
    secrets.stack.rewrite(
        r#"
stack: secrets
region: eu-central-1
tables:
  law:
    partition_key: {name: pk, type: "${env:TEXT}"}
    billing: {mode: provisioned, read_capacity: "${env:TEXT}", write_capacity: 1}
    stream: ${env:TEXT}
    deletion_protection: ${env:TEXT}
    encryption: {kms_key: "${env:TEXT}"}
roles:
  law:
    assumed_by: ${env:TEXT}
    managed_policies: ["${env:TEXT} x"]
    permissions_boundary: ${env:RULE}
    max_session_duration: ${env:TEXT}
    inline_policies: {in: "${env:TEXT}"}
    tags: {a: "${env:TEXT},"}
functions:
  law:
    runtime: ${env:TEXT}
    handler: "${env:TEXT} x"
    code: ${env:TEXT}
    role: "/${env:TEXT} x"
    memory: ${env:TEXT}
    environment: {HUSH: {a: hush-written}}
    triggers:
      messages: {stream: "${env:RULE}", starting_position: "${env:TEXT}", on_failure: "${env:TEXT}"}
vpc_endpoints:
  law: {service: "${env:TEXT} x", vpc: "${env:TEXT}", route_tables: "${env:TEXT}"}
"#,
    );
    for format in ["text", "json"] {
        let output = secrets.run(0, &["validate", "--format", format]).code(1);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains("memory"), "{said}");
        secrets.assert_silent(0, format, &said);
    }
}
