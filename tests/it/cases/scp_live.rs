//! Service control policies that are attached in an organization: at its root, at a unit, at the account.

use serde_json::{Value, json};

use super::scp::{deny, verdicts};
use crate::support::{Answer, Place, Request, Run, Stub, pass_on};

const MANAGER: &str = "210987654321";
const ACCOUNT: &str = "123456789012";
const TABLE: &str = "stack: shop\nregion: eu-central-1\ntables: {orders: {partition_key: pk}}\n";

/// An organization of another account; the stack's account is in one of its units.
pub(super) struct Organization<'p> {
    place: &'p Place,
    root: String,
    unit: String,
}

impl<'p> Organization<'p> {
    pub(super) fn above(place: &'p Place) -> Self {
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let call = |operation, parameters| place.observer.call_as(MANAGER, "organizations", operation, parameters);
        call("create_organization", json!({"FeatureSet": "ALL"}));
        let root = text(&call("list_roots", json!({}))["Roots"][0]["Id"]);
        let unit = call("create_organizational_unit", json!({"ParentId": root, "Name": "messaging"}));
        let unit = text(&unit["OrganizationalUnit"]["Id"]);
        call("invite_account_to_organization", json!({"Target": {"Id": ACCOUNT, "Type": "ACCOUNT"}}));
        call("move_account", json!({"AccountId": ACCOUNT, "SourceParentId": root, "DestinationParentId": unit}));
        Self { place, root, unit }
    }

    fn call(&self, operation: &str, parameters: Value) -> Value {
        self.place.observer.call_as(MANAGER, "organizations", operation, parameters)
    }

    /// Detaches a policy from the unit.
    pub(super) fn detach(&self, policy: &str) {
        self.call("detach_policy", json!({"PolicyId": policy, "TargetId": self.unit}));
    }

    /// Attaches a policy to the unit, and returns its id.
    pub(super) fn attach(&self, name: &str, content: &str) -> String {
        attach(self, name, content)
    }

    /// Lets the account read the attached policies.
    pub(super) fn delegate(&self) {
        let parameters = json!({"AccountId": ACCOUNT, "ServicePrincipal": "guardduty.amazonaws.com"});
        self.call("register_delegated_administrator", parameters);
    }
}

#[test]
fn scps_attached_at_root_ou_and_account_stop_apply() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    assert_eq!(verdicts(&plan, "scp").len(), 1, "AWS's FullAWSAccess at three levels denies nothing");
    let targets = [("root", &organization.root), ("unit", &organization.unit), ("account", &ACCOUNT.to_owned())];
    for (level, target) in targets {
        let content = deny("NoTables", "dynamodb:CreateTable", &Value::Null);
        let policy = organization.call(
            "create_policy",
            json!({"Name": format!("no-tables-{level}"), "Description": "d", "Type": "SERVICE_CONTROL_POLICY", "Content": content}),
        );
        let attachment = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": target});
        organization.call("attach_policy", attachment.clone());
        place.emulator.clear_log();
        let output = place.run(&["apply", "--yes"]).code(3);
        assert_eq!(place.emulator.mutations(), [""; 0]);
        for said in [format!("`no-tables-{level} (p-"), "`NoTables`".to_owned(), format!("level `{level} {target}`")] {
            assert!(output.stdout.contains(&said), "{said} is not in\n{}", output.stdout);
        }
        organization.call("detach_policy", attachment);
    }
    place.run(&["apply", "--yes"]).success();
    place.emulator.assert_no_invalid_requests();
}

#[test]
fn attached_resource_control_policy_stops_apply() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let rcps = |plan: &Value| -> Vec<Value> { verdicts(plan, "rcp") };
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    assert_eq!(rcps(&plan), [json!(null); 0], "AWS's own policy restricts nothing, and there is nothing to say");
    let attach = |name: &str, statement: Value| {
        let content = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let policy = organization.call(
            "create_policy",
            json!({"Name": name, "Description": "d", "Type": "RESOURCE_CONTROL_POLICY", "Content": content}),
        );
        let attachment = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": organization.unit});
        organization.call("attach_policy", attachment);
    };
    let deny =
        |action: &str| json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"});
    attach("no-buckets", deny("s3:*"));
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = rcps(&plan).try_into().expect("one verdict");
    assert_eq!((&verdict["rule"], &verdict["outcome"]), (&json!("summary"), &json!("pass")));
    attach("no-tables", deny("dynamodb:CreateTable"));
    place.emulator.clear_log();
    let output = place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let level = format!("level `unit {}`", organization.unit);
    for said in ["statement `No` of the resource control policy `no-tables (p-", &level, "[rcp/no-tables (p-"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    place.emulator.assert_no_invalid_requests();
}

#[test]
fn unreadable_rcps_are_unknown_while_scps_are_judged() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let port = place.emulator.port();
    let stub = Stub::start(move |asked| {
        if !String::from_utf8_lossy(&asked.body).contains("RESOURCE_CONTROL_POLICY") {
            return pass_on(asked, port).expect("the emulator answers");
        }
        let body = json!({"__type": "AccessDeniedException", "Message": "You don't have permissions to access this resource."});
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.1".to_owned())];
        Answer { status: 400, headers, body: body.to_string().into_bytes() }
    });
    let run = Run::new(place.stack.dir()).env("AWS_ENDPOINT_URL", stub.endpoint());
    let plan = run.args(&["plan", "--format", "json"]).output().success().json();
    let [verdict] = verdicts(&plan, "rcp").try_into().expect("one verdict");
    assert_eq!((&verdict["rule"], &verdict["outcome"]), (&json!("organisation"), &json!("unknown")));
    let said =
        "which may restrict the calls on dynamodb, are not readable: ListPoliciesForTarget: AccessDeniedException";
    assert!(verdict["message"].as_str().is_some_and(|message| message.contains(said)), "{verdict}");
    let [scp] = verdicts(&plan, "scp").try_into().expect("one verdict");
    assert_eq!(scp["rule"], "summary", "those that are readable are judged");
}

#[test]
fn placeholder_in_an_attached_policy_is_noted_once() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let condition = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${Account}:user/sandbox"}});
    let id = organization.attach("spares", &deny("Spares", "dynamodb:CreateTable", &condition));
    let output = place.run(&["plan"]).code(3);
    let said = format!(
        "the policy `spares ({id})` at `$.Statement.Condition.ArnNotLike[\"aws:PrincipalArn\"]`: `${{Account}}` is not a known key"
    );
    assert_eq!(output.stdout.matches(&said).count(), 1, "{}", output.stdout);
}

/// No policy of a type is attached if that type is not in use: that limits nothing, and does not hide the other type.
#[test]
fn organization_may_use_only_resource_control_policies() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let port = place.emulator.port();
    let plan = |kept_back: bool| {
        let stub = Stub::start(move |asked| {
            let body = String::from_utf8_lossy(&asked.body).into_owned();
            let json = |status, body: Value| {
                let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.1".to_owned())];
                Answer { status, headers, body: body.to_string().into_bytes() }
            };
            if body.contains("SERVICE_CONTROL_POLICY") {
                return json(200, json!({"Policies": []}));
            }
            if kept_back && body.contains("RESOURCE_CONTROL_POLICY") {
                return json(400, json!({"__type": "AccessDeniedException", "Message": "no"}));
            }
            pass_on(asked, port).expect("the emulator answers")
        });
        let run = Run::new(place.stack.dir()).env("AWS_ENDPOINT_URL", stub.endpoint());
        run.args(&["plan", "--format", "json"]).output()
    };
    let kept = plan(true).success().json();
    assert_eq!(verdicts(&kept, "scp"), [json!(null); 0], "none are in use");
    assert_eq!(verdicts(&kept, "rcp")[0]["outcome"], "unknown");
    let statement =
        json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "dynamodb:CreateTable", "Resource": "*"});
    let content = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let policy = organization.call(
        "create_policy",
        json!({"Name": "no-tables", "Description": "d", "Type": "RESOURCE_CONTROL_POLICY", "Content": content}),
    );
    let id = &policy["Policy"]["PolicySummary"]["Id"];
    organization.call("attach_policy", json!({"PolicyId": id, "TargetId": organization.unit}));
    let judged = plan(false).code(3).json();
    assert_eq!(verdicts(&judged, "scp"), [json!(null); 0], "none are in use");
    let [verdict] = verdicts(&judged, "rcp").try_into().expect("one verdict");
    assert_eq!((&verdict["statement"], &verdict["outcome"]), (&json!("No"), &json!("fail")));
}

/// The policy that AWS names is found in the chain that was read, with the denying statement.
#[test]
fn denial_by_aws_is_found_in_the_organizations_policies() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    organization.delegate();
    let condition = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    let id = attach(&organization, "only-from-within", &deny("FromWithin", "dynamodb:CreateTable", &condition));
    attach(&organization, "others-too", &deny("Others", "dynamodb:CreateTable", &condition));
    let table = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "CreateTable", "times": 1, "status": 400, "code": "AccessDeniedException",
        "message": format!(
            "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: dynamodb:CreateTable on resource: \
             {table} with an explicit deny in a service control policy: \
             arn:aws:organizations::{MANAGER}:policy/o-a/service_control_policy/{id}"
        ),
    }));
    let output = place.run(&["apply", "--yes"]).code(1);
    let said = format!(
        "statement `FromWithin` of the service control policy `only-from-within ({id})` at level `unit {}`",
        organization.unit
    );
    let report = &output.stderr[output.stderr.find("error: ").expect("an error is told")..];
    assert!(report.contains(&said), "{said} is not in\n{report}");
    assert!(!report.contains("others-too"), "AWS says which it was:\n{report}");
}

/// Attaches a policy that denies an action to the unit, and returns its id.
pub(super) fn attach_to_unit(organization: &Organization<'_>, name: &str, action: &str) -> String {
    attach(organization, name, &deny("No", action, &Value::Null))
}

/// Attaches a policy to the unit, and returns its id.
fn attach(organization: &Organization<'_>, name: &str, content: &str) -> String {
    let policy = organization.call(
        "create_policy",
        json!({"Name": name, "Description": "d", "Type": "SERVICE_CONTROL_POLICY", "Content": content}),
    );
    let id = policy["Policy"]["PolicySummary"]["Id"].as_str().expect("an id").to_owned();
    organization.call("attach_policy", json!({"PolicyId": id, "TargetId": organization.unit}));
    id
}

#[test]
fn iam_simulator_is_used_if_scps_are_unreadable() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    attach_to_unit(&organization, "no-buckets", "s3:*");
    let output = place.run(&["plan"]).success();
    for said in ["are not readable", "simulated by IAM (less reliable), they deny none of"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    attach_to_unit(&organization, "no-tables", "dynamodb:CreateTable");
    place.emulator.clear_log();
    let output = place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let table = "`dynamodb:CreateTable` on `arn:aws:dynamodb:eu-central-1:123456789012:table/orders`";
    let said =
        format!("{table} is denied by the organization's service control policies: simulated by IAM (less reliable)");
    assert!(output.stdout.contains(&said), "{}", output.stdout);
    assert!(
        output.stdout.contains("[scp/simulated]") && output.stdout.contains("are not readable"),
        "{}",
        output.stdout
    );
}

/// Calls that were allowed before are not judged again when the results are read.
#[test]
fn final_read_calls_neither_organizations_nor_simulator() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    attach_to_unit(&organization, "no-buckets", "s3:*");
    place.emulator.clear_log();
    place.run(&["apply", "--yes"]).success();
    let requests = place.emulator.requests();
    let first = requests.iter().position(|request| request.mutating).expect("a table was made");
    let judging = |requests: &[Request]| {
        let asked =
            |request: &&Request| request.service == "organizations" || request.operation == "SimulatePrincipalPolicy";
        requests.iter().filter(asked).count()
    };
    assert!(judging(&requests[..first]) > 0, "it is judged before");
    assert_eq!(judging(&requests[first..]), 0, "and not after");
}

/// The present verdict stays, whatever the result of the simulation.
#[test]
fn denied_simulation_keeps_the_unreadable_verdict() {
    let place = Place::of(TABLE);
    let organization = Organization::above(&place);
    attach_to_unit(&organization, "no-tables", "dynamodb:CreateTable");
    let refuse = |status: u16, code: &str| {
        place.emulator.clear_faults();
        place.emulator.fault(json!({
            "service": "iam", "operation": "SimulatePrincipalPolicy", "status": status, "code": code, "message": "no",
        }));
        let plan = place.run(&["plan", "--format", "json"]).success().json();
        let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
        assert_eq!((&verdict["rule"], &verdict["outcome"]), (&json!("organisation"), &json!("unknown")));
        verdict["message"].as_str().expect("a message").to_owned()
    };
    assert!(!refuse(403, "AccessDenied").contains("simulat"));
    assert!(
        refuse(404, "NoSuchEntity").ends_with("was not asked about them: SimulatePrincipalPolicy: NoSuchEntity: no")
    );
    assert!(refuse(501, "NotImplemented").ends_with("was not asked about them: this endpoint does not have it"));
}

#[test]
fn unreadable_scps_are_one_unknown_verdict() {
    let place = Place::of(TABLE);
    Organization::above(&place);
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
    assert_eq!(verdict["outcome"], "unknown");
    assert!(verdict["message"].as_str().is_some_and(|said| said.contains("not readable")), "{verdict}");
    let said = "and its resource control policies on dynamodb";
    assert!(verdict["message"].as_str().is_some_and(|message| message.contains(said)), "{verdict}");
    assert_eq!(verdicts(&plan, "rcp"), [json!(null); 0], "one verdict says it all");
    place.emulator.clear_log();
    place.run(&["apply", "--yes", "--unknown", "deny"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn standalone_account_has_no_scp_verdict_and_management_account_is_exempt() {
    let place = Place::of(TABLE);
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    assert_eq!(verdicts(&plan, "scp"), [json!(null); 0]);
    place.observer.call("organizations", "create_organization", json!({"FeatureSet": "ALL"}));
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
    assert_eq!((&verdict["rule"], &verdict["outcome"]), (&json!("management-account"), &json!("pass")));
}
