//! Callers of all sorts under service control policies that exempt some roles: sessions that CI and IAM Identity Center
//! make.

use serde_json::{Value, json};

use super::scp::{deny, verdicts};
use super::scp_live::Organization;
use crate::support::{Emulator, Output, Place, Request, Stack};

const ACCOUNT: &str = "123456789012";

const TABLE: &str = "\
stack: shop
region: eu-central-1
guardrails: {scps: [scps]}
tables:
  orders: {partition_key: pk, deletion_protection: false, point_in_time_recovery: false}
";

/// A denial with an exemption for principals that match a pattern.
fn sparing(operator: &str, key: &str, value: &str) -> String {
    deny("Spares", "dynamodb:CreateTable", &json!({operator: {key: value}}))
}

/// A session of a role.
struct Session<'p> {
    place: &'p Place,
    variables: [(&'static str, String); 3],
}

impl<'p> Session<'p> {
    /// Makes a role, and assumes it.
    fn of(place: &'p Place, path: &str, name: &str, role: impl Into<Value>) -> Self {
        let trust = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"
        }});
        let mut parameters = json!({"RoleName": name, "Path": path, "AssumeRolePolicyDocument": trust.to_string()});
        for (key, value) in role.into().as_object().into_iter().flatten() {
            parameters[key] = value.clone();
        }
        place.observer.call("iam", "create_role", parameters);
        let arn = format!("arn:aws:iam::{ACCOUNT}:role{path}{name}");
        let given = place.observer.call("sts", "assume_role", json!({"RoleArn": arn, "RoleSessionName": "run-7"}));
        let key = |key: &str| given["Credentials"][key].as_str().expect("a key").to_owned();
        let variables = [
            ("AWS_ACCESS_KEY_ID", key("AccessKeyId")),
            ("AWS_SECRET_ACCESS_KEY", key("SecretAccessKey")),
            ("AWS_SESSION_TOKEN", key("SessionToken")),
        ];
        Self { place, variables }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let run = self.place.command(arguments);
        self.variables.iter().fold(run, |run, (name, value)| run.env(name, value)).output()
    }

    /// The outcomes of the policies, and the number of reads of the caller's role.
    fn judged(&self, role: &str) -> (Vec<String>, usize) {
        self.place.emulator.clear_log();
        let plan = self.run(&["plan", "--format", "json"]);
        assert!(matches!(plan.code, 0 | 3), "{}", plan.stderr);
        let outcome = |verdict: &Value| verdict["outcome"].as_str().unwrap_or_default().to_owned();
        let outcomes = verdicts(&plan.json(), "scp").iter().map(outcome).collect();
        let reads = |request: &&Request| request.name() == "iam:GetRole" && request.params["RoleName"] == role;
        (outcomes, self.place.emulator.requests().iter().filter(reads).count())
    }
}

fn place(scp: String) -> Place {
    Place::new(Stack::new(TABLE).file("scps/one.json", scp))
}

#[test]
fn ci_session_is_exempt_by_role_and_others_are_denied() {
    let place = place(sparing("ArnNotLike", "aws:PrincipalArn", "arn:*:iam::*:role/deployer"));
    let session = Session::of(&place, "/", "deployer", json!({}));
    assert_eq!(session.judged("deployer"), (vec!["pass".to_owned()], 1), "its role is read once");
    session.run(&["apply", "--yes", "--unknown", "deny"]).success();
    place.observer.call("dynamodb", "delete_table", json!({"TableName": "orders"}));
    let elsewhere = Session::of(&place, "/team/", "other", json!({}));
    assert_eq!(elsewhere.judged("other").0, ["fail"]);
    place.stack.write("scps/one.json", sparing("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/other"));
    assert_eq!(elsewhere.judged("other").0, ["fail"], "the role has a path");
    place.stack.write(
        "scps/one.json",
        sparing("StringNotEquals", "aws:PrincipalArn", &format!("arn:aws:iam::{ACCOUNT}:role/team/other")),
    );
    assert_eq!(elsewhere.judged("other").0, ["pass"]);
}

#[test]
fn role_is_read_only_where_a_policy_asks() {
    let place = place(deny("Users", "iam:CreateUser", &Value::Null));
    let session = Session::of(&place, "/", "deployer", json!({}));
    assert_eq!(session.judged("deployer"), (vec!["pass".to_owned()], 0));
    // A user's ARN is enough.
    place.stack.write("scps/one.json", sparing("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/sandbox"));
    place.emulator.clear_log();
    place.run(&["apply", "--yes", "--unknown", "deny"]).success();
    assert!(place.emulator.requests().iter().all(|request| request.name() != "iam:GetRole"));
}

#[test]
fn role_is_read_for_policies_that_are_attached() {
    let place = Place::of(&TABLE.replace("guardrails: {scps: [scps]}\n", ""));
    let organization = Organization::above(&place);
    organization.delegate();
    let session = Session::of(&place, "/ci/", "deployer", json!({}));
    assert_eq!(session.judged("deployer"), (vec!["pass".to_owned()], 0), "AWS's own policies ask nothing");
    organization.attach("spare", &sparing("ArnNotLike", "aws:PrincipalArn", "arn:*:iam::*:role/ci/deployer"));
    assert_eq!(session.judged("deployer"), (vec!["pass".to_owned()], 1));
}

#[test]
fn role_tags_decide_if_sessions_cannot_be_tagged() {
    let place = place(sparing("StringNotEquals", "aws:PrincipalTag/team", "tables"));
    let tags = json!({"Tags": [{"Key": "team", "Value": "tables"}]});
    let tagged = Session::of(&place, "/", "tagged", tags.clone());
    assert_eq!(tagged.judged("tagged").0, ["pass"]);
    let other = Session::of(&place, "/", "other", json!({"Tags": [{"Key": "team", "Value": "none"}]}));
    assert_eq!(other.judged("other").0, ["fail"]);
    let bare = Session::of(&place, "/", "bare", json!({}));
    assert_eq!(bare.judged("bare").0, ["fail"], "an absent key doesn't equal");
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]
    }});
    let taggable = Session::of(
        &place,
        "/",
        "taggable",
        json!({
            "Tags": tags["Tags"], "AssumeRolePolicyDocument": trust.to_string()
        }),
    );
    assert_eq!(taggable.judged("taggable").0, ["unknown"], "the session may have another value");
}

#[test]
fn denied_role_read_makes_path_conditions_unknown_and_is_reported_once() {
    let place = place(sparing("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deployer"));
    place.stack.write(
        "scps/two.json",
        deny("Too", "dynamodb:TagResource", &json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci/*"}})),
    );
    let session = Session::of(&place, "/", "deployer", json!({}));
    place.emulator.fault(json!({
        "service": "iam", "operation": "GetRole", "status": 403, "code": "AccessDenied", "message": "no",
    }));
    assert_eq!(session.judged("deployer").0, ["unknown", "unknown"]);
    let said = "the role `deployer` whose session makes the calls could not be read";
    let output = session.run(&["plan"]).success();
    assert_eq!(output.stdout.matches(said).count(), 1, "{}", output.stdout);
    session.run(&["plan", "--unknown", "deny"]).code(3);
    // If the result is the same for every path, it is decided all the same, and needs no note.
    place.stack.write("scps/one.json", sparing("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*deployer"));
    place.stack.write(
        "scps/two.json",
        deny("Too", "dynamodb:TagResource", &json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}})),
    );
    let output = session.run(&["plan", "--unknown", "deny"]).success();
    assert!(!output.stdout.contains(said), "{}", output.stdout);
}

#[test]
fn permission_set_is_known_by_its_path() {
    let pattern = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Tables_*";
    let place = place(sparing("ArnNotLike", "aws:PrincipalArn", pattern));
    let path = "/aws-reserved/sso.amazonaws.com/eu-west-1/";
    let session = Session::of(&place, path, "AWSReservedSSO_Tables_0123456789abcdef", json!({}));
    session.run(&["apply", "--yes", "--unknown", "deny"]).success();
}

#[test]
fn printed_policy_lets_a_session_read_its_own_role() {
    let stack = Stack::new(&TABLE.replace("region:", &format!("account: \"{ACCOUNT}\"\nregion:")));
    let scp = sparing("ArnNotLike", "aws:PrincipalArn", "arn:*:iam::*:role/ci/deployer");
    let place = Place::with(stack.file("scps/one.json", scp), Emulator::with(&["--authorize"]));
    let session = Session::of(&place, "/ci/", "deployer", json!({}));
    let printed = place.run(&["permissions", "--for", "plan", "--format", "json"]).success().json();
    let put = |policy: &Value| {
        place.observer.call(
            "iam",
            "put_role_policy",
            json!({
                "RoleName": "deployer", "PolicyName": "underpin", "PolicyDocument": policy.to_string()
            }),
        );
    };
    let mut policy = printed["policies"][0].clone();
    put(&policy);
    session.run(&["plan", "--unknown", "deny"]).success();
    // Without this permission more is unknown, and no error occurs.
    for statement in policy["Statement"].as_array_mut().expect("statements") {
        if let Some(actions) = statement["Action"].as_array_mut() {
            actions.retain(|action| action != "iam:GetRole");
        }
    }
    put(&policy);
    let output = session.run(&["plan"]).success();
    assert!(output.stdout.contains("iam:GetRole") || output.stdout.contains("GetRole"), "{}", output.stdout);
    session.run(&["plan", "--unknown", "deny"]).code(3);
}
