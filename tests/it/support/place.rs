//! A stack, an emulator that it is applied to, and an independent observer, in one.

use serde_json::Value;

use super::{Emulator, Observer, Output, Run, Stack};

/// The setting of a test of the command.
pub(crate) struct Place {
    pub(crate) stack: Stack,
    pub(crate) observer: Observer,
    pub(crate) emulator: Emulator,
}

impl Place {
    /// A place for this stack, where no resource exists yet.
    pub(crate) fn new(stack: Stack) -> Self {
        Self::with(stack, Emulator::start())
    }

    /// A place on an emulator of a special kind.
    pub(crate) fn with(stack: Stack, emulator: Emulator) -> Self {
        let observer = Observer::of(&emulator);
        Self { stack, observer, emulator }
    }

    /// A place for this `stack.yaml`.
    pub(crate) fn of(yaml: &str) -> Self {
        Self::new(Stack::new(yaml))
    }

    /// A run that can still be configured.
    pub(crate) fn command(&self, arguments: &[&str]) -> Run {
        Run::new(self.stack.dir()).at(&self.emulator).args(arguments)
    }

    /// Runs the command.
    #[must_use = "how it ended is to be looked at"]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output()
    }

    /// Applies, and fails unless all steps succeed and nothing is left to do afterwards.
    #[track_caller]
    pub(crate) fn apply(&self, more: &[&str]) -> Output {
        let output = self.run(&[&["apply", "--yes"], more].concat()).success();
        self.emulator.assert_no_invalid_requests();
        let place = more.windows(2).filter(|pair| matches!(pair[0], "--env" | "--region")).flatten().copied();
        self.run(&["plan", "--detailed-exitcode"].into_iter().chain(place).collect::<Vec<_>>()).success();
        output
    }

    /// The plan as JSON; checks that it makes no changing call.
    #[track_caller]
    pub(crate) fn plan(&self, more: &[&str]) -> Value {
        self.emulator.clear_log();
        let output = self.run(&[&["plan", "--format", "json"], more].concat());
        assert!(matches!(output.code, 0 | 3), "no plan was made: {}", output.stderr);
        assert_eq!(self.emulator.mutations(), [""; 0], "a plan changes nothing");
        self.emulator.assert_no_invalid_requests();
        output.json()
    }

    /// Deletes all that the stack owns, with consent for each of these addresses.
    #[track_caller]
    pub(crate) fn destroy(&self, consents: &[&str]) -> Output {
        let consents: Vec<&str> = consents.iter().flat_map(|address| ["--allow-delete", *address]).collect();
        let output = self.run(&[&["destroy", "--yes"], consents.as_slice()].concat()).success();
        self.emulator.assert_no_invalid_requests();
        output
    }
}

/// The actions of a plan by address, without those that change nothing.
pub(crate) fn actions(plan: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let changes = plan["changes"].as_array().expect("a plan has changes");
    let all = changes.iter().map(|change| (text(&change["address"]), text(&change["action"])));
    all.filter(|(_, action)| action != "no_op").collect()
}

/// Pairs of texts, to compare with [`actions`].
pub(crate) fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(one, other)| (one.to_owned(), other.to_owned())).collect()
}

/// The calls of a plan, `service:Operation`, in order.
pub(crate) fn calls(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().expect("a plan has steps");
    let name = |step: &Value| {
        format!("{}:{}", step["service"].as_str().unwrap_or_default(), step["operation"].as_str().unwrap_or_default())
    };
    steps.iter().map(name).collect()
}

/// The paths of the properties that differ in one resource.
pub(crate) fn paths(plan: &Value, address: &str) -> Vec<String> {
    let changes = plan["changes"].as_array().expect("a plan has changes");
    let change = changes.iter().find(|change| change["address"] == address);
    let change = change.unwrap_or_else(|| panic!("`{address}` is not in the plan: {plan:#}"));
    let properties = change["properties"].as_array().expect("a change has properties");
    properties.iter().filter_map(|property| property["path"].as_str()).map(str::to_owned).collect()
}

/// The failing verdicts of a plan: guardrail, rule, address.
pub(crate) fn denials(plan: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let verdicts = plan["verdicts"].as_array().expect("a plan has verdicts");
    let failing = verdicts.iter().filter(|verdict| verdict["outcome"] == "fail");
    failing
        .map(|verdict| {
            let word = |key: &str| text(&verdict[key]).unwrap_or_default();
            (word("guardrail"), word("rule"), text(&verdict["address"]))
        })
        .collect()
}
