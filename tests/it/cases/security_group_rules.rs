//! The kind `security_group_rules`, through the command: life, drift, replacement, adoption, conflicts, and the entries
//! of which each workspace has a rule of its own.

use serde_json::{Value, json};

use crate::support::{Place, Stack, actions, calls, owned, paths};

const ADDRESS: &str = "security_group_rules.database";

/// A place with a security group, whose id the file takes from the environment.
struct Database {
    place: Place,
    group: String,
}

impl Database {
    /// A stack of one rule with these properties.
    fn with(properties: &str) -> Self {
        let place = Place::new(Stack::new(""));
        let parameters = json!({"GroupName": "database", "Description": "of the database"});
        let made = place.observer.call("ec2", "create_security_group", parameters);
        let group = made["GroupId"].as_str().expect("an id").to_owned();
        place.emulator.clear_log();
        let database = Self { place, group };
        database.set(properties);
        database
    }

    fn set(&self, properties: &str) {
        let yaml = format!(
            "stack: shop\nregion: eu-central-1\nsecurity_group_rules:\n  database: {{security_group: {}, {properties}}}\n",
            self.group
        );
        self.place.stack.write("stack.yaml", &yaml);
    }

    fn inbound(&self) -> Vec<Value> {
        let filter = json!({"Filters": [{"Name": "group-id", "Values": [self.group]}]});
        let found = self.place.observer.call("ec2", "describe_security_group_rules", filter);
        let rules = found["SecurityGroupRules"].as_array().expect("rules").iter();
        rules.filter(|rule| rule["IsEgress"] == false).cloned().collect()
    }

    fn by_hand(&self, cidr: &str) -> String {
        let range = json!({"CidrIp": cidr, "Description": "by hand"});
        let permission = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [range]});
        let parameters = json!({"GroupId": self.group, "IpPermissions": [permission]});
        let made = self.place.observer.call("ec2", "authorize_security_group_ingress", parameters);
        made["SecurityGroupRules"][0]["SecurityGroupRuleId"].as_str().expect("an id").to_owned()
    }
}

#[test]
fn rule_is_created_changed_in_place_and_removed() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16, description: office");
    database.place.apply(&[]);
    let [made] = database.inbound().try_into().expect("one rule");
    assert_eq!((&made["CidrIpv4"], &made["FromPort"]), (&json!("10.0.0.0/16"), &json!(5432)));
    let id = made["SecurityGroupRuleId"].clone();

    database.set("port: {from: 5432, to: 5433}, source: 10.1.0.0/16");
    let plan = database.place.plan(&[]);
    assert_eq!(actions(&plan), owned(&[(ADDRESS, "update")]));
    assert_eq!(calls(&plan), ["ec2:ModifySecurityGroupRules"]);
    assert_eq!(paths(&plan, ADDRESS), ["source", "port", "description"]);
    database.place.apply(&[]);
    let [changed] = database.inbound().try_into().expect("one rule");
    assert_eq!((&changed["SecurityGroupRuleId"], &changed["ToPort"]), (&id, &json!(5433)), "the same rule");
    assert_eq!(changed["CidrIpv4"], "10.1.0.0/16");

    // A rule keeps its type: the old one goes first.
    database.set("port: 5432, source: 2a05:d014::/36");
    let plan = database.place.plan(&[]);
    let anew = ["ec2:RevokeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupIngress"];
    assert_eq!(calls(&plan), anew);
    database.place.apply(&[]);
    assert_eq!(database.inbound()[0]["CidrIpv6"], "2a05:d014::/36");

    database.place.stack.write("stack.yaml", "stack: shop\nregion: eu-central-1\nsecurity_group_rules: {}\n");
    assert_eq!(actions(&database.place.plan(&[])), owned(&[(ADDRESS, "delete")]));
    database.place.apply(&["--allow-delete", ADDRESS]);
    assert_eq!(database.inbound(), [] as [Value; 0]);
}

#[test]
fn another_group_makes_another_rule() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16");
    database.place.apply(&[]);
    let parameters = json!({"GroupName": "other", "Description": "another group"});
    let other = database.place.observer.call("ec2", "create_security_group", parameters)["GroupId"].clone();
    database.place.stack.replace(&database.group, other.as_str().expect("an id"));
    assert_eq!(actions(&database.place.plan(&[])), owned(&[(ADDRESS, "replace")]));
    database.place.apply(&["--allow-replace", ADDRESS]);
    assert_eq!(database.inbound(), [] as [Value; 0]);
    let filter = json!({"Filters": [{"Name": "tag:underpin:address", "Values": [ADDRESS]}]});
    let found = database.place.observer.call("ec2", "describe_security_group_rules", filter);
    assert_eq!(found["SecurityGroupRules"][0]["GroupId"], other);
}

#[test]
fn rule_made_by_hand_is_adopted_and_drift_repaired() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16, description: by hand");
    let id = database.by_hand("10.0.0.0/16");
    assert_eq!(actions(&database.place.plan(&[])), owned(&[(ADDRESS, "adopt")]));
    database.place.apply(&["--allow-adopt", ADDRESS]);
    let rule = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "10.0.0.0/16"});
    let update = json!({"SecurityGroupRuleId": id, "SecurityGroupRule": rule});
    let parameters = json!({"GroupId": database.group, "SecurityGroupRules": [update]});
    database.place.observer.call("ec2", "modify_security_group_rules", parameters);
    assert_eq!(paths(&database.place.plan(&[]), ADDRESS), ["port"]);
    database.place.apply(&[]);
    let [rule] = database.inbound().try_into().expect("one rule");
    assert_eq!((&rule["SecurityGroupRuleId"], &rule["FromPort"]), (&json!(id), &json!(5432)));
}

#[test]
fn sensitive_group_and_source_are_never_shown_and_work() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16");
    let yaml = "stack: shop\nregion: eu-central-1\nsecurity_group_rules:\n  \
                database: {security_group: '${env:DB_SG_ID}', port: 5432, source: '${env:OFFICE}'}\n";
    database.place.stack.write("stack.yaml", yaml);
    for office in ["10.123.0.0/16", "2a05:d014:77::/48"] {
        let run = |arguments: &[&str]| {
            let run = database.place.command(arguments).env("DB_SG_ID", &database.group);
            let output = run.env("OFFICE", office).output();
            for text in [&output.stdout, &output.stderr] {
                assert!(!text.contains(office) && !text.contains(&database.group), "{text}");
            }
            output
        };
        run(&["apply", "--yes"]).success();
        run(&["plan", "--detailed-exitcode"]).success();
        let [rule] = database.inbound().try_into().expect("one rule");
        assert!(rule["CidrIpv4"] == office || rule["CidrIpv6"] == office, "{rule}");
    }
    database.place.emulator.assert_no_invalid_requests();
}

#[test]
fn missing_group_is_refused_before_any_call() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16");
    database.place.stack.replace(&database.group, "sg-0123456789abcdef0");
    let output = database.place.run(&["apply", "--yes"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("there is no security group `sg-0123456789abcdef0`"), "{}", output.stderr);
    assert_eq!(database.place.emulator.mutations(), [""; 0]);
}

#[test]
fn rule_of_each_workspace_is_named_and_no_plan_touches_it() {
    let database = Database::with("port: 5432, source: workspace");
    for (workspace, cidr) in [("a", "3.120.5.6/32"), ("b", "3.120.5.7/32")] {
        let range = json!({"CidrIp": cidr, "Description": format!("underpin workspace {workspace}")});
        let permission = json!({"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [range]});
        let parameters = json!({"GroupId": database.group, "IpPermissions": [permission]});
        database.place.observer.call("ec2", "authorize_security_group_ingress", parameters);
    }
    let before = database.inbound();
    let plan = database.place.plan(&[]);
    assert_eq!((actions(&plan), calls(&plan)), (owned(&[]), Vec::new()));
    let note = plan["notes"].as_array().expect("notes").iter().find(|note| note["address"] == ADDRESS);
    assert!(note.is_some_and(|note| note["message"].as_str().is_some_and(|text| text.contains("underpin startup"))));
    database.place.apply(&[]);
    database.place.run(&["destroy", "--yes"]).success();
    assert_eq!(database.inbound(), before, "the rules of workspaces stay");
    let output = database.place.run(&["plan", "--target", ADDRESS]);
    assert_eq!(output.code, 64, "{}", output.stderr);
    assert!(output.stderr.contains("of which each workspace has its own"), "{}", output.stderr);
    let valid = database.place.run(&["validate", "--format", "json"]).success().json();
    assert_eq!((&valid["resources"], &valid["per_workspace"]), (&json!([]), &json!([ADDRESS])));
}

/// What was a rule of the stack does not stay open when the file makes it one of each workspace.
#[test]
fn stack_rule_that_becomes_one_of_each_workspace_is_removed() {
    let database = Database::with("port: 5432, source: 10.0.0.0/16");
    database.place.apply(&[]);
    database.set("port: 5432, source: workspace");
    assert_eq!(actions(&database.place.plan(&[])), owned(&[(ADDRESS, "delete")]));
    database.place.apply(&["--allow-delete", ADDRESS]);
    assert_eq!(database.inbound(), [] as [Value; 0]);
}

#[test]
fn mistakes_are_shown_at_their_places_before_any_call() {
    let place = Place::of(
        "stack: shop
region: eu-central-1
security_group_rules:
  no-port: {security_group: sg-1, source: 10.0.0.0/16}
  host-bits: {security_group: sg-1, source: 10.0.0.5/16, port: 1}
  address: {security_group: sg-1, source: 3.120.5.6, port: 2}
  nonsense: {security_group: sg-1, source: everybody, port: 3}
  port-of-icmp: {security_group: sg-1, source: 10.0.0.0/16, protocol: icmp, port: 4}
  no-group: {source: 10.0.0.0/16, port: 5}
  wrong-group: {security_group: database, source: 10.0.0.0/16, port: 6}
  large-port: {security_group: sg-1, source: 10.0.0.0/16, port: 65536}
  backwards: {security_group: sg-1, source: 10.0.0.0/16, port: {from: 8, to: 7}}
  described: {security_group: sg-1, source: workspace, port: 9, description: mine}
  quotes: {security_group: sg-1, source: 10.0.0.0/16, port: 10, description: 'the \"office\"'}
  no-protocol: {security_group: sg-1, source: 10.0.0.0/16, port: 11, protocol: sctp}
",
    );
    let output = place.run(&["validate"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    insta::assert_snapshot!(output.stderr);
    place.stack.write(
        "stack.yaml",
        "stack: shop
region: eu-central-1
security_group_rules:
  one: {security_group: sg-1, source: 10.0.0.0/16, port: 5432}
  same: {security_group: sg-1, source: 10.0.0.0/16, port: {from: 5432, to: 5432}}
  mine: {security_group: sg-1, source: workspace, port: 5432}
  again: {security_group: sg-1, source: workspace, port: 5432}
",
    );
    let output = place.run(&["validate"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    insta::assert_snapshot!(output.stderr);
    place.stack.write(
        "stack.yaml",
        "stack: shop
region: eu-central-1
security_group_rules:
  mine: {security_group: sg-1, source: workspace, port: 5432}
roles:
  worker: {assumed_by: lambda.amazonaws.com, tags: {rule: '${security_group_rules.mine.id}'}}
",
    );
    let output = place.run(&["validate"]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    insta::assert_snapshot!(output.stderr);
    assert_eq!(place.emulator.requests().len(), 0, "nothing is asked");
}
