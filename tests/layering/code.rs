//! A source file as the layering rules see it: what it names, declares and hands on, and how long it is.
//!
//! Files are read as tokens and not line by line, so that groups, several lines, comments and strings make no difference.
//! Nothing is type-checked: a path is what starts with a name and `::`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Names from outermost to innermost; inside the crate from its root: `["crate", "yaml", "parse"]`.
pub(crate) type Names = Vec<String>;

/// A file below `src`, without its tests.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Its path below `src`, with `/` between names.
    pub(crate) path: String,
    /// The module that it is.
    pub(crate) module: Names,
    /// What it names, and in which line; what it only hands on is not among it.
    pub(crate) named: Vec<(Names, usize)>,
    /// What it hands on from its own children: the name under which it does, and whose it is.
    pub(crate) handed_on: BTreeMap<String, Names>,
    /// The modules of its own children of which it hands on everything.
    pub(crate) handed_on_whole: Vec<Names>,
    /// The items that it declares.
    pub(crate) items: BTreeSet<String>,
    /// The modules that it declares as public.
    pub(crate) public_modules: Vec<String>,
    /// Its functions: name, first line, number of lines.
    pub(crate) functions: Vec<(String, usize, usize)>,
    /// The lists that are written out in it, arrays and patterns: first line, number of strings, number of numbers.
    pub(crate) lists: Vec<(usize, usize, usize)>,
    /// How many lines it has.
    pub(crate) lines: usize,
    children: BTreeSet<String>,
}

/// All files below `src` that are not tests, by path.
pub(crate) fn read_all() -> Vec<Code> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        Code::read(&name, &fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("tests" | "tests.rs") => {}
            _ if path.is_dir() => collect(&path, paths),
            _ if path.extension().is_some_and(|extension| extension == "rs") => paths.push(path),
            _ => {}
        }
    }
}

impl Code {
    /// Reads a file of that path below `src`.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let inner = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let inner = if ["lib", "main"].contains(&inner) { "" } else { inner };
        let names = inner.split('/').filter(|name| !name.is_empty()).map(str::to_owned);
        let module = std::iter::once("crate".to_owned()).chain(names).collect();
        let mut code = Self { path: path.to_owned(), module, ..Self::default() };
        let tokens = without_tests(text.parse().unwrap_or_else(|error| panic!("{path}: {error}")));
        code.lines = tokens.last().map_or(0, |token| token.span().end().line);
        // Children first: a path may start with one before it is declared.
        let children = tokens.windows(2).filter(|pair| is(&pair[0], "mod")).map(|pair| pair[1].to_string());
        code.children = children.collect();
        code.read_tokens(&tokens);
        code
    }

    /// Its room: the topmost module that it is in.
    pub(crate) fn room(&self) -> &str {
        match self.module.get(1) {
            Some(room) => room,
            None => self.path.trim_end_matches(".rs"),
        }
    }

    fn read_tokens(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            at += match &rest[0] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => 1 + usize::from(group(rest.get(1), Delimiter::Bracket).is_some()),
                TokenTree::Ident(ident) if ident == "use" => self.read_use(rest, is_public(&tokens[..at])),
                TokenTree::Ident(_) => self.read_word(rest, &tokens[..at]),
                TokenTree::Literal(literal) if !tokens[..at].last().is_some_and(|token| is(token, "|")) => {
                    let others = rest[1..].chunks(2).take_while(|pair| is(&pair[0], "|")).filter_map(|pair| pair.get(1));
                    self.note_list(literal.span(), std::iter::once(&rest[0]).chain(others).cloned().collect());
                    1
                }
                TokenTree::Group(group) => {
                    if group.delimiter() == Delimiter::Bracket {
                        self.note_list(group.span_open(), group.stream());
                    }
                    self.read_tokens(&inside(group));
                    1
                }
                _ => 1,
            };
        }
    }

    fn note_list(&mut self, at: Span, list: TokenStream) {
        let literals = literals(list);
        let strings = literals.iter().filter(|literal| literal.contains('"')).count();
        let numbers = literals.iter().filter(|literal| literal.starts_with(|c: char| c.is_ascii_digit())).count();
        self.lists.push((at.start().line, strings, numbers));
    }

    /// A `use` up to its semicolon; returns how many tokens it has.
    fn read_use(&mut self, rest: &[TokenTree], public: bool) -> usize {
        let end = rest.iter().position(|token| is(token, ";")).unwrap_or(rest.len());
        let line = rest[0].span().start().line;
        let mut leaves = Vec::new();
        unfold(&rest[1..end], &[], &mut leaves);
        for (path, alias) in leaves {
            let path = self.absolute(&path);
            let own_child = path.len() > self.module.len() && path.starts_with(&self.module);
            match path.last().map(String::as_str) {
                Some("*") if public && own_child => self.handed_on_whole.push(path[..path.len() - 1].to_vec()),
                Some(name) if public && own_child => drop(self.handed_on.insert(alias.unwrap_or_else(|| name.to_owned()), path)),
                _ => self.named.push((path, line)),
            }
        }
        end
    }

    /// A name: an item's, or the start of a path; returns how many tokens were read.
    fn read_word(&mut self, rest: &[TokenTree], before: &[TokenTree]) -> usize {
        let line = rest[0].span().start().line;
        match rest[0].to_string().as_str() {
            "mod" if rest.get(2).is_some_and(|token| is(token, ";")) => {
                if is(before.last().unwrap_or(&rest[0]), "pub") {
                    self.public_modules.push(rest[1].to_string());
                }
                return 2;
            }
            "fn" => {
                let body = rest.iter().take_while(|token| !is(token, ";")).find_map(|token| group(Some(token), Delimiter::Brace));
                if let (Some(TokenTree::Ident(name)), Some(body)) = (rest.get(1), body) {
                    let last = body.span_close().end().line;
                    self.functions.push((name.to_string(), line, last + 1 - line));
                }
            }
            "struct" | "enum" | "trait" | "type" | "static" | "const" => {}
            "macro_rules" => {
                self.items.extend(rest.get(2).map(ToString::to_string));
                return 3;
            }
            _ => return self.read_path(rest, before, line),
        }
        if let Some(TokenTree::Ident(name)) = rest.get(1) {
            self.items.insert(name.to_string());
        }
        1
    }

    fn read_path(&mut self, rest: &[TokenTree], before: &[TokenTree], line: usize) -> usize {
        let mut path = vec![rest[0].to_string()];
        let mut length = 1;
        while let [colon, other, TokenTree::Ident(next), ..] = &rest[length..]
            && is(colon, ":")
            && is(other, ":")
        {
            path.push(next.to_string());
            length += 3;
        }
        let continues = before.last().is_some_and(|token| is(token, ":") || is(token, ".")) && !is_type_colon(before);
        if path.len() > 1 && !continues {
            let path = self.absolute(&path);
            self.named.push((path, line));
        }
        length
    }

    /// The path from the root of the crate, or of the other crate that it names.
    fn absolute(&self, path: &[String]) -> Names {
        let rest = || path.iter().skip(1).cloned();
        match path.first().map(String::as_str) {
            Some("self") if path.get(1).is_some_and(|next| next == "super") => self.absolute(&path[1..]),
            Some("self") => self.module.iter().cloned().chain(rest()).collect(),
            Some("super") => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let above = &self.module[..self.module.len().saturating_sub(ups).max(1)];
                above.iter().chain(&path[ups..]).cloned().collect()
            }
            Some("compose_fix") => std::iter::once("crate".to_owned()).chain(rest()).collect(),
            Some(first) if self.children.contains(first) => self.module.iter().chain(path).cloned().collect(),
            _ => path.to_vec(),
        }
    }
}

/// The tokens without items that are there for tests only.
fn without_tests(stream: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let attribute = is(&tokens[at], "#").then(|| group(tokens.get(at + 1), Delimiter::Bracket)).flatten();
        if attribute.is_some_and(|attribute| is_for_tests(&inside(attribute))) {
            let rest = &tokens[at + 2..];
            let end = rest.iter().position(|token| is(token, ";") || group(Some(token), Delimiter::Brace).is_some());
            at += 2 + end.map_or(rest.len(), |end| end + 1);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// `cfg(test)`, also with further conditions.
fn is_for_tests(attribute: &[TokenTree]) -> bool {
    let condition = attribute.first().filter(|token| is(token, "cfg")).and(group(attribute.get(1), Delimiter::Parenthesis));
    condition.is_some_and(|condition| {
        let words = condition.stream().to_string();
        words == "test" || words.starts_with("all (test") || words.starts_with("all(test")
    })
}

/// The paths of a `use` tree, each with the name after `as`.
fn unfold(tokens: &[TokenTree], prefix: &[String], leaves: &mut Vec<(Names, Option<String>)>) {
    for branch in tokens.split(|token| is(token, ",")).filter(|branch| !branch.is_empty()) {
        let mut path = prefix.to_vec();
        let mut alias = None;
        let mut words = branch.iter();
        while let Some(token) = words.next() {
            match token {
                TokenTree::Ident(word) if word == "as" => alias = words.next().map(ToString::to_string),
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(star) if star.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Group(group) => unfold(&inside(group), &path, leaves),
                _ => {}
            }
        }
        // `{self, …}` names what stands in front of the braces.
        if !prefix.is_empty() && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if group(branch.last(), Delimiter::Brace).is_none() {
            leaves.push((path, alias));
        }
    }
}

fn is(token: &TokenTree, text: &str) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == text,
        TokenTree::Punct(punct) => text.len() == 1 && text.starts_with(punct.as_char()),
        _ => false,
    }
}

/// `pub` or `pub(crate)` stands last.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., word, TokenTree::Group(_)] | [.., word] => is(word, "pub"),
        [] => false,
    }
}

/// A colon before a type, and not the second one of a path.
fn is_type_colon(before: &[TokenTree]) -> bool {
    let colons = before.iter().rev().take_while(|token| is(token, ":")).count();
    colons % 2 == 1
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// The literals of a list, those in lists within it left out.
fn literals(stream: TokenStream) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => literals(group.stream()),
        TokenTree::Literal(literal) => vec![literal.to_string()],
        _ => Vec::new(),
    };
    stream.into_iter().flat_map(of).collect()
}

fn inside(group: &Group) -> Vec<TokenTree> {
    without_tests(group.stream())
}
