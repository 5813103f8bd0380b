//! Reads a script by the rules of POSIX, Shell Command Language, section 2.3: words, and what separates commands.

use super::word::Word;

/// A piece of a script.
pub(super) enum Lexeme {
    Word(Word),
    Separator,
}

impl Lexeme {
    pub(super) fn word(&self) -> Option<&Word> {
        match self {
            Self::Word(word) => Some(word),
            Self::Separator => None,
        }
    }
}

/// The words of a script and what separates its commands, in order; `None` when a quote stays open.
pub(super) fn lexemes(source: &Word) -> Option<Vec<Lexeme>> {
    Lexer { source, at: 0, here_documents: Vec::new() }.lexemes()
}

struct Lexer<'s> {
    source: &'s Word,
    at: usize,
    /// The delimiters of here-documents whose bodies start on the next line.
    here_documents: Vec<String>,
}

impl Lexer<'_> {
    fn lexemes(mut self) -> Option<Vec<Lexeme>> {
        let mut lexemes = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' => self.at += 1,
                '\\' if self.continuation() > 0 => self.at += self.continuation(),
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                ';' | '&' | '|' | '(' | ')' => {
                    self.at += 1;
                    lexemes.push(Lexeme::Separator);
                }
                '\n' => {
                    self.at += 1;
                    self.skip_here_documents();
                    lexemes.push(Lexeme::Separator);
                }
                '<' | '>' => self.skip_redirection()?,
                _ => {
                    let word = self.word()?;
                    let descriptor = matches!(self.peek(), Some('<' | '>')) && word.text.bytes().all(|byte| byte.is_ascii_digit());
                    if !descriptor {
                        lexemes.push(Lexeme::Word(word));
                    }
                }
            }
        }
        Some(lexemes)
    }

    fn rest(&self) -> &str {
        self.source.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The length of a backslash with the line break behind it, here.
    fn continuation(&self) -> usize {
        ["\\\n", "\\\r\n"].into_iter().find(|text| self.rest().starts_with(text)).map_or(0, str::len)
    }

    fn skip_redirection(&mut self) -> Option<()> {
        let here_document = self.rest().starts_with("<<") && !self.rest().starts_with("<<<");
        self.at += self.rest().bytes().take_while(|byte| b"<>&|".contains(byte)).count();
        if here_document {
            self.at += usize::from(self.rest().starts_with('-'));
        }
        self.at += self.rest().bytes().take_while(|byte| b" \t".contains(byte)).count();
        let target = self.word()?;
        if here_document {
            self.here_documents.push(target.text);
        }
        Some(())
    }

    fn skip_here_documents(&mut self) {
        for delimiter in std::mem::take(&mut self.here_documents) {
            while let Some(line) = self.rest().split_inclusive('\n').next() {
                let (length, last) = (line.len(), line.trim() == delimiter);
                self.at += length;
                if last {
                    break;
                }
            }
        }
    }

    /// Reads a word; an empty one where none starts.
    fn word(&mut self) -> Option<Word> {
        let mut word = Word::whole("", self.source.item);
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.at += 1;
                    self.take_until(&mut word, '\'')?;
                }
                '"' => self.double_quoted(&mut word)?,
                '\\' => self.escape(&mut word, |_| true)?,
                '$' | '`' => self.substitution(&mut word)?,
                _ => self.take(&mut word)?,
            }
        }
        Some(word)
    }

    /// Moves one character into the word.
    fn take(&mut self, word: &mut Word) -> Option<()> {
        let (c, source, at) = (self.peek()?, self.source, self.at);
        word.push(c, |byte| source.offset(at + byte));
        self.at += c.len_utf8();
        Some(())
    }

    /// Moves everything up to `end` into the word and skips `end`.
    fn take_until(&mut self, word: &mut Word, end: char) -> Option<()> {
        while self.peek()? != end {
            self.take(word)?;
        }
        self.at += end.len_utf8();
        Some(())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                '"' => break,
                '\\' => self.escape(word, |escaped| matches!(escaped, '$' | '`' | '"' | '\\'))?,
                '$' | '`' => self.substitution(word)?,
                _ => self.take(word)?,
            }
        }
        self.at += 1;
        Some(())
    }

    /// Reads a backslash, which disappears before a line break and before what is `special`.
    fn escape(&mut self, word: &mut Word, special: impl Fn(char) -> bool) -> Option<()> {
        if self.continuation() > 0 {
            self.at += self.continuation();
            return Some(());
        }
        let escaped = self.rest().chars().nth(1)?;
        if special(escaped) {
            self.at += 1;
        } else {
            self.take(word)?;
        }
        self.take(word)
    }

    /// Takes `$(…)`, `${…}` and backquotes as they are, up to their end; a lone `$` is a character like any other.
    fn substitution(&mut self, word: &mut Word) -> Option<()> {
        let opening = self.peek()?;
        self.take(word)?;
        let (open, close) = match (opening, self.peek()) {
            ('`', _) => ('`', '`'),
            (_, Some('(')) => ('(', ')'),
            (_, Some('{')) => ('{', '}'),
            _ => return Some(()),
        };
        let mut depth = usize::from(opening == '`');
        loop {
            let c = self.peek()?;
            self.take(word)?;
            if c == close {
                depth -= 1;
            } else if c == open {
                depth += 1;
            } else if c == '\\' {
                self.take(word)?;
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
