//! The form in which cases of YAML are written down in `tests/data`; the head of each file there explains it.

/// A case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Case<'a> {
    /// Its name and what it is about.
    pub(super) title: &'a str,
    /// The text.
    pub(super) text: String,
    /// What is said of the text, line by line.
    pub(super) says: Vec<&'a str>,
    /// The text that follows on that, if there is one.
    pub(super) after: String,
}

/// Reads the cases of a file.
pub(super) fn read(file: &str) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for line in file.lines() {
        match (line.strip_prefix("=== "), cases.last_mut()) {
            (Some(title), _) => cases.push(Case { title, ..Case::default() }),
            (None, Some(case)) => case.add(line),
            (None, None) => {}
        }
    }
    cases
}

impl<'a> Case<'a> {
    fn add(&mut self, line: &'a str) {
        match line.strip_prefix('|') {
            Some(text) if self.says.is_empty() => self.text.push_str(&unescaped_line(text)),
            Some(text) => self.after.push_str(&unescaped_line(text)),
            None if line.is_empty() => {}
            None => self.says.push(line),
        }
    }
}

/// A line of text with its line break, unless a `\` at its end says that it has none.
fn unescaped_line(line: &str) -> String {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    match line.strip_suffix('\\').filter(|_| backslashes % 2 == 1) {
        Some(text) => unescaped(text),
        None => unescaped(line) + "\n",
    }
}

/// Text with its `\n`, `\t`, `\r`, `\u{…}` and `\\` put in.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let (c, after) = match escape.chars().next() {
            Some('n') => ('\n', &escape[1..]),
            Some('t') => ('\t', &escape[1..]),
            Some('r') => ('\r', &escape[1..]),
            Some('u') => {
                let (digits, after) = escape[1..].strip_prefix('{').unwrap().split_once('}').unwrap();
                (char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap(), after)
            }
            _ => ('\\', escape.strip_prefix('\\').unwrap()),
        };
        out.push(c);
        rest = after;
    }
    out + rest
}

#[test]
fn cases_are_read_with_their_texts_as_they_are() {
    let file = "# head\n\n=== A: a\n|x: \\u{20}\n|\\ty\\\\\n|z\\\nsays\n more\n|x\n\n=== B: b\n";
    let first = Case { title: "A: a", text: "x:  \n\ty\\\nz".to_owned(), says: vec!["says", " more"], after: "x\n".to_owned() };
    assert_eq!(read(file), [first, Case { title: "B: b", ..Case::default() }]);
}
