//! The division of a file, and the parts of it that a rule needs.

use super::super::lexer::words;
use super::*;

/// The names of the parts that each rule of a file needs, with itself; `*` for clauses outside of rules.
fn needed(text: &str) -> Vec<(String, Vec<String>)> {
    let words = words(text);
    let sections = Sections::of(text, &words);
    let name = |section: &Section| if section.name.is_empty() { "*".to_owned() } else { section.name.clone() };
    let of = |(rule, all): (String, Vec<&Section>)| (rule, all.into_iter().map(name).collect());
    sections.needed("f").into_iter().map(of).collect()
}

fn texts(text: &str) -> Vec<&str> {
    let words = words(text);
    let sections = Sections::of(text, &words);
    sections.all.iter().map(|section| text[section.bytes.0..section.bytes.1].trim()).collect()
}

#[test]
fn file_sections_match_the_engines_parser() {
    let variables = [
        "let a = 'x'",
        "let b = [1, 'y'] ",
        "let c = {'k': [1]}",
        "let d = r[1, 5]",
        "let e = 5.5",
        "let f = /[{]/",
        "let g = true",
        "let h = %a.b\n  .c[ d == 'e' ] # then [\n  [*].'f'.*",
        "let i = some Resources.*[ Type == 'AWS::A::B' ].x",
        "let j = regex_replace(%a, 'b', 'c')",
        "let k := Resources.%a.%{b}[0]",
        "let l=%{a}.b",
    ];
    let clauses = ["x.rule exists", "%a.let == 1 <<rule x {>>", "y == { 'rule': 1 }", "when %a !empty { y == 1 }"];
    let rules = [
        "rule m when x == {'a': 1} y in [{'b': 2}] %{a} exists { rule.x == 1 }",
        "rule n(p, q) { %p == %q }",
        "rule o {\n let a = 1\n when %a exists { %a == 1 } }",
    ];
    for variable in variables {
        for clause in clauses {
            for rule in rules {
                let text = format!("{clause}\n{variable}\n{clause}\n{rule}\n# end\n{clause}");
                assert_eq!(
                    texts(&text),
                    [clause, variable.trim(), clause, rule, &format!("# end\n{clause}")],
                    "{text}"
                );
            }
        }
        let text = format!("{variable}\n{}\n{variable}", rules.join("\n"));
        let wanted: Vec<&str> = [variable].into_iter().chain(rules).chain([variable]).map(str::trim).collect();
        assert_eq!(texts(&text), wanted, "{text}");
    }
}

#[test]
fn a_rule_needs_the_variables_and_rules_that_it_refers_to() {
    let text = "let a = x\nlet b = %a[ y == 1 ]\nlet c = Resources[ key | Type == 'T' ]\nlet unused = z\n\
        rule one when %b !empty { %b.z == 1 }\n\
        rule two when one not three { x[ keys == %key ] !empty }\n\
        rule three {\n  let a = 1\n  %a == 1\n  b == 1\n  Properties.one == three\n  some one[*] !empty }\n\
        rule four(p) { %p exists\n not one <<m>> }\n\
        rule five {\n  four(%unused)\n}\n\
        %a == 1";
    let wanted: Vec<(String, Vec<String>)> = [
        ("f/default", vec!["a", "*"]),
        ("one", vec!["a", "b", "one"]),
        ("two", vec!["a", "b", "c", "one", "two", "three"]),
        ("three", vec!["three"]),
        ("five", vec!["a", "b", "unused", "one", "four", "five"]),
    ]
    .into_iter()
    .map(|(rule, names)| (rule.to_owned(), names.into_iter().map(str::to_owned).collect()))
    .collect();
    assert_eq!(needed(text), wanted);
}

#[test]
fn rules_with_one_name_are_merged() {
    let text = "rule a { x == 1 }\nrule b { y == 1 }\nrule a { z == 1 }";
    let wanted = [("a".to_owned(), vec!["a".to_owned(), "a".to_owned()]), ("b".to_owned(), vec!["b".to_owned()])];
    assert_eq!(needed(text), wanted);
}

#[test]
fn last_variable_of_each_sort_is_needed_for_a_repeated_name() {
    let text = "let a = 'x'\nlet a = Resources.b\nlet a = 'y'\nlet a = Resources.c\nrule r { %a == 1 }";
    let words = words(text);
    let sections = Sections::of(text, &words);
    let (_, needed) = &sections.needed("f")[0];
    let values: Vec<&str> = needed.iter().map(|section| &text[section.bytes.0..section.bytes.1]).collect();
    assert_eq!(values, ["let a = 'y'", "let a = Resources.c", "rule r { %a == 1 }"]);
}
