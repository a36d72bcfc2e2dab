//! Functions and triggers against the emulator, below the command: retries, waits and refusals.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use underpin::aws::{Aws, CallError};
use underpin::base::Address;
use underpin::diff;
use underpin::kind::{
    Change, Context, Erased, ErasedLive, Facts, Identity, Observed, Owner, ReadOutcome, SecurityGroup, StepContext,
    Subnet, Vpc,
};
use underpin::kinds::{function::Function, trigger::Trigger};
use underpin::plan::owned_tags;

use crate::support::arbitrary::{functions, triggers};
use crate::support::{Emulator, Observer, REGION, aws};

const FUNCTION: &dyn ErasedLive = &Erased::<Function>::new();
const TRIGGER: &dyn ErasedLive = &Erased::<Trigger>::new();

/// An account with the resources that functions and triggers refer to.
struct Place {
    emulator: Emulator,
    observer: Observer,
    aws: Aws,
    facts: Facts,
    owner: Owner,
    functions: functions::World,
    sources: triggers::Sources,
}

fn texts(value: &Value, path: &str) -> Vec<String> {
    let items = value.as_array().expect("a list").iter();
    items.map(|item| item[path].as_str().expect("a text").to_owned()).collect()
}

impl Place {
    fn new(flags: &[&str]) -> Self {
        let emulator = Emulator::with(flags);
        let observer = Observer::of(&emulator);
        let aws = aws(&emulator);
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"
        }]});
        let role = |name: &str| {
            let parameters = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()});
            observer.call("iam", "create_role", parameters)["Role"]["Arn"].as_str().expect("an ARN").to_owned()
        };
        let queue = |name: &str| {
            observer.call("sqs", "create_queue", json!({"QueueName": name}));
            format!("arn:aws:sqs:{REGION}:{}:{name}", crate::support::ACCOUNT)
        };
        let stream = |name: &str| {
            let table = observer.call(
                "dynamodb",
                "create_table",
                json!({
                    "TableName": name, "BillingMode": "PAY_PER_REQUEST",
                    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                    "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}
                }),
            );
            table["TableDescription"]["LatestStreamArn"].as_str().expect("an ARN").to_owned()
        };
        let codes = ["a", "b"].map(|name| archive(&aws, name)).to_vec();
        let vpcs = observer.call("ec2", "describe_vpcs", json!({}));
        let vpc = texts(&vpcs["Vpcs"], "VpcId").remove(0);
        let subnets = texts(&observer.call("ec2", "describe_subnets", json!({}))["Subnets"], "SubnetId");
        let groups = texts(&observer.call("ec2", "describe_security_groups", json!({}))["SecurityGroups"], "GroupId");
        let layer = |name: &str| {
            let parameters =
                json!({"LayerName": name, "Content": {"ZipFile": {"$base64": BASE64_STANDARD.encode(EMPTY)}}});
            let layer = observer.call("lambda", "publish_layer_version", parameters);
            layer["LayerVersionArn"].as_str().expect("an ARN").to_owned()
        };
        let subnet = |id: &String| Subnet {
            id: id.clone(),
            vpc: vpc.clone(),
            availability_zone: String::new(),
            is_default_for_az: true,
        };
        let facts = Facts {
            vpcs: vec![Vpc { id: vpc.clone(), is_default: true }],
            subnets: subnets.iter().map(subnet).collect(),
            default_security_groups: vec![SecurityGroup { id: groups[0].clone(), vpc: vpc.clone() }],
            ..Facts::default()
        };
        let functions = functions::World {
            roles: vec![role("one"), role("two")],
            codes,
            layers: vec![layer("one"), layer("two")],
            subnets,
            security_groups: groups,
            queues: vec![queue("dead")],
            keys: vec![format!("arn:aws:kms:{REGION}:{}:key/1234", crate::support::ACCOUNT)],
        };
        let sources = triggers::Sources {
            table_streams: vec![stream("t"), stream("u")],
            queues: vec![queue("p"), queue("q")],
            destinations: vec![queue("failed")],
            ..triggers::Sources::default()
        };
        let owner = Owner {
            stack: "laws".to_owned(),
            previous_names: Vec::new(),
            scope: underpin::base::Scope::new(None, REGION),
        };
        Self { emulator, observer, aws, facts, owner, functions, sources }
    }

    fn normal(&self, kind: &dyn ErasedLive, address: &Address, body: &Value) -> Value {
        let mut body = body.clone();
        if let Some(Value::Object(variables)) = body.get_mut("environment") {
            for value in variables.values_mut() {
                *value = json!(self.aws.vault().seal(value.as_str().expect("a text")));
            }
        }
        for (key, value) in owned_tags(&self.owner, address) {
            body["tags"][key] = json!(value);
        }
        let cx = Context { name: address.name(), env: self.aws.env(), facts: Some(&self.facts) };
        assert_eq!(kind.check(&body, &cx), Vec::new(), "{body}");
        kind.normalize(&body, &cx).expect("everything is there")
    }

    fn identity(&self, kind: &dyn ErasedLive, address: &Address, wanted: &Value) -> Identity {
        let cx = Context { name: address.name(), env: self.aws.env(), facts: Some(&self.facts) };
        let mut id = kind.identity(address, wanted, &cx).expect("an identity");
        id.details.extend(owned_tags(&self.owner, address));
        id
    }

    async fn read(&self, kind: &dyn ErasedLive, id: Identity) -> Result<ReadOutcome<Value>, CallError> {
        kind.read_many(&[id], &self.aws).await.remove(0)
    }

    async fn live(&self, kind: &dyn ErasedLive, address: &Address, wanted: &Value) -> Option<Observed<Value>> {
        let reading = self.read(kind, self.identity(kind, address, wanted)).await.expect("it can be read");
        assert_eq!(reading.unsupported, Vec::new());
        assert!(reading.live.iter().all(|live| live.unmanaged.is_empty()));
        reading.live
    }

    /// Makes the calls of one change.
    async fn make(&self, kind: &dyn ErasedLive, address: &Address, change: Change<'_, Value>) -> Result<(), CallError> {
        let cx = StepContext { address, name: address.name(), env: self.aws.env(), token: "token", facts: None };
        for one in kind.steps(change, &cx).expect("steps") {
            kind.run(&one.op, &self.aws).await?;
        }
        Ok(())
    }

    /// Applies `body`, and reads again: nothing may differ.
    async fn apply(&self, kind: &dyn ErasedLive, address: &Address, body: &Value) {
        let wanted = self.normal(kind, address, body);
        let seal = |text: &str| self.aws.vault().seal(text);
        let terms = diff::DiffOptions { rules: kind.rules(), seal: &seal, ignore_tags: &[] };
        let before = self.live(kind, address, &wanted).await;
        let done = match &before {
            None => self.make(kind, address, Change::Create { after: &wanted }).await,
            Some(before) => {
                let after = kind.adopt_live_values(&wanted, &before.spec).expect("settled");
                let differences = diff::diff(&before.spec, &after, terms);
                if differences.iter().any(|difference| difference.forces_replacement) {
                    self.make(kind, address, Change::Delete { before, backup: None }).await.expect("deleted");
                    self.make(kind, address, Change::Create { after: &after }).await
                } else {
                    self.make(kind, address, Change::Update { before, after: &after, differences: &differences }).await
                }
            }
        };
        done.unwrap_or_else(|error| panic!("{error}\nwanted {wanted}"));
        let live = self.live(kind, address, &wanted).await.expect("it is there");
        let wanted = kind.adopt_live_values(&wanted, &live.spec).expect("settled");
        assert_eq!(diff::diff(&live.spec, &wanted, terms), Vec::new(), "wanted {wanted}");
    }

    async fn delete(&self, kind: &dyn ErasedLive, address: &Address, body: &Value) {
        let wanted = self.normal(kind, address, body);
        if let Some(before) = &self.live(kind, address, &wanted).await {
            self.make(kind, address, Change::Delete { before, backup: None }).await.expect("deleted");
        }
        assert!(self.live(kind, address, &wanted).await.is_none());
    }

    fn body(&self) -> Value {
        json!({
            "runtime": "python3.13", "handler": "a.b", "code": self.functions.codes[0],
            "role": self.functions.roles[0], "tags": {}
        })
    }
}

/// An archive without files: only the end of the central directory (APPNOTE.TXT of PKWARE, 4.3.16).
const EMPTY: [u8; 22] = [b'P', b'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Adds an archive to the run's, and returns the loader's value for it.
fn archive(aws: &Aws, comment: &str) -> Value {
    let mut bytes = EMPTY.to_vec();
    bytes[20] = u8::try_from(comment.len()).expect("a short comment");
    bytes.extend_from_slice(comment.as_bytes());
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(&bytes));
    let size = bytes.len();
    aws.archives().insert(sha256.clone(), bytes);
    json!({"path": comment, "sha256": sha256, "size": size})
}

#[tokio::test]
async fn slow_function_updates_are_waited_for() {
    let place = Place::new(&["--slow", "300"]);
    let address = Address::new("functions", "f");
    let mut body = place.body();
    place.apply(FUNCTION, &address, &body).await;
    body["memory"] = json!(256);
    body["code"] = place.functions.codes[1].clone();
    place.apply(FUNCTION, &address, &body).await;
    let live = place.observer.function("f");
    assert_eq!((&live["MemorySize"], &live["CodeSha256"]), (&json!(256), &body["code"]["sha256"]));
    let (trigger, mut wanted) = (Address::new("triggers", "f/x"), json!({"function": "f", "tags": {}}));
    wanted["queue"] = json!(place.sources.queues[0]);
    place.apply(TRIGGER, &trigger, &wanted).await;
    wanted["batch_size"] = json!(5);
    place.apply(TRIGGER, &trigger, &wanted).await;
    assert_eq!(place.observer.mappings("f")[0]["BatchSize"], json!(5));
    place.delete(TRIGGER, &trigger, &wanted).await;
}

#[tokio::test]
async fn role_propagation_is_waited_for_and_a_denial_is_not() {
    let place = Place::new(&[]);
    let fault = |operation: &str, message: &str, times: u32| {
        place.emulator.fault(json!({
            "service": "lambda", "operation": operation, "times": times, "status": 400,
            "code": "InvalidParameterValueException", "message": message
        }));
    };
    fault("CreateFunction", "The role defined for the function cannot be assumed by Lambda.", 2);
    place.apply(FUNCTION, &Address::new("functions", "f"), &place.body()).await;
    let stream = &place.sources.table_streams[0];
    let cannot = format!(
        "Cannot access stream {stream}. Please ensure the role can perform the GetRecords, GetShardIterator, \
         DescribeStream, and ListStreams Actions on your stream in IAM."
    );
    fault("CreateEventSourceMapping", &cannot, 2);
    let wanted = json!({"function": "f", "stream": stream, "tags": {}});
    place.apply(TRIGGER, &Address::new("triggers", "f/x"), &wanted).await;
    let tries = |operation: &str| place.emulator.requests().iter().filter(|r| r.operation == operation).count();
    assert_eq!((tries("CreateFunction"), tries("CreateEventSourceMapping")), (3, 3));

    place.emulator.fault(json!({
        "service": "lambda", "operation": "CreateFunction", "status": 403, "code": "AccessDeniedException",
        "message": "User: x is not authorized to perform: lambda:CreateFunction with an explicit deny in a service \
                    control policy"
    }));
    let address = Address::new("functions", "g");
    let wanted = place.normal(FUNCTION, &address, &place.body());
    let refused = place.make(FUNCTION, &address, Change::Create { after: &wanted }).await.expect_err("denied");
    assert!(refused.is_denied());
    assert_eq!(tries("CreateFunction"), 4);
}

#[tokio::test]
async fn denied_read_is_an_error_not_absence() {
    let place = Place::new(&[]);
    let function = Address::new("functions", "f");
    let mut body = place.body();
    body["log_retention"] = json!(7);
    place.apply(FUNCTION, &function, &body).await;
    let trigger = Address::new("triggers", "f/x");
    let mapping = json!({"function": "f", "queue": place.sources.queues[0], "tags": {}});
    place.apply(TRIGGER, &trigger, &mapping).await;
    let reads = [
        (FUNCTION, &function, &body, "lambda", "GetFunction"),
        (FUNCTION, &function, &body, "lambda", "GetPolicy"),
        (FUNCTION, &function, &body, "logs", "DescribeLogGroups"),
        (FUNCTION, &function, &body, "logs", "ListTagsForResource"),
        (TRIGGER, &trigger, &mapping, "lambda", "ListEventSourceMappings"),
        (TRIGGER, &trigger, &mapping, "lambda", "ListTags"),
    ];
    for (kind, address, body, service, operation) in reads {
        place.emulator.fault(json!({
            "service": service, "operation": operation, "status": 403, "code": "AccessDeniedException",
            "message": "not authorized"
        }));
        let wanted = place.normal(kind, address, body);
        let refused = place.read(kind, place.identity(kind, address, &wanted)).await.expect_err("denied");
        assert_eq!((refused.operation.as_str(), refused.is_denied()), (operation, true));
        place.emulator.clear_faults();
    }
}

#[tokio::test]
async fn existing_log_group_is_kept() {
    let place = Place::new(&[]);
    let address = Address::new("functions", "f");
    let mut body = place.body();
    body["log_retention"] = json!(7);
    let group = json!({"logGroupName": "/aws/lambda/f"});
    let groups = || -> Vec<Value> {
        let prefix = json!({"logGroupNamePrefix": "/aws/lambda/f"});
        let groups = place.observer.call("logs", "describe_log_groups", prefix);
        groups["logGroups"].as_array().expect("a list").iter().map(|group| group["retentionInDays"].clone()).collect()
    };
    place.observer.call("logs", "create_log_group", group);
    place.apply(FUNCTION, &address, &body).await;
    assert_eq!(groups(), vec![json!(7)]);
    place.delete(FUNCTION, &address, &body).await;
    assert_eq!(groups(), vec![json!(7)]);
    place.observer.call("logs", "delete_log_group", json!({"logGroupName": "/aws/lambda/f"}));
    place.apply(FUNCTION, &address, &body).await;
    place.delete(FUNCTION, &address, &body).await;
    assert_eq!(groups(), Vec::<Value>::new());
}

#[tokio::test]
async fn own_resources_are_found_by_tags() {
    let place = Place::new(&[]);
    place.apply(FUNCTION, &Address::new("functions", "f"), &place.body()).await;
    let mapping = json!({"function": "f", "queue": place.sources.queues[0], "tags": {}});
    place.apply(TRIGGER, &Address::new("triggers", "f/x"), &mapping).await;
    for (kind, address) in [(FUNCTION, "functions.f"), (TRIGGER, "triggers.f/x")] {
        let found = kind.discover(&place.owner, &place.aws).await.expect("it can be searched");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].identity.address.to_string(), address);
        assert_eq!(found[0].scope.as_deref(), Some(place.owner.scope.as_str()));
        let live = place.read(kind, found[0].identity.clone()).await.expect("read").live.expect("it is there");
        place
            .make(kind, &found[0].identity.address, Change::Delete { before: &live, backup: None })
            .await
            .expect("gone");
        assert!(place.read(kind, found[0].identity.clone()).await.expect("read").live.is_none());
    }
    let other = Owner { stack: "other".to_owned(), ..place.owner.clone() };
    assert!(FUNCTION.discover(&other, &place.aws).await.expect("it can be searched").is_empty());
}
