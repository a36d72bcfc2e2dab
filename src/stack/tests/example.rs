//! The example of the design loads as it is written.

use serde_json::json;

use super::*;
use crate::base::pending;

fn example() -> String {
    std::fs::read_to_string(example_folder().join("stack.yaml")).expect("the example")
}

#[test]
fn the_example_loads() {
    let loaded = load(&example()).unwrap_or_else(|failure| panic!("{failure}"));
    let addresses: Vec<String> = loaded.stack.resources.iter().map(|one| one.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "tables.cruddur-messages",
            "vpc_endpoints.cruddur-ddb",
            "roles.cruddur-messaging-stream",
            "functions.cruddur-messaging-stream",
            "triggers.cruddur-messaging-stream/messages",
        ]
    );
    let table = loaded.body("tables.cruddur-messages");
    assert_eq!(table["billing"], json!({"mode": "provisioned", "read_capacity": 5, "write_capacity": 5}));
    assert_eq!(table["tags"], json!({"project": "cruddur"}));
    assert_eq!(table.get("time_to_live"), None);
    let role = loaded.body("roles.cruddur-messaging-stream");
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages";
    let statements = &role["inline_policies"]["cruddur-message-stream-policy"]["Statement"];
    assert_eq!(statements[1]["Resource"], json!(arn));
    let function = loaded.body("functions.cruddur-messaging-stream");
    assert_eq!(function["role"], json!("arn:aws:iam::123456789012:role/cruddur-messaging-stream"));
    let sealed = function["environment"]["TABLE_NAME"].as_str().expect("a text");
    assert_eq!(loaded.vault.open(sealed).as_deref(), Some("cruddur-messages"));
    let digest = function["code"]["sha256"].as_str().expect("a digest");
    let archive = loaded.archives.get(digest).expect("the archive");
    assert_eq!(json!(archive.len()), function["code"]["size"]);
    let trigger = loaded.declared("triggers.cruddur-messaging-stream/messages");
    assert_eq!(trigger.name, "cruddur-messaging-stream/messages");
    assert_eq!(trigger.body["function"], json!("cruddur-messaging-stream"));
    assert_eq!(pending::references(&trigger.body).len(), 1);
    let uses: Vec<String> =
        trigger.references.iter().map(|one| format!("{} → {} ({})", one.at, one.to, one.known)).collect();
    assert_eq!(
        uses,
        [
            "function → functions.cruddur-messaging-stream.name (true)",
            "stream → tables.cruddur-messages.stream_arn (false)",
        ]
    );
}

#[test]
fn example_settings_are_loaded() {
    let stack = load(&example()).unwrap_or_else(|failure| panic!("{failure}")).stack;
    let settings = stack.settings;
    assert_eq!((settings.stack.as_str(), settings.region.as_deref()), ("cruddur", Some("eu-central-1")));
    assert_eq!(settings.account.as_deref(), Some("123456789012"));
    assert_eq!(settings.residency, ["eu-central-1"]);
    assert_eq!(settings.guardrails.scps.len(), 1);
    assert_eq!(settings.guardrails.config_rules.len(), 2);
    assert_eq!(settings.guardrails.exceptions[0].resource.to_string(), "tables.cruddur-messages");
    let rule = &settings.guardrails.config_rules[1].location;
    assert_eq!((rule.line, rule.column), (68, 7));
    let location = stack.source.setting(&["account"]).expect("a place");
    assert_eq!((location.line, location.column), (5, 10));
}

#[test]
fn environment_loads_only_its_sections() {
    let loaded = load_in(&example_folder(), &example(), Some("local")).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.stack.resources.len(), 1);
    assert_eq!(loaded.stack.settings.endpoint_url.as_deref(), Some("http://localhost:8000"));
    assert_eq!(loaded.stack.settings.sections, Some(vec!["tables".to_owned()]));
    assert!(load_in(&example_folder(), &example(), Some("prod")).is_ok());
}

#[test]
fn the_example_loads_with_the_real_kinds() {
    let registry = crate::kinds::REGISTRY;
    let mut text = example();
    if registry.kind("vpc_endpoints").is_none() {
        let start = text.find("vpc_endpoints:").expect("there");
        let end = text.find("roles:").expect("there");
        text.replace_range(start..end, "");
    }
    let document =
        Document::parse(example_folder().join("stack.yaml"), text, &crate::kinds::REGISTRY).expect("a document");
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    for environment in [None, Some("local"), Some("prod")] {
        let stack = document
            .load(environment, &|_| env.clone(), &registry, &vault, &archives, &variables)
            .unwrap_or_else(|failure| panic!("{failure}"));
        for resource in &stack.resources {
            let kind = registry.kind(resource.address.section()).expect("a kind");
            let cx = crate::kind::Context { name: &resource.name, env: &env, facts: None };
            assert!(kind.identity(&resource.address, &resource.body, &cx).is_ok(), "{}", resource.address);
        }
    }
}

#[test]
fn the_projects_own_stack_loads() {
    let document = Document::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("stack.yaml"), &crate::kinds::REGISTRY)
        .expect("a document");
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let registry = crate::kinds::REGISTRY;
    let stack = document.load(None, &|_| env.clone(), &registry, &vault, &archives, &variables);
    assert!(stack.unwrap_or_else(|failure| panic!("{failure}")).resources.len() >= 5);
}

#[test]
fn syntax_of_other_tools_gets_a_suggestion() {
    let text = "stack: s\nregion: eu-central-1\ntables:\n  one: {partition_key: {name: id, type: string}, billing: on_demand}\n  \
                two: {partition_key: id, table_class: STANDARD_IA, strem: off}\nroles:\n  r: {assumed_by: ec2, \
                managed_policies: ReadOnlyAccess}\nfunctions:\n  f: {runtime: python3.14x, handler: a.b, code: ., role: r}\n\
                guardrails: {scps: policies/scp}\n";
    let document = Document::parse(example_folder().join("stack.yaml"), text.to_owned(), &crate::kinds::REGISTRY)
        .expect("a document");
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let registry = crate::kinds::REGISTRY;
    let failure =
        document.load(None, &|_| env.clone(), &registry, &vault, &archives, &variables).expect_err("mistakes");
    let hints: Vec<&str> = failure.diagnostics.iter().filter_map(|one| one.hint.as_deref()).collect();
    let wanted = [
        "did you mean `S`?",
        "for example `{mode: on_demand}`",
        "did you mean `standard_infrequent_access`?",
        "did you mean `stream`?",
        "write `ec2.amazonaws.com`",
        "write `[ReadOnlyAccess]`",
        "did you mean `python3.14`?",
        "write `[policies/scp]`",
    ];
    assert_eq!(hints, wanted);
}
