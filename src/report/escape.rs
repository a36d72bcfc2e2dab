//! Foreign texts (names and tags of live resources, AWS's messages) as Markdown without effects.
//!
//! Without it a tag's key could put a link, an image or a mention into a comment on a pull request.

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
}
