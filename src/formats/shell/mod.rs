//! Shell words: what a command string runs, word by word, and where each word is written.
//!
//! [`split`] cuts a `command:` or `entrypoint:` string as Compose does, whose rules differ from a shell's: everything
//! from the first unquoted `;`, `&`, `|`, `<` or `>` on is dropped. [`commands`] looks through `sh -c "…"`, `exec`, `env`
//! and init wrappers, and reads scripts as a shell does; [`around`] finds the command that a byte is in. Nothing is executed or expanded: `$NAME`, `$(…)`
//! and globs stay as they are written. Own code because the crates that split words do not tell where the words stood.

mod lexer;
mod word;

use crate::knowledge::programs::{self, Kind};
use lexer::{Lexeme, lexemes};

pub(crate) use word::Word;

/// Shells within shells are looked through this deep.
const MAX_DEPTH: usize = 8;

/// A simple command: `A=b C=d program argument…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// The assignments in front, each a word `NAME=value`; those of an `env` count too.
    pub(crate) assignments: Vec<Word>,
    /// The program and its arguments.
    pub(crate) words: Vec<Word>,
}

/// Cuts a command string into words as Compose does; `None` where Compose reports an error, such as an open quote.
pub(crate) fn split(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"' | '`' | ')')) => {
                let (at, escaped) = chars.next()?;
                match escaped {
                    // Compose passes this line break on as a word; a shell, and whoever wrote it, joins the lines.
                    '\n' if quote.is_none() => words.extend(word.take()),
                    't' => word.get_or_insert_default().push('\t', |_| None),
                    'n' => word.get_or_insert_default().push('\n', |_| None),
                    _ => word.get_or_insert_default().push(escaped, |byte| Some(at + byte)),
                }
            }
            (' ' | '\t' | '\r' | '\n', None) => words.extend(word.take()),
            (';' | '&' | '|' | '<' | '>', None) => {
                // In `2>file` the number belongs to the redirection.
                word = word.filter(|word| !(c == '>' && word.text.starts_with(|first: char| first.is_ascii_digit())));
                break;
            }
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            ('"' | '\'', Some(open)) if open == c => quote = None,
            ('(' | ')', None) => {
                let word = word.as_mut().filter(|word| c == '(' && word.text.ends_with('$'))?;
                word.push(c, |byte| Some(at + byte));
                quote = Some(')');
            }
            _ => {
                if c == '`' && quote.is_none() {
                    quote = Some(c);
                } else if matches!(c, '`' | ')') && quote == Some(c) {
                    quote = None;
                }
                word.get_or_insert_default().push(c, |byte| Some(at + byte));
            }
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The simple commands that a command in words runs: one, unless it is a shell with a script (`sh -c "a && b"`), whose
/// commands are then given instead. A leading `exec`, `env` and init process is dropped.
pub(crate) fn commands(words: &[Word]) -> Vec<Command> {
    unwrap(words, 0)
}

/// The words of that of `commands` which holds the byte at `offset` of item number `item`, its assignments first, and which
/// word holds it. Scripts that are an argument, as in `timeout 9 sh -c "a; b"`, are looked through.
pub(crate) fn around(commands: &[Command], item: usize, offset: usize) -> Option<(Vec<Word>, usize)> {
    let (mut words, mut at) = holding(commands, item, offset)?;
    while let Some(word) = words.get(at) {
        let script = word.position(item, offset).and_then(|position| word.script_around(position));
        let inner = script.and_then(|script| run_script(&script, 0)).and_then(|commands| holding(&commands, item, offset));
        match inner.filter(|(words, at)| words.get(*at).is_some_and(|inner| inner.text.len() < word.text.len())) {
            Some(inner) => (words, at) = inner,
            None => break,
        }
    }
    Some((words, at))
}

/// Reserved words behind which a command may start (POSIX, Shell Command Language, section 2.4).
const KEYWORDS: [&str; 10] = ["!", "do", "elif", "else", "if", "then", "until", "while", "{", "}"];

fn unwrap(words: &[Word], depth: usize) -> Vec<Command> {
    let mut assignments = Vec::new();
    let mut rest = words;
    while let Some((first, behind)) = rest.split_first() {
        let name = first.text.rsplit('/').next().unwrap_or_default();
        rest = if is_assignment(&first.text) {
            assignments.push(first.clone());
            behind
        } else if KEYWORDS.contains(&first.text.as_str()) {
            behind
        } else if name == "env" {
            skip_options(behind, &["-u", "-C"])
        } else if let Some(at) = passed_on(rest) {
            rest.get(at..).unwrap_or_default()
        } else {
            break;
        };
    }
    let mut commands = match shell_script(rest).filter(|_| depth < MAX_DEPTH).and_then(|script| run_script(script, depth + 1)) {
        Some(commands) => commands,
        None if rest.is_empty() && assignments.is_empty() => return Vec::new(),
        None => vec![Command { assignments: Vec::new(), words: rest.to_vec() }],
    };
    for command in &mut commands {
        command.assignments.splice(0..0, assignments.iter().cloned());
    }
    commands
}

fn passed_on(words: &[Word]) -> Option<usize> {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    programs::passed_on(&words)
}

/// The words of the first command that has a word with the byte at `offset` of an item, and which it is.
fn holding(commands: &[Command], item: usize, offset: usize) -> Option<(Vec<Word>, usize)> {
    commands.iter().find_map(|command| {
        let at = command.assignments.iter().chain(&command.words).position(|word| word.position(item, offset).is_some())?;
        Some(([command.assignments.as_slice(), &command.words].concat(), at))
    })
}

fn is_assignment(text: &str) -> bool {
    let name = text.split_once('=').map_or("", |(name, _)| name);
    name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// The words behind leading options, of which those in `with_value` take the next word along.
fn skip_options<'w>(mut words: &'w [Word], with_value: &[&str]) -> &'w [Word] {
    while let Some(option) = words.first().map(|word| word.text.as_str()).filter(|text| text.starts_with('-')) {
        words = words.get(1 + usize::from(with_value.contains(&option))..).unwrap_or_default();
        if option == "--" {
            break;
        }
    }
    words
}

/// The script that `sh -c`, `bash -euo pipefail -c` and the like are given.
fn shell_script(words: &[Word]) -> Option<&Word> {
    let (shell, mut rest) = words.split_first()?;
    if programs::kind(shell.text.rsplit('/').next()?) != Some(Kind::Shell) {
        return None;
    }
    let mut takes_script = false;
    while let Some((option, behind)) = rest.split_first().filter(|(word, _)| word.text.starts_with(['-', '+'])) {
        let short = if option.text.starts_with("--") { "" } else { option.text.as_str() };
        takes_script |= short.contains('c');
        rest = behind.get(usize::from(short.contains('o'))..).unwrap_or_default();
    }
    rest.first().filter(|_| takes_script)
}

/// The simple commands of a shell script, in order, whichever of `;`, `&&`, `||`, `|`, `&`, line breaks, parentheses and
/// keywords join them; `None` when a quote stays open. Redirections, here-documents and comments are dropped.
fn run_script(source: &Word, depth: usize) -> Option<Vec<Command>> {
    let lexemes = lexemes(source)?;
    let simple = lexemes.split(|lexeme| matches!(lexeme, Lexeme::Separator));
    let words = simple.map(|run| run.iter().filter_map(Lexeme::word).cloned().collect::<Vec<_>>());
    Some(words.flat_map(|words| unwrap(&words, depth)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of its item that spell a word.
    fn source(word: &Word) -> Option<std::ops::Range<usize>> {
        word.source_range(0..word.text.len())
    }
    use proptest::prelude::*;

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    /// Commands as text: the assignments, a colon if there are any, the words.
    fn shown(commands: &[Command]) -> Vec<String> {
        let show = |command: &Command| {
            let assignments = texts(&command.assignments).join(" ");
            let colon = if assignments.is_empty() { "" } else { ": " };
            format!("{assignments}{colon}{}", texts(&command.words).join(" "))
        };
        commands.iter().map(show).collect()
    }

    #[test]
    fn the_command_around_a_byte_is_found_in_scripts_within_scripts() {
        let table = [
            ("wait localhost 80", "wait [localhost] 80"),
            ("sh -c 'a; wait-for localhost 80 && b'", "wait-for [localhost] 80"),
            ("timeout 9 bash -c \"nc -z localhost 80 || exit\"", "nc -z [localhost] 80"),
            ("run --url=$(get --host localhost 80)", "get --host [localhost] 80"),
            ("psql \"host=localhost port=80\"", "[host=localhost] port=80"),
            ("env A=1 serve --db localhost:80", "A=1 serve --db [localhost:80]"),
            ("echo \"${X:-a localhost}\"", "echo [${X:-a localhost}]"),
        ];
        for (text, expected) in table {
            let (words, at) = around(&commands(&split(text).unwrap()), 0, text.find("localhost").unwrap()).unwrap();
            let shown =
                words.iter().enumerate().map(|(index, word)| if index == at { format!("[{}]", word.text) } else { word.text.clone() });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
        let items = ["sh", "-c", "nc -z localhost 80"];
        let words: Vec<Word> = items.iter().enumerate().map(|(item, text)| Word::whole(text, item)).collect();
        let (words, at) = around(&commands(&words), 2, 6).unwrap();
        assert_eq!((words[at].text.as_str(), source(&words[at + 1])), ("localhost", Some(16..18)));
    }

    #[test]
    fn strings_are_cut_as_compose_cuts_them() {
        let table: [(&str, &[&str]); 15] = [
            ("redis-server --port 6380", &["redis-server", "--port", "6380"]),
            ("  a\t'b  c'\n\"d e\" ", &["a", "b  c", "d e"]),
            ("sh -c \"echo \\\"x\\\"\"", &["sh", "-c", "echo \"x\""]),
            ("--a=\"b c\"'d'e", &["--a=b cde"]),
            ("a '' \"\" b", &["a", "", "", "b"]),
            ("a 'b\\c' d\\ e", &["a", "b\\c", "d e"]),
            ("start && more", &["start"]),
            ("start; more", &["start"]),
            ("start 2>/dev/null", &["start"]),
            ("start >log", &["start"]),
            ("start 'a && b'", &["start", "a && b"]),
            ("a $(b c) `d e`", &["a", "$(b c)", "`d e`"]),
            ("a \\\n  --b", &["a", "--b"]),
            ("a # b", &["a", "#", "b"]),
            ("a $$PORT", &["a", "$$PORT"]),
        ];
        for (text, words) in table {
            assert_eq!(texts(&split(text).unwrap()), words, "{text}");
        }
    }

    #[test]
    fn what_compose_cannot_cut_gives_nothing() {
        for text in ["a 'b", "a \"b", "a \\", "a (b)", "a $(b", "a )"] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn scripts_are_cut_as_a_shell_cuts_them() {
        let table: [(&str, &[&str]); 17] = [
            ("a b && c || d; e | f & g", &["a b", "c", "d", "e", "f", "g"]),
            ("a \\\n  b\nc\r\n# d; e\nf # g", &["a b", "c", "f"]),
            ("A=1 B='2 3' run x", &["A=1 B=2 3: run x"]),
            ("exec env C=d /run --p 1", &["C=d: /run --p 1"]),
            ("env -i -u X A=1 run", &["A=1: run"]),
            ("exec gosu app run", &["run"]),
            ("if test -f x; then a; else b; fi", &["test -f x", "a", "b", "fi"]),
            ("while ! nc -z localhost 5432; do sleep 1; done", &["nc -z localhost 5432", "sleep 1", "done"]),
            ("(a; b) 2>&1 >/dev/null <in c", &["a", "b", "c"]),
            ("a 2>/dev/null 8080", &["a 8080"]),
            ("cat <<EOF >f && a\nb; c\nEOF\nd", &["cat", "a", "d"]),
            ("cat <<-'E F'\n\tx\n\tE F\nd", &["cat", "d"]),
            ("a $(b; c) \"${D:-e f}\" `g; h` \"$(i \"j\")\"", &["a $(b; c) ${D:-e f} `g; h` $(i \"j\")"]),
            ("echo \"a\\n\\\"b\\\"\" $$C $", &["echo a\\n\"b\" $$C $"]),
            ("a#b 'c''d'", &["a#b cd"]),
            ("A=1", &["A=1: "]),
            ("sh -c 'a; sh -c \"b; c\"'", &["a", "b", "c"]),
        ];
        for (text, commands) in table {
            assert_eq!(shown(&run_script(&Word::whole(text, 0), 0).unwrap()), commands, "{text}");
        }
        assert_eq!(run_script(&Word::whole("a 'b", 0), 0), None);
    }

    #[test]
    fn shells_and_wrappers_are_looked_through() {
        let table: [(&[&str], &[&str]); 10] = [
            (&["sh", "-c", "a && b"], &["a", "b"]),
            (&["/bin/bash", "-lc", "a"], &["a"]),
            (&["bash", "-euo", "pipefail", "-c", "a\nb", "name"], &["a", "b"]),
            (&["X=1", "sh", "-c", "Y=2 a; b"], &["X=1 Y=2: a", "X=1: b"]),
            (&["/sbin/tini", "-g", "--", "sh", "-c", "exec a"], &["a"]),
            (&["dumb-init", "a", "--", "b"], &["a -- b"]),
            (&["bash", "start.sh", "-c", "x"], &["bash start.sh -c x"]),
            (&["sh", "-c", "open '"], &["sh -c open '"]),
            (&["a", "&&", "b"], &["a && b"]),
            (&["exec"], &[]),
        ];
        for (words, expected) in table {
            let words: Vec<_> = words.iter().enumerate().map(|(item, text)| Word::whole(text, item)).collect();
            assert_eq!(shown(&commands(&words)), expected, "{words:?}");
        }
    }

    #[test]
    fn words_know_where_they_are_written() {
        let text = "sh -c \"wait localhost:80 && A='x' run --port \\\"8080\\\" a'b'\"";
        let found = commands(&split(text).unwrap());
        let places: Vec<_> = found.iter().flat_map(|command| &command.words).map(|word| source(word).map(|at| &text[at])).collect();
        assert_eq!(places, [Some("wait"), Some("localhost:80"), Some("run"), Some("--port"), Some("8080"), None]);
    }

    #[test]
    fn a_part_of_a_quoted_word_is_found() {
        let text = "run --url=\"http://localhost:80/\"x";
        let words = split(text).unwrap();
        let at = words[1].text.find("localhost").unwrap();
        assert_eq!(words[1].source_range(at..at + 9).map(|range| &text[range]), Some("localhost"));
        assert_eq!(source(&words[1]), None);
    }

    #[test]
    fn items_of_a_list_stay_apart() {
        let items = ["sh", "-c", "echo é; serve --port 80"];
        let words: Vec<_> = items.iter().enumerate().map(|(item, text)| Word::whole(text, item)).collect();
        let port = commands(&words).pop().and_then(|command| command.words.last().cloned()).unwrap();
        assert_eq!((port.item, source(&port).map(|range| &items[2][range])), (2, Some("80")));
    }

    proptest! {
        #[test]
        fn sources_spell_their_words(text in "([ab8é=]| |\n|'|\"|\\\\|\\$|\\(|\\)|\\{|`|<|>|;|&|#|sh -c |env |\r\n){0,30}") {
            let split = split(&text).map(|words| commands(&words)).unwrap_or_default();
            for command in split.iter().chain(&run_script(&Word::whole(&text, 0), 0).unwrap_or_default()) {
                for word in command.assignments.iter().chain(&command.words) {
                    if let Some(range) = source(word) {
                        prop_assert_eq!(text.get(range), Some(word.text.as_str()));
                    }
                }
            }
        }

        #[test]
        fn what_shlex_quotes_is_one_word_each(words in prop::collection::vec("[a-zé \"#&;|<>(){}=-]{0,6}", 0..5)) {
            let text = shlex::try_join(words.iter().map(String::as_str)).unwrap();
            let split = split(&text).unwrap();
            prop_assert_eq!(texts(&split), words);
        }
    }
}
