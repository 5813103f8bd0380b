//! Strings to scalars: when the plain style is safe, and how quoted styles are written (YAML 1.2.2 section 7.3).
//!
//! What YAML 1.1 or 1.2 readers would take for something else than a string is not safe, whichever of them reads it.
//! (`y` and `n` are booleans in YAML 1.1 by its letter, but to none of the readers in use.)

/// `text` in double quotes.
pub(super) fn double(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if needs_escape(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `text` in single quotes, which must be able to hold it.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether single quotes can hold `text` on one line.
pub(super) fn is_single_quotable(text: &str) -> bool {
    !text.chars().any(needs_escape)
}

/// Whether `text` without quotes is a plain scalar that reads as this very string. `flow` is the context.
pub(super) fn is_plain_safe(text: &str, flow: bool) -> bool {
    let indicators = ['-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'];
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with(indicators)
        && !text.starts_with("...")
        && !text.chars().any(needs_escape)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !(flow && text.contains([',', '[', ']', '{', '}']))
        && reads_as_string(text)
}

/// Whether a plain scalar is a string to readers of YAML 1.1 and of 1.2 alike.
pub(super) fn reads_as_string(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    let words = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "<<", "=", ".nan"];
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(&word);
    !(words.contains(&word.as_str()) || unsigned == ".inf" || is_number(unsigned) || is_date(text))
}

fn is_number(unsigned: &str) -> bool {
    let digits = unsigned.replace('_', "");
    let based = [("0x", 16), ("0o", 8), ("0b", 2)].iter().any(|&(prefix, base)| {
        digits.strip_prefix(prefix).is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base)))
    });
    // Minutes and seconds: YAML 1.1 reads 22:22 as a number to the base of 60.
    let sexagesimal = || {
        let mut parts = digits.split(':');
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        digits.contains(':') && parts.all(all_digits) && digits.split(':').skip(1).all(|part| part.find('.').unwrap_or(part.len()) <= 2)
    };
    let decimal = || digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok();
    based || decimal() || sexagesimal()
}

/// Whether `text` begins like a timestamp: `2001-12-14`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut digits = |least: usize| parts.next().is_some_and(|part| part.bytes().take_while(u8::is_ascii_digit).count() >= least);
    digits(4) && text.as_bytes().get(4) == Some(&b'-') && digits(1) && digits(1)
}

/// Not printable, or a line break to some reader.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_read_as_another_type_is_no_plain_string() {
        let others = [
            "",
            "~",
            "Null",
            "YES",
            "off",
            "8080",
            "0x1F",
            "0o7",
            "1_000",
            "1e3",
            "-.5",
            "+.INF",
            ".NaN",
            "22:22",
            "5432:54",
            "1:20.5",
            "2001-12-14",
            "<<",
        ];
        for text in others {
            assert!(!reads_as_string(text), "{text}");
        }
        for text in ["127.0.0.1", "127.0.0.1:8080", "5432:5432", "1.2.3", "host", "y", "yes!", "e3", "2001-x", "a:1", "0xg"] {
            assert!(reads_as_string(text), "{text}");
        }
    }

    #[test]
    fn what_breaks_the_plain_style_is_not_safe_in_it() {
        for text in ["a: b", "a #b", "a:", " a", "- a", "*a", "\"a\"", "a\nb", "a\tb", "%a", "...", "a\u{85}b"] {
            assert!(!is_plain_safe(text, false), "{text}");
        }
        assert!(is_plain_safe("a,b [c]", false));
        assert!(!is_plain_safe("a,b", true));
        assert!(is_plain_safe("http://x:80/#y", true));
    }

    #[test]
    fn double_quotes_escape_what_is_not_printable() {
        assert_eq!(double("\"\\\n\t\r\u{1}é\u{2028}"), r#""\"\\\n\t\r\u0001é\u2028""#);
    }
}
