//! Lists the rules of `policies/config`, which the program carries: each folder there that holds an `entry.yaml`.

use std::path::Path;
use std::{env, fs, io};

const RULES: &str = "policies/config";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={RULES}");
    let folders = fs::read_dir(RULES)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut folders: Vec<_> = folders.into_iter().filter(|folder| folder.join("entry.yaml").exists()).collect();
    folders.sort();
    let files = folders.iter().map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let text = |file: &str| {
            let path = format!("/{RULES}/{name}/{file}");
            format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))")
        };
        let (entry, guard) = (text("entry.yaml"), text("rule.guard"));
        format!("ShippedFiles {{ name: {name:?}, entry: {entry}, guard: {guard} }}")
    });
    let list = format!("&[{}]", files.collect::<Vec<_>>().join(","));
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("Cargo gives no OUT_DIR"))?;
    fs::write(Path::new(&out).join("shipped_rules.rs"), list)
}
