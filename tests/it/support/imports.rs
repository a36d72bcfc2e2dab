//! The imports among source files: each path in the code is followed through modules and re-exports to the file that
//! defines the item. So an item that a `mod.rs` re-exports counts as an import of the file below it.
//!
//! Methods are not followed, since an `impl` may be spread over files; a macro's output is not followed either.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module as the path from the root of the crate.
type Module = Vec<String>;

/// A file that names an item of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// The file that names the item, as a path below `src`.
    pub(crate) from: String,
    /// The file that defines the item.
    pub(crate) to: String,
    /// The path by which it is named.
    pub(crate) path: String,
}

/// Finds the imports among files, which are given as paths below `src` and texts. Items for tests are left out.
pub(crate) fn imports(sources: &[(&str, &str)]) -> BTreeSet<Import> {
    let mut tree = Tree::default();
    for (file, text) in sources {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("src/{file} can't be read: {error}"));
        let module = module_of(file);
        let mut names = Names { is_folder: file.ends_with("mod.rs"), ..Names::default() };
        names.read(tokens, &module);
        tree.files.insert(module.clone(), (*file).to_owned());
        tree.names.insert(module, names);
    }
    tree.imports()
}

fn module_of(file: &str) -> Module {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

/// A path in the code, and the module that it is in.
#[derive(Debug)]
struct Named {
    module: Module,
    path: Vec<String>,
}

/// One item of a `use`.
#[derive(Debug)]
struct Use {
    named: Named,
    alias: String,
}

/// The names in one file.
#[derive(Debug, Default)]
struct Names {
    /// A `mod.rs`, which re-exports items without a use of its own for them.
    is_folder: bool,
    defined: BTreeSet<String>,
    uses: Vec<Use>,
    re_exports: Vec<Use>,
    paths: Vec<Named>,
}

impl Names {
    fn read(&mut self, tokens: TokenStream, module: &Module) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let (mut at, mut public) = (0, false);
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            at += 1;
            match (token, next) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(group))) if hash.as_char() == '#' => {
                    at += 1;
                    if is_for_tests(&group.stream()) {
                        at = end_of_item(&tokens, at);
                    }
                }
                // A lifetime.
                (TokenTree::Punct(quote), Some(TokenTree::Ident(_))) if quote.as_char() == '\'' => at += 1,
                (TokenTree::Ident(word), _) if *word == "use" => {
                    let end = at + tokens[at..].iter().take_while(|token| !is_punct(Some(token), ';')).count();
                    let into = if public && self.is_folder { &mut self.re_exports } else { &mut self.uses };
                    use_items(&tokens[at..end], module, &[], into);
                    at = end;
                }
                (TokenTree::Ident(word), next) if *word == "pub" => {
                    at += usize::from(matches!(next, Some(TokenTree::Group(_))));
                    public = true;
                    continue;
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if *word == "mod" => {
                    at += 1;
                    if let Some(TokenTree::Group(body)) = tokens.get(at) {
                        self.read(body.stream(), &[module.as_slice(), &[name.to_string()]].concat());
                        at += 1;
                    }
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if defines(&word.to_string()) => {
                    at += 1;
                    self.defined.insert(name.to_string());
                }
                (TokenTree::Ident(word), _) => {
                    let mut path = vec![word.to_string()];
                    let is_field = at >= 2 && is_punct(tokens.get(at - 2), '.');
                    while let (true, Some(TokenTree::Ident(word))) = (is_colons(&tokens[at..]), tokens.get(at + 2)) {
                        path.push(word.to_string());
                        at += 3;
                    }
                    if !is_field {
                        self.paths.push(Named { module: module.clone(), path });
                    }
                }
                (TokenTree::Group(group), _) => self.read(group.stream(), module),
                _ => {}
            }
            public = false;
        }
    }

    fn used(&self, alias: &str) -> Option<&Use> {
        self.uses.iter().chain(&self.re_exports).find(|one| one.alias == alias)
    }
}

fn defines(word: &str) -> bool {
    ["const", "enum", "fn", "static", "struct", "trait", "type", "union"].contains(&word)
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':')
}

/// Returns whether an attribute is `cfg(test)` or `cfg(all(test, …))`.
fn is_for_tests(attribute: &TokenStream) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// The index after the item that begins at an index: after its `;` or its body.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let is_use = tokens[from..].iter().take(3).any(|token| matches!(token, TokenTree::Ident(word) if *word == "use"));
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
        token => is_punct(Some(token), ';'),
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |end| from + end + 1)
}

/// Reads the items of a `use`, with its braces expanded.
fn use_items(tokens: &[TokenTree], module: &Module, before: &[String], into: &mut Vec<Use>) {
    for one in tokens.split(|token| is_punct(Some(token), ',')) {
        let (mut path, mut alias) = (before.to_vec(), None);
        for (at, token) in one.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if *word == "as" => {
                    alias = one.get(at + 1).map(ToString::to_string);
                    break;
                }
                TokenTree::Ident(word) if *word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Group(group) => {
                    use_items(&group.stream().into_iter().collect::<Vec<_>>(), module, &path, into);
                    path.clear();
                }
                _ => {}
            }
        }
        if let Some(last) = path.last().filter(|_| !one.is_empty()) {
            let alias = alias.unwrap_or_else(|| last.clone());
            into.push(Use { named: Named { module: module.clone(), path }, alias });
        }
    }
}

/// All files, by their modules.
#[derive(Debug, Default)]
struct Tree {
    files: BTreeMap<Module, String>,
    names: BTreeMap<Module, Names>,
}

/// The end of a path: a module, or an item in the file of one.
enum Target {
    Module(Module),
    Item(Module),
}

impl Tree {
    fn imports(&self) -> BTreeSet<Import> {
        let mut found = BTreeSet::new();
        for (own, names) in &self.names {
            // A single name belongs to the file itself, unless a `mod.rs` uses what it re-exports.
            let matters =
                |named: &&Named| named.path.len() > 1 || names.re_exports.iter().any(|one| one.alias == named.path[0]);
            for named in names.uses.iter().map(|one| &one.named).chain(names.paths.iter().filter(matters)) {
                if let Some(Target::Item(to)) = self.resolve(named, 0)
                    && to != *own
                    && !to.is_empty()
                {
                    let (from, to) = (self.files[own].clone(), self.files[&to].clone());
                    found.insert(Import { from, to, path: named.path.join("::") });
                }
            }
        }
        found
    }

    /// Follows a path; `None` if it leads to another crate.
    fn resolve(&self, named: &Named, depth: usize) -> Option<Target> {
        assert!(depth < 20, "{named:?} leads back to itself");
        let mut module = named.module.clone();
        let mut segments = named.path.iter().peekable();
        let mut rooted = false;
        while let Some(segment) = segments.peek() {
            match segment.as_str() {
                "crate" => module.clear(),
                "super" => drop(module.pop()),
                "self" => {}
                _ => break,
            }
            rooted = true;
            segments.next();
        }
        let mut target = Target::Module(module);
        while let Some(segment) = segments.next() {
            let Target::Module(module) = &target else { break };
            target = self.look_up(module, segment, rooted, segments.peek().is_none(), depth)?;
            assert!(segment != "*", "{named:?}: name the items, since it is unknown here what a glob brings");
            rooted = true;
        }
        Some(target)
    }

    /// Finds the item of a name in a module. At the end of a path an item goes before a module of the same name.
    fn look_up(&self, module: &Module, name: &str, rooted: bool, is_last: bool, depth: usize) -> Option<Target> {
        let child = [module.as_slice(), &[name.to_owned()]].concat();
        let mut file = module.clone();
        // A module may be defined within a file.
        while !self.files.contains_key(&file) {
            file.pop()?;
        }
        let names = &self.names[&file];
        let (used, is_defined) = (names.used(name), names.defined.contains(name));
        if self.files.contains_key(&child) && !(is_last && (used.is_some() || is_defined)) {
            return Some(Target::Module(child));
        }
        match used {
            // `use serde_json;` names itself, and is not followed.
            Some(one) if one.named.path != [name] => self.resolve(&one.named, depth + 1),
            _ if rooted || is_defined => Some(Target::Item(file)),
            _ => None,
        }
    }
}

/// Finds the cycles: each is a set of files of which every one leads to every other.
pub(crate) fn cycles(imports: &BTreeSet<Import>) -> BTreeSet<Vec<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports {
        next.entry(&import.from).or_default().insert(&import.to);
    }
    let reachable = |file: &str| {
        let (mut found, mut open) = (BTreeSet::new(), vec![file.to_owned()]);
        while let Some(file) = open.pop() {
            let new = next.get(file.as_str()).into_iter().flatten().filter(|to| found.insert((**to).to_owned()));
            open.extend(new.map(|to| (*to).to_owned()));
        }
        found
    };
    let reach: BTreeMap<&str, BTreeSet<String>> = next.keys().map(|file| (*file, reachable(file))).collect();
    let leads = |from: &str, to: &str| reach.get(from).is_some_and(|files| files.contains(to));
    let cycle =
        |file: &&str| -> Vec<String> { reach[file].iter().filter(|other| leads(other, file)).cloned().collect() };
    next.keys().map(cycle).filter(|files| !files.is_empty()).collect()
}

/// Finds the fewest imports by which some of these files lead back to their start.
pub(crate) fn shortest_cycle<'i>(files: &[String], imports: &'i BTreeSet<Import>) -> Vec<&'i Import> {
    let among: Vec<&Import> =
        imports.iter().filter(|one| files.contains(&one.from) && files.contains(&one.to)).collect();
    let back_to = |file: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), VecDeque::from([vec![]]));
        while let Some(way) = open.pop_front() {
            let at = way.last().map_or(file, |last: &&Import| &last.to);
            for import in among.iter().copied().filter(|import| import.from == at) {
                let way = [way.as_slice(), &[import]].concat();
                if import.to == file {
                    return Some(way);
                }
                if seen.insert(&import.to) {
                    open.push_back(way);
                }
            }
        }
        None
    };
    files.iter().filter_map(|file| back_to(file)).min_by_key(Vec::len).unwrap_or_default()
}
