//! A small stack with rules of its own, and their verdicts.

use serde_json::Value;

use super::*;
use crate::base::{Address, Archives, Environment, Outputs, PropertyPath, Vault};
use crate::kind::{Context, DECLARED_NEEDS, role_needs};
use crate::kinds::REGISTRY;
use crate::plan::Verdict;
use crate::rules::{Declarations, RuleSet};
use crate::stack::{Document, Stack, config_rules};

/// A rule for every feature: two in a catalogue, two in files of their own.
pub(super) const CATALOGUE: &str = "
rules:
  deletion-protection:
    title: Tables can't be deleted by mistake
    resource_types: [AWS::DynamoDB::Table]
    input: configuration_item
    enforcement: deny
    severity: high
    config_rule: DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED
    security_hub: [DynamoDB.6]
    property: deletion_protection
    remediation: 'write `deletion_protection: true`'
  memory:
    title: Functions are small
    resource_types: [AWS::Lambda::Function]
    input: configuration_item
    parameters:
      mostMemory: {type: integer, default: 256}
    applies_when: the function is written in Python
    remediation: write less `memory`
  stream-triggers:
    title: Triggers give up at last
    resource_types: [AWS::Lambda::EventSourceMapping]
    input: template
    remediation: 'write `maximum_retry_attempts: 3`'
";
pub(super) const PROTECTION: &str = r#"rule protected when resourceType == "AWS::DynamoDB::Table" {
  configuration.deletionProtectionEnabled == true <<the table can be deleted by mistake>>
}"#;
pub(super) const MEMORY: &str = "rule memory when configuration.runtime == /^python/ {
  configuration.memorySize <= CONFIG_RULE_PARAMETERS.mostMemory
}";
pub(super) const TRIGGERS: &str = "let triggers = Resources.*[ Type == 'AWS::Lambda::EventSourceMapping' ]
rule triggers when %triggers !empty { %triggers.Properties.MaximumRetryAttempts >= 0 <<it never gives up>> }";

pub(super) const STACK: &str = "stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    stream: new_image
    deletion_protection: false
roles:
  worker:
    assumed_by: lambda.amazonaws.com
functions:
  worker:
    runtime: python3.13
    handler: f.handler
    code: code
    role: ${roles.worker.arn}
    memory: 512
    triggers:
      orders:
        stream: ${tables.orders.stream_arn}
        starting_position: latest
";

pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
}

impl World {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let own = [
            ("rules/catalogue.yaml", CATALOGUE),
            ("rules/deletion-protection.guard", PROTECTION),
            ("rules/memory.guard", MEMORY),
            ("rules/stream-triggers.guard", TRIGGERS),
            ("code/f.py", ""),
        ];
        for (path, text) in own.iter().chain(files) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("folders can be made");
            std::fs::write(path, text).expect("a file can be written");
        }
        Self { folder }
    }

    pub(super) fn stack(&self, guardrails: &str) -> Stack {
        self.load(&format!("{STACK}guardrails:\n{guardrails}"))
    }

    pub(super) fn load(&self, text: &str) -> Stack {
        let file = self.folder.path().join("stack.yaml");
        std::fs::write(&file, text).expect("a file can be written");
        let document = Document::parse(file, text.to_owned(), &crate::kinds::REGISTRY)
            .unwrap_or_else(|failure| panic!("{failure}"));
        let (vault, archives) = (Vault::new([1; 32]), Archives::default());
        let stack = document.load(None, &|_| env(), &REGISTRY, &vault, &archives, &|_| None);
        stack.unwrap_or_else(|failure| panic!("{failure}"))
    }

    pub(super) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("stack.yaml")
    }

    pub(super) fn rules(&self, stack: &Stack) -> RuleSet {
        config_rules(&self.file(), &stack.settings, &REGISTRY).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// The errors of reading rules, without the folder.
    pub(super) fn errors(&self, guardrails: &str) -> String {
        let stack = self.stack(guardrails);
        let failure = config_rules(&self.file(), &stack.settings, &REGISTRY).err();
        let text = failure.map_or_else(|| "no errors".to_owned(), |failure| failure.to_string());
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    pub(super) fn judged(&self, guardrails: &str) -> Vec<Verdict> {
        self.judged_on(guardrails, "2027-06-30", &|_, _| None)
    }

    pub(super) fn judged_on(
        &self,
        guardrails: &str,
        today: &str,
        live: &dyn Fn(&Address, &Value) -> Option<Value>,
    ) -> Vec<Verdict> {
        let stack = self.stack(guardrails);
        let rules = self.rules(&stack);
        judge(&stack, &rules, today, live)
    }
}

pub(super) fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

/// What a stack declares of its roles.
pub(super) fn declared(stack: &Stack) -> Declarations {
    let mut declared = Declarations::default();
    let resources = stack.resources.iter().map(|one| (&one.address, one.name.as_str(), &one.body));
    for (arn, needs) in role_needs(&REGISTRY, resources, &env()).expect("the needs are known") {
        declared.insert(arn, DECLARED_NEEDS, needs);
    }
    declared
}

pub(super) fn judge(
    stack: &Stack,
    rules: &RuleSet,
    today: &str,
    live: &dyn Fn(&Address, &Value) -> Option<Value>,
) -> Vec<Verdict> {
    judged(stack, rules, today, live, &|_, wanted| wanted.clone())
}

/// Judges a stack after its properties were changed.
pub(super) fn judge_as(stack: &Stack, rules: &RuleSet, other: &dyn Fn(&Address, &Value) -> Value) -> Vec<Verdict> {
    judged(stack, rules, "2027-06-30", &|_, _| None, other)
}

fn judged(
    stack: &Stack,
    rules: &RuleSet,
    today: &str,
    live: &dyn Fn(&Address, &Value) -> Option<Value>,
    other: &dyn Fn(&Address, &Value) -> Value,
) -> Vec<Verdict> {
    let (env, outputs) = (env(), Outputs::new());
    let normal: Vec<_> = stack
        .resources
        .iter()
        .map(|declared| {
            let kind = REGISTRY.kind(declared.address.section()).expect("a kind");
            let cx = Context { name: &declared.name, env: &env, facts: None };
            let wanted = kind.normalize(&declared.body, &cx).expect("it can be normalised");
            let live = live(&declared.address, &wanted);
            let wanted = other(&declared.address, &wanted);
            (declared, wanted, live)
        })
        .collect();
    let resources: Vec<Subject<'_>> = normal
        .iter()
        .map(|(declared, wanted, live)| Subject {
            address: &declared.address,
            name: &declared.name,
            wanted,
            outputs: &outputs,
            live: live.as_ref().map(|live| (live, &outputs)),
        })
        .collect();
    let terms = ConfigTerms {
        registry: &REGISTRY,
        env: &env,
        facts: None,
        rules,
        exceptions: &stack.settings.guardrails.exceptions,
        declared: &declared(stack),
        today: today.parse().expect("a day"),
        locate: &|address: &Address, path: &PropertyPath| stack.source.locate(address, path),
        has: &|address| stack.resources.iter().any(|one| one.address == *address),
    };
    config(&resources, &terms)
}

/// The verdicts as `outcome rule address @line: message`.
pub(super) fn lines(verdicts: &[Verdict]) -> Vec<String> {
    let line = |verdict: &Verdict| {
        let Verdict { rule, address, outcome, message, source, .. } = verdict;
        let about = address.as_ref().map(|address| format!(" {address}")).unwrap_or_default();
        let place = source.as_ref().map(|at| format!(" @{}", at.line)).unwrap_or_default();
        format!("{outcome:?} {rule}{about}{place}: {message}")
    };
    verdicts.iter().map(line).collect()
}
