//! Policies and code in other files.

use std::fs;

use tempfile::TempDir;

use super::*;

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir_all(folder.0.path().join("beside")).expect("made");
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("stack")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn errors(&self, text: &str) -> String {
        let all = shown(load_in(&self.path(), text, None).err());
        all.replace(&format!("{}/", self.path().display()), "")
    }

    fn policy(&self, path: &str) -> String {
        self.errors(&format!("stack: s\nroles:\n  r:\n    assume_role_policy: {path}\n"))
    }

    fn code(&self, path: &str) -> Result<(serde_json::Value, Vec<u8>), String> {
        let text = format!(
            "stack: s\nroots: [../beside]\nfunctions:\n  f: {{runtime: p, handler: h, role: r, code: {path}}}\n"
        );
        let loaded = load_in(&self.path(), &text, None)
            .map_err(|failure| failure.to_string().replace(&format!("{}/", self.path().display()), ""))?;
        let code = loaded.body("functions.f")["code"].clone();
        let bytes = loaded.archives.get(code["sha256"].as_str().expect("a digest")).expect("the archive");
        Ok((code, bytes.to_vec()))
    }
}

#[test]
fn mistakes_in_policy_files() {
    let folder = Folder::new(&[
        ("a.json", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Resource\": \"${tables.x.arn}\"},]\n}\n"),
        (
            "b.json",
            "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Resource\": \"é ${tables.x.arn}\"},\n    {\"Sid\": null}\n  ]\n}\n",
        ),
        ("c.json", "{\"Version\": \"1\", \"Version\": \"2\"}\n"),
        ("d.yaml", "Version: 2012-10-17\nStatement:\n  - &a {Effect: Allow}\n  - *a\n"),
        ("e.json", "[]"),
        ("f.txt", "{}"),
        ("g.json", "{"),
        ("h.yaml", "a: b: c\n"),
        ("i.json", "{\"a\": 'b'}"),
    ]);
    fs::write(folder.path().join("j.json"), b"{\"a\": \"\xff\"}").expect("written");
    let names = [
        "a.json",
        "b.json",
        "c.json",
        "d.yaml",
        "e.json",
        "f.txt",
        "g.json",
        "h.yaml",
        "i.json",
        "j.json",
        "none.json",
    ];
    snap!(several(&names.map(|name| (name, folder.policy(name)))));
    snap!(folder.policy("[a]"));
    snap!(folder.policy("''"));
    snap!(folder.policy("{Sid: null}"));
}

#[test]
fn policy_documents_are_text_throughout() {
    let folder = Folder::new(&[
        (
            "a.json",
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"N\": 5, \"B\": true, \"D\": 1.50, \"U\": \"\\ud83d\\ude00\\u00e9 ${aws:username} $${region} ${region}\"}]}",
        ),
        (
            "b.yaml",
            "Version: 2012-10-17\nStatement: [{Effect: Allow, N: 5, B: true, D: 1.50, U: \"😀é ${aws:username} $${region} ${region}\"}]\n",
        ),
    ]);
    let text = "stack: s\nroles:\n  a: {assume_role_policy: a.json}\n  b: {assume_role_policy: b.yaml}\n  c: {assume_role_policy: {Version: 2012-10-17, Statement: {N: 5}}}\n";
    let loaded = load_in(&folder.path(), text, None).unwrap_or_else(|failure| panic!("{failure}"));
    let expected = serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "N": "5", "B": "true", "D": "1.50", "U": "😀é ${aws:username} ${region} eu-central-1"}
    ]});
    assert_eq!(loaded.body("roles.a")["assume_role_policy"], expected);
    assert_eq!(loaded.body("roles.b")["assume_role_policy"], expected);
    let in_place = serde_json::json!({"Version": "2012-10-17", "Statement": {"N": "5"}});
    assert_eq!(loaded.body("roles.c")["assume_role_policy"], in_place);
}

#[test]
fn places_within_policy_files_are_found() {
    let folder = Folder::new(&[("a.json", "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\"}\n  ]\n}\n")]);
    let text = "stack: s\nroles:\n  a: {assume_role_policy: a.json}\n";
    let loaded = load_in(&folder.path(), text, None).unwrap_or_else(|failure| panic!("{failure}"));
    let address = "roles.a".parse().expect("an address");
    let locate = |keys: &[&str]| {
        let path = keys.iter().copied().collect();
        let at = loaded.stack.source.locate(&address, &path).expect("a place");
        (at.file.file_name().expect("a name").to_string_lossy().into_owned(), at.line, at.column)
    };
    assert_eq!(locate(&["assume_role_policy", "Statement", "0", "Effect"]), ("a.json".to_owned(), 3, 16));
    assert_eq!(locate(&["assume_role_policy", "Statement", "0", "Nothing"]), ("a.json".to_owned(), 3, 5));
    assert_eq!(locate(&["assume_role_policy"]), ("stack.yaml".to_owned(), 3, 27));
    assert_eq!(locate(&["path"]), ("stack.yaml".to_owned(), 3, 3));
    assert_eq!(locate(&[]), ("stack.yaml".to_owned(), 3, 3));
}

#[test]
fn paths_outside_the_stack_folder_are_refused() {
    let folder = Folder::new(&[("in/a.json", "{}"), ("../beside/b.json", "{}"), ("../beside/c.py", "x")]);
    let link = |from: &str, to: &str| {
        #[cfg(unix)]
        std::os::unix::fs::symlink(to, folder.path().join(from)).expect("linked");
    };
    link("link.json", "../../beside/b.json");
    link("out.json", "../beside/b.json");
    link("fine.json", "in/a.json");
    assert_eq!(folder.policy("in/../in/./a.json"), "no errors");
    assert_eq!(folder.policy("fine.json"), "no errors");
    let absolute = folder.path().join("in/a.json").display().to_string();
    let shown = several(&[
        ("up", folder.policy("../beside/b.json")),
        ("up to nothing", folder.policy("../nothing.json")),
        ("through a link", folder.policy("out.json")),
        ("a broken link", folder.policy("link.json")),
        ("absolute", folder.policy("/etc/hostname")),
    ]);
    snap!(shown);
    assert!(folder.policy(&absolute).contains("leads out"));
    let with_root = |path: &str| {
        folder.errors(&format!("stack: s\nroots: [../beside]\nroles: {{r: {{assume_role_policy: {path}}}}}\n"))
    };
    assert_eq!(with_root("../beside/b.json"), "no errors");
    assert_eq!(with_root("out.json"), "no errors");
}

fn names(zip: &[u8]) -> Vec<String> {
    let archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("an archive");
    archive.file_names().map(|name| name.expect("a name").into_owned()).collect()
}

#[test]
fn code_archive_is_reproducible() {
    let files = [("code/b.py", "second"), ("code/a.py", "first"), ("code/lib/é.py", "third"), ("code/lib.py", "x")];
    let one = Folder::new(&files);
    let mut reversed = files;
    reversed.reverse();
    let two = Folder::new(&reversed);
    for (name, text) in [
        ("code/__pycache__/a.pyc", "x"),
        ("code/.git/config", "x"),
        ("code/.DS_Store", "x"),
        ("code/c.pyc", "x"),
        ("code/.pytest_cache/x", "x"),
    ] {
        two.write(name, text);
    }
    let old = fs::File::options().write(true).open(two.path().join("code/a.py")).expect("opened");
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("dated");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(two.path().join("code/a.py"), fs::Permissions::from_mode(0o600)).expect("set");
        fs::set_permissions(two.path().join("code/b.py"), fs::Permissions::from_mode(0o664)).expect("set");
    }
    let (first, bytes) = one.code("code").expect("an archive");
    let (second, same) = two.code("code").expect("an archive");
    assert_eq!(bytes, same);
    assert_eq!(first, second);
    assert_eq!(names(&bytes), ["a.py", "b.py", "lib.py", "lib/é.py"]);
    // Users see the digest: a library that zips differently must be noticed.
    snap!(first.to_string());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(two.path().join("code/b.py"), fs::Permissions::from_mode(0o755)).expect("set");
        assert_ne!(two.code("code").expect("an archive").1, bytes);
    }
}

#[test]
fn code_may_be_a_file_or_an_archive() {
    let folder = Folder::new(&[("f/index.mjs", "x"), ("raw.zip", "PK as it is")]);
    assert_eq!(names(&folder.code("f/index.mjs").expect("an archive").1), ["index.mjs"]);
    let (code, bytes) = folder.code("raw.zip").expect("an archive");
    assert_eq!(bytes, b"PK as it is");
    assert_eq!((&code["path"], &code["size"]), (&"raw.zip".into(), &11.into()));
}

#[cfg(unix)]
#[test]
fn symlinks_in_code_are_followed_within_the_folder() {
    use std::os::unix::fs::symlink;
    let folder =
        Folder::new(&[("code/a.py", "x"), ("shared/lib/b.py", "y"), ("../beside/c.py", "z"), ("../else/d.py", "w")]);
    symlink("../shared/lib", folder.path().join("code/lib")).expect("linked");
    symlink("../../beside/c.py", folder.path().join("code/c.py")).expect("linked");
    assert_eq!(names(&folder.code("code").expect("an archive").1), ["a.py", "c.py", "lib/b.py"]);
    symlink("../../else/d.py", folder.path().join("code/d.py")).expect("linked");
    let out = folder.code("code").expect_err("refused");
    fs::remove_file(folder.path().join("code/d.py")).expect("removed");
    symlink("..", folder.path().join("code/up")).expect("linked");
    let circle = folder.code("code").expect_err("refused");
    snap!(several(&[("out", out), ("circle", circle)]));
}

#[test]
fn mistakes_in_code() {
    let folder = Folder::new(&[("empty/__pycache__/a.pyc", "x"), ("not.zip", "x")]);
    let large = fs::File::create(folder.path().join("large.zip")).expect("made");
    std::io::Write::write_all(&mut &large, b"PK").expect("written");
    large.set_len(60 << 20).expect("grown");
    let error = |path: &str| folder.code(path).expect_err("refused");
    snap!(several(&[
        ("nothing", error("nowhere")),
        ("an empty folder", error("empty")),
        ("no archive", error("not.zip")),
        ("too large", error("large.zip")),
        ("out", error("../x")),
        ("a list", error("[a]")),
    ]));
}
