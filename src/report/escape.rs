//! Foreign texts (names and tags of live resources, AWS's messages) as Markdown without effects.
//!
//! Without it a tag's key could put a link, an image or a mention into a comment on a pull request.

use crate::base::printable;

/// A text as it reads, including code between backticks; nothing in it is HTML, a link or a mention.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        out.push_str(&escaped(&rest[..start]));
        let run = run_of(&rest[start..]);
        let (ticks, after) = rest[start..].split_at(run);
        // A code span ends with the next run of as many backticks. Source: CommonMark, section 6.1.
        if let Some(end) = closing(after, run) {
            out.push_str(ticks);
            out.push_str(&after[..end + run].replace(['\n', '\r'], " "));
            rest = &after[end + run..];
        } else {
            out.push_str(&"&#96;".repeat(run));
            rest = after;
        }
    }
    out + &escaped(rest)
}

/// A text in backticks, whatever it contains.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        return format!("`{text}`");
    }
    let ticks = "`".repeat(longest + 1);
    format!("{ticks} {text} {ticks}")
}

/// A text within an element of HTML.
pub(super) fn html(text: &str) -> String {
    escaped(text)
}

/// The same within a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A foreign text on one line, with nothing in it that means something to Markdown: words with such a character (names,
/// paths, addresses, markup, mentions, numbers of issues) stand in backticks, as code does.
pub(super) fn foreign(text: &str) -> String {
    let text = printable(text);
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('`') {
        let run = run_of(&rest[start..]);
        let after = &rest[start + run..];
        let Some(end) = closing(after, run) else { break };
        // Code that is glued to a word is one word with it.
        let glued = rest[..start].rfind(' ').map_or(0, |space| space + 1);
        out.extend(rest[..glued].split(' ').filter(|word| !word.is_empty()).map(word));
        let mut before = word(&rest[glued..start]);
        if before.ends_with('`') {
            out.push(std::mem::take(&mut before));
        }
        out.push(before + &quoted(&after[..end]));
        rest = &after[end + run..];
        // So are the marks behind it.
        let marks = rest.len() - rest.trim_start_matches(['.', ',', ';', ':', ')', '?']).len();
        if let Some(last) = out.last_mut() {
            last.push_str(&rest[..marks]);
        }
        rest = &rest[marks..];
    }
    out.extend(rest.split(' ').filter(|word| !word.is_empty()).map(word));
    out.join(" ")
}

/// A word of a foreign text; in backticks unless it is of letters, digits and harmless marks.
fn word(text: &str) -> String {
    let marks = ".,;?'\"()/%–—’…-+=";
    let inner = text.strip_suffix(':').unwrap_or(text);
    let plain = inner.chars().all(|c| c.is_alphanumeric() || marks.contains(c));
    // Renderers make links of these without any mark.
    let link = inner.to_ascii_lowercase().contains("www.");
    if plain && !link { text.to_owned() } else { quoted(inner) + &text[inner.len()..] }
}

/// A foreign text in backticks, on one line.
pub(super) fn quoted(text: &str) -> String {
    match printable(text).trim() {
        "" => "(empty)".to_owned(),
        text => code(text),
    }
}

/// The same within a cell of a table, whose ends are found before code is.
pub(super) fn quoted_cell(text: &str) -> String {
    if !text.contains(['|', '\\', '`']) {
        return quoted(text);
    }
    let entity = |c: char| {
        let plain = c.is_alphanumeric() || c == ' ';
        if plain { c.to_string() } else { format!("&#{};", u32::from(c)) }
    };
    format!("<code>{}</code>", printable(text).trim().chars().map(entity).collect::<String>())
}

/// A foreign text of several lines as a block of code.
pub(super) fn code_block(language: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

fn run_of(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// The position of the next run of exactly that many backticks.
fn closing(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = text[at..].find('`') {
        let run = run_of(&text[at + next..]);
        if run == length {
            return Some(at + next);
        }
        at += next + run;
    }
    None
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            // Only a parenthesis directly after a bracket makes a link or an image of it.
            '(' if out.ends_with(']') => out.push_str("&#40;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_of_foreign_text_is_escaped() {
        assert_eq!(
            plain("remove tags </code><img src=x> and @octocat"),
            "remove tags &lt;/code&gt;&lt;img src=x&gt; and &#64;octocat"
        );
        assert_eq!(plain("![x](http://y)\n# z"), "![x]&#40;http://y) # z");
        assert_eq!(plain("set `a <b> @c` on `d`"), "set `a <b> @c` on `d`");
        assert_eq!(plain("`a <b> ``"), "&#96;a &lt;b&gt; &#96;&#96;");
        assert_eq!(plain("``a <b> ` c``"), "``a <b> ` c``");
        assert_eq!(plain("the last ` <b>"), "the last &#96; &lt;b&gt;");
    }

    #[test]
    fn code_spans_stay_closed_around_backticks() {
        assert_eq!(code("tables.a"), "`tables.a`");
        assert_eq!(code("a`<b>``"), "``` a`<b>`` ```");
        assert_eq!(cell(&code("a|b")), "`a\\|b`");
        assert_eq!(html("</code>@x"), "&lt;/code&gt;&#64;x");
    }

    #[test]
    fn foreign_words_that_mean_something_stand_in_backticks() {
        assert_eq!(foreign("the table orders is open: (see it), 50%."), "the table orders is open: (see it), 50%.");
        assert_eq!(foreign("anybody may `a:B` on `t`, it's **so**"), "anybody may `a:B` on `t`, it's `**so**`");
        assert_eq!(
            foreign("@me #1 http://x <b> [a](b) www.x a_b"),
            "`@me` `#1` `http://x` `<b>` `[a](b)` `www.x` `a_b`"
        );
        assert_eq!(foreign("a\n# b\n\n- c"), "a `#` b - c");
        assert_eq!(foreign("x`y a_b: c"), "`` x`y `` `a_b`: c");
        assert_eq!(foreign("a<b>`c` (`d`)."), "`a<b>` `c` (`d`).");
    }

    #[test]
    fn foreign_cells_and_blocks_stay_closed() {
        assert_eq!(quoted_cell("a|b\\`"), "<code>a&#124;b&#92;&#96;</code>");
        assert_eq!([quoted_cell("a-b"), quoted(" "), quoted("\u{1b}[2J")], ["`a-b`", "(empty)", "`[2J`"]);
        assert_eq!(code_block("sh", "a\n```\n\u{202e}b"), "````sh\na\n```\nb\n````\n");
    }
}
