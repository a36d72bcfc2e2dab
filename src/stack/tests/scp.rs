//! Folders of policies become levels, and errors in them are reported at their places.

use std::path::Path;

use super::*;

const DENY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("folders can be made");
        fs::write(path, text).expect("a file can be written");
    }
    folder
}

fn levels(folder: &Path, order: Order) -> Result<Vec<(String, usize)>, Vec<String>> {
    let reader = Reader { reports: Reports::default(), confinement: None, order, place: None };
    let levels = reader.layout(folder);
    let levels = reader.finish(levels).map_err(|failure| {
        let message = |d: &crate::base::Diagnostic| {
            let place = d.location.as_ref().map(|at| format!("{}:{}: ", at.line, at.column)).unwrap_or_default();
            format!("{place}{}", d.message.replace(&folder.display().to_string(), "…"))
        };
        failure.diagnostics.iter().map(message).collect::<Vec<_>>()
    })?;
    let levels = levels.levels;
    let name = |level: Level| (level.name.replace(&folder.display().to_string(), "…"), level.policies.len());
    Ok(levels.into_iter().map(name).collect())
}

#[test]
fn policy_folder_is_one_scp_level_and_subfolders_are_levels() {
    let flat = folder(&[("b.json", DENY), ("a.json", DENY), ("README.md", "x"), (".hidden.json", "x")]);
    assert_eq!(levels(flat.path(), Order::Names), Ok(vec![("…".to_owned(), 2)]));

    let paths = ["account/a.json", "ou-b/b.json", "ou-a/c.json", "root/d.json"].map(|path| (path, DENY));
    let layout = folder(&paths);
    let in_order =
        |order| levels(layout.path(), order).map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert_eq!(in_order(Order::Names), Ok(["account", "ou-a", "ou-b", "root"].map(str::to_owned).to_vec()));
    assert_eq!(in_order(Order::Organization), Ok(["root", "ou-a", "ou-b", "account"].map(str::to_owned).to_vec()));

    let both = folder(&[("own.json", DENY), ("0-root/a.json", DENY)]);
    assert_eq!(levels(both.path(), Order::Names), Ok(vec![("…".to_owned(), 1), ("0-root".to_owned(), 1)]));
}

#[test]
fn invalid_scp_folders_are_refused() {
    let wrong = |files: &[(&str, &str)]| levels(folder(files).path(), Order::Names).expect_err("it is refused");
    assert_eq!(wrong(&[("README.md", "x")]), ["the folder `…` holds no policy"]);
    assert_eq!(wrong(&[("0/a.json", DENY), ("1/README.md", "")]), ["the folder `…/1` holds no policy"]);
    assert_eq!(
        wrong(&[("0/a.json", DENY), ("0/deeper/b.json", DENY)]),
        ["`…/0/deeper` is inside a level, and levels can't be nested"]
    );
    assert_eq!(wrong(&[("a.yaml", "x: y")]), ["`…/a.yaml` is not a service control policy"]);
    let text = "{\n  \"Statement\": [\n    {\"Effect\": \"deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n  ]\n}\n";
    let said = wrong(&[("a.json", text), ("b.json", "{")]);
    assert!(said.iter().any(|line| line.starts_with("3:6: ")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("not JSON")), "{said:?}");
}
