//! Lists the rules of `policies/config`, which the program carries: each folder there that holds an `entry.yaml`,
//! with those in Rust as modules.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

const RULES: &str = "policies/config";

/// The file of a rule in Guard's language.
const GUARD: &str = "rule.guard";
/// The file of a rule in Rust.
const RUST: &str = "rule.rs";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={RULES}");
    let folders = fs::read_dir(RULES)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut folders: Vec<_> = folders.into_iter().filter(|folder| folder.join("entry.yaml").exists()).collect();
    folders.sort();
    let root =
        env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("Cargo gives no CARGO_MANIFEST_DIR"))?;
    let root = Path::new(&root);
    let (mut modules, mut list) = (String::new(), Vec::new());
    for folder in &folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let text = |file: &str| {
            let path = format!("/{RULES}/{name}/{file}");
            format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))")
        };
        let guard = if folder.join(GUARD).exists() { format!("Some({})", text(GUARD)) } else { "None".to_owned() };
        let (mut rust, mut around) = ("None".to_owned(), false);
        if folder.join(RUST).exists() {
            let (module, path) = (name.replace('-', "_"), root.join(folder).join(RUST));
            let path = path.display().to_string();
            writeln!(modules, "#[path = {path:?}]\nmod {module};").map_err(io::Error::other)?;
            rust = format!("Some({module}::judge)");
            around = looks_around(&fs::read_to_string(folder.join(RUST))?);
        }
        let entry = text("entry.yaml");
        list.push(format!(
            "ShippedFiles {{ name: {name:?}, entry: {entry}, guard: {guard}, rust: {rust}, around: {around} }}"
        ));
    }
    let list = list.join(",");
    let text =
        format!("{modules}/// The shipped rules, by name.\npub(super) const SHIPPED: &[ShippedFiles] = &[{list}];\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("Cargo gives no OUT_DIR"))?;
    fs::write(Path::new(&out).join("shipped_rules.rs"), text)
}

/// Returns whether a rule in Rust uses its `world` for more than the day and its own parameters: then it looks at other
/// resources than the one that it judges. One that hands the world on is taken for such a rule.
fn looks_around(text: &str) -> bool {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let own = ["world: &World", "world.today(", "world.parameter("];
    code.into_iter().any(|line| {
        let uses = line
            .match_indices("world")
            .filter(|(at, _)| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        uses.into_iter().any(|(at, _)| !own.iter().any(|own| line[at..].starts_with(own)))
    })
}
