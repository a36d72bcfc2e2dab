//! Rules that have a folder of their own, beside those of a catalogue and lone files.

use super::testing::*;

const ENTRY: &str = "title: Functions are small
resource_types: [AWS::Lambda::Function]
input: configuration_item
parameters: {mostMemory: {type: integer, default: 256}}
applies_when: the function is written in Python
remediation: write less `memory`
";

/// The rules of the catalogue, each in a folder of its own below `own`, with the catalogue's order.
fn world(more: &[(&str, &str)]) -> World {
    let mut files: Vec<(String, String)> = vec![
        ("own/deletion-protection/rule.guard".to_owned(), PROTECTION.to_owned()),
        ("own/memory/rule.guard".to_owned(), MEMORY.to_owned()),
        ("own/stream-triggers/rule.guard".to_owned(), TRIGGERS.to_owned()),
        ("own/README.md".to_owned(), String::new()),
        ("own/notes/README.md".to_owned(), String::new()),
    ];
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in CATALOGUE.trim().lines().skip(1) {
        if let (Some(line), Some((_, entry))) = (line.strip_prefix("    "), entries.last_mut()) {
            entry.extend([line, "\n"]);
        } else {
            let (path, order) = (format!("own/{}/entry.yaml", line.trim().trim_end_matches(':')), entries.len());
            entries.push((path, format!("order: {order}\n")));
        }
    }
    assert_eq!(entries.len(), 3, "the catalogue's rules");
    files.extend(entries);
    let own = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    World::new(&own.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn rules_in_folders_judge_as_those_of_a_catalogue() {
    let world = world(&[]);
    let judged = |named: &str| lines(&world.judged(&format!("  config_rules: [{named}]\n")));
    assert_eq!(judged("own"), judged("rules"));
    assert_eq!(judged("own").len(), 4);
    assert_eq!(judged("own/memory"), judged("./own/memory/"));
    assert_eq!(judged("own, {rule: memory, parameters: {mostMemory: 512}}").len(), 3);
    assert_eq!(
        judged("own/memory"),
        [
            "Warn memory functions.worker @17: this is not the case: Functions are small",
            "Pass summary: 4 resources judged by 1 rule of AWS Config: 1 warn",
        ]
    );
}

#[test]
fn findings_are_in_the_order_that_entries_ask_for_and_else_by_name() {
    let entry = |order: &str| {
        format!("{order}title: t\nresource_types: [AWS::DynamoDB::Table]\ninput: configuration_item\nremediation: r\n")
    };
    let (with, without) = (entry("order: 2\n"), entry(""));
    let world = World::new(&[
        ("own/c/entry.yaml", &with),
        ("own/c/rule.guard", PROTECTION),
        ("own/b/entry.yaml", &without),
        ("own/b/rule.guard", PROTECTION),
        ("own/a/entry.yaml", &without),
        ("own/a/rule.guard", PROTECTION),
    ]);
    let judged = lines(&world.judged("  config_rules: [own]\n"));
    let rules: Vec<_> = judged.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(rules, ["c", "a", "b", "summary:"]);
}

#[test]
fn a_catalogue_and_lone_files_may_stand_beside_folders() {
    let lone = "rule lone { configuration.x !exists }";
    let world = World::new(&[
        ("rules/small/entry.yaml", ENTRY),
        ("rules/small/rule.guard", MEMORY),
        ("mixed/lone.guard", lone),
        ("mixed/small/entry.yaml", ENTRY),
        ("mixed/small/rule.guard", MEMORY),
    ]);
    let names = |named: &str| -> Vec<String> {
        let stack = world.stack(&format!("  config_rules: [{named}]\n"));
        world.rules(&stack).rules.into_iter().map(|rule| rule.name).collect()
    };
    assert_eq!(names("rules"), ["deletion-protection", "memory", "stream-triggers", "small"]);
    assert_eq!(names("mixed"), ["lone", "small"]);
}

#[test]
fn the_path_that_a_text_had_before_its_rule_had_a_folder_is_followed() {
    let before = World::new(&[("own/memory.guard", MEMORY)]);
    let after = world(&[]);
    for items in ["own/memory.guard", "{rule: own/memory.guard, parameters: {mostMemory: 256}, enforcement: deny}"] {
        let judged = |world: &World, items: &str| lines(&world.judged(&format!("  config_rules: [{items}]\n")));
        let wanted: Vec<_> = judged(&before, items)
            .iter()
            .map(|line| line.replace("own/memory.guard", "own/memory/rule.guard"))
            .collect();
        let folder = |world: &World| format!("{}/", world.folder.path().display());
        let without = |lines: Vec<String>, world: &World| -> Vec<String> {
            lines.iter().map(|line| line.replace(&folder(world), "")).collect()
        };
        assert_eq!(without(judged(&after, items), &after), without(wanted.clone(), &before));
        let named = items.replace("own/memory.guard", "own/memory/rule.guard");
        assert_eq!(without(judged(&after, &named), &after), without(wanted, &before), "and where it is now");
    }
    // A clause outside of blocks is called as its file: by the name that it had.
    let bare = "configuration.memorySize <= 256 <<it is large>>";
    let world = World::new(&[("own/small/rule.guard", bare), ("own/small/entry.yaml", ENTRY)]);
    let judged = lines(&world.judged("  config_rules: [own/small.guard]\n"));
    assert!(judged.iter().any(|line| line.starts_with("Warn small functions.worker")), "{judged:?}");
}

#[test]
fn mistakes_in_folders_of_rules_are_told_at_their_place() {
    let wrong = ENTRY
        .replace("title: Functions are small\n", "")
        .replace("Function]", "Functoin]")
        .replace("default: 256", "default: many");
    let world = World::new(&[
        ("own/wrong/entry.yaml", &wrong),
        ("own/wrong/rule.guard", "rule memory {\n  configuration.memorySize <= \n}\n"),
        ("own/broken/entry.yaml", ENTRY),
        ("own/broken/rule.guard", "rule memory {\n  configuration.memorySize <= \n}\n"),
        ("own/typed/entry.yaml", &ENTRY.replace("Function]", "Functoin]")),
        ("own/typed/rule.guard", MEMORY),
        ("own/not-yaml/entry.yaml", "a: [\n"),
        ("own/not-yaml/rule.guard", MEMORY),
        ("own/textless/entry.yaml", ENTRY),
        ("own/misnamed/entry.yaml", ENTRY),
        ("own/misnamed/misnamed.guard", MEMORY),
        ("own/entryless/rule.guard", MEMORY),
        ("own/yml/rule.guard", MEMORY),
        ("own/yml/entry.yml", ENTRY),
        ("own/several/entry.yaml", ENTRY),
        ("own/several/rule.guard", MEMORY),
        ("own/several/more.guard", MEMORY),
        ("own/Not_a_name/entry.yaml", ENTRY),
        ("own/Not_a_name/rule.guard", MEMORY),
        ("rules/memory/entry.yaml", ENTRY),
        ("rules/memory/rule.guard", MEMORY),
    ]);
    insta::with_settings!({omit_expression => true}, {
        insta::assert_snapshot!("folders", world.errors("  config_rules: [own, rules]\n"));
    });
}

#[test]
fn a_folder_of_a_rule_may_not_lead_out_of_the_stack() {
    let outside = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(outside.path().join("entry.yaml"), ENTRY).expect("a file can be written");
    std::fs::write(outside.path().join("rule.guard"), MEMORY).expect("a file can be written");
    let world = World::new(&[]);
    std::os::unix::fs::symlink(outside.path(), world.folder.path().join("rules/link")).expect("it can be linked");
    let said = world.errors("  config_rules: [rules]\n");
    assert!(said.contains("`rules/link/rule.guard` leads out of the stack's folder"), "{said}");
}
