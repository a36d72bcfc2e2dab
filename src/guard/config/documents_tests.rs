//! A tool for who writes a rule: the documents of its cases, as a rule reads them.

use super::Subject;
use super::shipped_tests::{cases, with_terms, world};
use crate::kind::{RenderContext, Rendering};

#[test]
#[ignore = "a tool: docs/adding-a-check.md"]
#[expect(clippy::print_stdout, reason = "it is what one wants to see")]
fn documents_of_a_rule() {
    let rule = std::env::var("UNDERPIN_RULE").expect("UNDERPIN_RULE names a folder of policies/config");
    let (_world, file) = world();
    for (expected, stack) in cases(&rule) {
        println!("--- # {expected}\n{stack}");
        let text = format!("stack: cases\nregion: eu-central-1\n{stack}");
        let show = |input: &str, document: &Rendering| {
            let Rendering { type_name, body, .. } = document;
            println!("{input} of {type_name}: {body:#}\n");
        };
        let documents = |resources: &[Subject<'_>], terms: &super::ConfigTerms<'_>| {
            for one in resources {
                let kind = terms.registry.kind(one.address.section()).expect("a section");
                let cx = RenderContext { name: one.name, env: terms.env, outputs: one.outputs, facts: terms.facts };
                let items = kind.config_items(one.wanted, &cx).expect("it can be written");
                for item in items {
                    show("configuration_item", &item);
                }
                let template = kind.cloudformation(one.wanted, &cx).expect("it can be written");
                for resource in template {
                    show("template, `Properties`", &resource);
                }
            }
        };
        with_terms(&file, &text, &|_, _| None, documents).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
