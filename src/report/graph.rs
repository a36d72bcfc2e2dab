//! The graph of dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::base::Address;

type Edges = BTreeMap<Address, BTreeSet<Address>>;

/// The graph in Graphviz's language: an arrow leads from a resource to its dependency.
pub fn dot(stack: &str, edges: &Edges) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = String::new();
    let _ = writeln!(out, "digraph {} {{\n  rankdir = \"BT\";\n  node [shape = \"box\"];", quoted(stack));
    for (address, dependencies) in edges {
        let from = quoted(&address.to_string());
        let _ = writeln!(out, "  {from};");
        for dependency in dependencies {
            let _ = writeln!(out, "  {from} -> {};", quoted(&dependency.to_string()));
        }
    }
    out.push_str("}\n");
    out
}

/// The graph in Mermaid's language, which Markdown renderers draw.
pub fn mermaid(edges: &Edges) -> String {
    let mut out = String::from("flowchart BT\n");
    let ids: BTreeMap<&Address, String> =
        edges.keys().enumerate().map(|(index, address)| (address, format!("n{index}"))).collect();
    for (address, id) in &ids {
        let _ = writeln!(out, "  {id}[\"{}\"]", address.to_string().replace('"', "#quot;"));
    }
    for (address, dependencies) in edges {
        for dependency in dependencies {
            if let (Some(from), Some(to)) = (ids.get(address), ids.get(dependency)) {
                let _ = writeln!(out, "  {from} --> {to}");
            }
        }
    }
    out
}
