//! `startup` opens the workspace's own rule, and `startup --stop` closes it; neither stands in the way of the workspace.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Output, Place, Run, Stack};

const ENTRY: &str = "security_group_rules.database";

/// A stack with a rule of each workspace in a group that the file takes from the environment.
struct Database {
    place: Place,
    group: String,
}

impl Database {
    fn new() -> Self {
        let yaml = "stack: shop\nregion: eu-central-1\naccount: \"123456789012\"\nsecurity_group_rules:\n  \
                    database: {security_group: '${env:DB_SG_ID}', port: 5432, source: workspace}\n";
        let place = Place::new(Stack::new(yaml));
        let parameters = json!({"GroupName": "database", "Description": "of the database"});
        let made = place.observer.call("ec2", "create_security_group", parameters);
        let group = made["GroupId"].as_str().expect("an id").to_owned();
        place.emulator.clear_log();
        Self { place, group }
    }

    /// A run in a workspace of Gitpod Classic.
    fn command(&self, workspace: &str, arguments: &[&str]) -> Run {
        let run = self.place.command(&[&["startup"], arguments].concat()).env("DB_SG_ID", &self.group);
        run.env("GITPOD_WORKSPACE_ID", workspace).env("GITPOD_INSTANCE_ID", "of-this-start")
    }

    fn live(&self) -> Vec<(String, String)> {
        let filter = json!({"Filters": [{"Name": "group-id", "Values": [self.group]}]});
        let found = self.place.observer.call("ec2", "describe_security_group_rules", filter);
        let rules = found["SecurityGroupRules"].as_array().expect("rules").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let inbound = rules.filter(|rule| rule["IsEgress"] == false);
        let mut live: Vec<_> = inbound.map(|rule| (text(&rule["CidrIpv4"]), text(&rule["Description"]))).collect();
        live.sort();
        live
    }
}

fn last(output: &Output) -> Value {
    let line = output.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}\n{}", output.stdout, output.stderr))
}

fn rule(cidr: &str, workspace: &str) -> (String, String) {
    (cidr.to_owned(), format!("underpin workspace {workspace}"))
}

#[test]
fn startup_opens_the_rule_follows_the_address_and_stop_closes_it() {
    let database = Database::new();
    let shown = database.command("olive-fox", &["--workspace-address", "3.120.5.6"]).output().success();
    assert_eq!(last(&shown)["rule"]["state"], "left", "only --apply changes anything");
    assert_eq!(database.place.emulator.mutations(), [""; 0]);

    let start = |address: &str| {
        let output = database.command("olive-fox", &["--apply"]).env("GITPOD_IP", address).output().success();
        assert!(!output.stdout.contains(&database.group) && !output.stderr.contains(&database.group));
        last(&output)["rule"].clone()
    };
    let opened = start("3.120.5.6");
    assert_eq!((&opened["state"], &opened["address"]), (&json!("opened"), &json!(ENTRY)));
    assert_eq!((&opened["source"], &opened["port"]), (&json!("3.120.5.6/32"), &json!("5432")));
    assert_eq!(database.live(), [rule("3.120.5.6/32", "olive-fox")]);
    database.place.emulator.clear_log();
    assert_eq!(start("3.120.5.6")["state"], "unchanged");
    assert_eq!(database.place.emulator.mutations(), [""; 0]);
    let changed = start("3.120.5.7");
    assert_eq!((&changed["state"], &changed["id"]), (&json!("changed"), &opened["id"]));

    let stopped = database.command("olive-fox", &["--stop"]).output().success();
    assert_eq!(last(&stopped)["rule"]["state"], "closed");
    assert_eq!(database.live(), []);
    let again = database.command("olive-fox", &["--stop"]).output().success();
    assert_eq!(last(&again)["rule"]["state"], "absent");
}

#[test]
fn rules_of_other_workspaces_are_named_and_removed_by_name() {
    let database = Database::new();
    for (workspace, address) in [("stopped", "3.120.5.1"), ("running", "3.120.5.2")] {
        let more = ["--apply", "--workspace-address", address];
        database.command(workspace, &more).output().success();
    }
    let own = ["--apply", "--workspace-address", "3.120.5.6"];
    let output = database.command("olive-fox", &own).output().success();
    let others = last(&output)["rule"]["others"].clone();
    assert_eq!(others.as_array().map(Vec::len), Some(2), "{others}");
    assert!(output.stderr.contains("`stopped` (3.120.5.1/32)"), "{}", output.stderr);
    let wrong = database.command("olive-fox", &[&own[..], &["--remove-rule", "stop"]].concat()).output().success();
    assert!(wrong.stderr.contains("there is no rule of a workspace `stop`"), "{}", wrong.stderr);
    assert_eq!(database.live().len(), 3);
    database.command("olive-fox", &[&own[..], &["--remove-rule", "stopped"]].concat()).output().success();
    assert_eq!(database.live(), [rule("3.120.5.2/32", "running"), rule("3.120.5.6/32", "olive-fox")]);
}

#[test]
fn rule_of_the_scripts_variables_is_adopted_without_an_entry_in_the_file() {
    let database = Database::new();
    database.place.stack.write("stack.yaml", "stack: shop\nregion: eu-central-1\n");
    let range = json!({"CidrIp": "3.120.5.1/32", "Description": "by hand"});
    let permission = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [range]});
    let parameters = json!({"GroupId": database.group, "IpPermissions": [permission]});
    let made = database.place.observer.call("ec2", "authorize_security_group_ingress", parameters);
    let id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"].as_str().expect("an id").to_owned();
    database.place.emulator.clear_log();
    let run = database.command("olive-fox", &["--apply"]).env("GITPOD_IP", "3.120.5.6").env("DB_SG_RULE_ID", &id);
    let report = last(&run.output().success());
    assert_eq!((&report["rule"]["state"], &report["rule"]["id"]), (&json!("changed"), &json!(id)));
    assert_eq!(database.place.emulator.mutations(), ["ec2:ModifySecurityGroupRules"]);
    assert_eq!(database.live(), [("3.120.5.6/32".to_owned(), "GITPOD".to_owned())]);
}

/// Whatever is wrong with the rule, the workspace starts.
#[test]
fn no_failure_of_the_rule_stands_in_the_way() {
    let database = Database::new();
    let mut all = String::new();
    let mut look = |what: &str, run: Run| {
        let output = run.output().success();
        let report = last(&output);
        assert_eq!((&report["exit_code"], &report["rule"]["state"]), (&json!(0), &json!("left")), "{what}: {report}");
        let reason = report["left"][0]["reason"].as_str().unwrap_or_default();
        writeln!(all, "{what}: {reason}").expect("a text takes text");
    };
    let apply = |more: &[&str]| database.command("olive-fox", &[&["--apply"], more].concat());
    for address in ["0.0.0.0/0", "10.0.0.7", "everybody"] {
        look(address, apply(&["--workspace-address", address]));
    }
    look("no address", apply(&[]));
    look("a page that is not there", apply(&[]).env("UNDERPIN_CHECK_IP_URL", "http://127.0.0.1:1/"));
    let nowhere = apply(&["--workspace-address", "3.120.5.6"]).env("DB_SG_ID", "sg-0123456789abcdef0");
    look("no such group", nowhere);
    look("no id of a rule", apply(&["--workspace-address", "3.120.5.6"]).env("DB_SG_RULE_ID", "office"));
    database.place.emulator.fault(json!({"service": "ec2", "operation": "AuthorizeSecurityGroupIngress",
        "status": 403, "code": "UnauthorizedOperation", "message": "You are not authorized to perform this operation."}));
    look("denied by AWS", apply(&["--workspace-address", "3.120.5.6"]));
    database.place.emulator.clear_faults();
    let scp = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "NoRules", "Effect": "Deny", "Action": "ec2:AuthorizeSecurityGroupIngress", "Resource": "*"}]});
    database.place.stack.write("deny.json", scp.to_string());
    database.place.stack.replace("security_group_rules:", "guardrails: {scps: [deny.json]}\nsecurity_group_rules:");
    database.place.emulator.clear_log();
    look("denied by a policy in a file", apply(&["--workspace-address", "3.120.5.6"]));
    assert_eq!(database.place.emulator.mutations(), [""; 0]);
    insta::assert_snapshot!(all);
    assert_eq!(database.live(), []);
}
