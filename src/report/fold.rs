//! Long lines, folded at blanks for a terminal, which would break them within words.

/// The extra indentation of a folded line's continuation.
const HANG: usize = 4;

/// The text with every line that is longer than `width` folded. Escape sequences take no room; a word that is too
/// long on its own is left whole, so that it can be copied.
pub fn folded(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        fold(&mut out, line, width);
    }
    out
}

fn fold(out: &mut String, line: &str, width: usize) {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let (head, words) = line.split_at(blanks);
    let hang = last_column(line, words.len()).filter(|at| *at <= width / 2 + HANG);
    let hang = hang.unwrap_or((blanks + HANG).min(width / 2));
    out.push_str(head);
    let (mut column, mut first) = (blanks, true);
    let mut gap = 0;
    for word in words_of(words, width.saturating_sub(hang)) {
        let length = visible(word);
        if !first && length > 0 && column + gap + length > width && hang + length <= width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', hang));
            column = hang;
        } else {
            out.extend(std::iter::repeat_n(' ', gap));
            column += gap;
        }
        out.push_str(word);
        column += length;
        // Two blanks in a row have an empty word between them.
        (gap, first) = (1, false);
    }
}

/// The words of a line, divided at blanks. A text in backticks is one word, if it fits on a line: a broken command
/// can't be copied.
fn words_of(line: &str, room: usize) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), line);
    while !rest.is_empty() {
        let end = rest.find(' ').unwrap_or(rest.len());
        // Within an open span the word goes on to the span's end, and to the blank after it.
        let opens = rest.get(..end).is_some_and(|word| word.matches('`').count() % 2 == 1);
        let closed = rest.get(end..).filter(|_| opens).and_then(|after| after.find('`')).map(|at| end + at + 1);
        let whole = closed.and_then(|from| Some(rest.get(from..)?.find(' ').map_or(rest.len(), |at| from + at)));
        let whole = whole.filter(|whole| rest.get(..*whole).is_some_and(|word| visible(word) <= room));
        let end = whole.unwrap_or(end);
        let (word, after) = rest.split_at(end);
        words.push(word);
        match after.strip_prefix(' ') {
            // A blank at the end is followed by an empty word.
            Some("") => {
                words.push("");
                rest = "";
            }
            Some(after) => rest = after,
            None => rest = "",
        }
    }
    words
}

/// The position where the last column of a line with columns begins: after two blanks.
fn last_column(line: &str, words: usize) -> Option<usize> {
    let indent = line.len().checked_sub(words)?;
    let gap = line.get(indent..)?.rfind("  ")?;
    line.get(..indent + gap + 2).map(visible)
}

/// The width of a word in columns.
fn visible(word: &str) -> usize {
    let mut within_escape = false;
    let mut count = 0;
    for c in word.chars() {
        match c {
            '\u{1b}' => within_escape = true,
            'm' if within_escape => within_escape = false,
            '\n' => {}
            _ if within_escape => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrap_at_spaces_with_hanging_indent() {
        let text = "note: some words that go on\n  ~ stream: old → new\nshort\n";
        assert_eq!(folded(text, 16), "note: some words\n    that go on\n  ~ stream: old\n      → new\nshort\n");
        assert_eq!(folded(text, 80), text);
    }

    #[test]
    fn code_spans_are_not_split_if_they_fit() {
        let text = "note: 7 hold already: `underpin validate` shows them\n";
        let wanted = "note: 7 hold already:\n    `underpin validate` shows\n    them\n";
        assert_eq!(folded(text, 30), wanted);
        assert_eq!(folded("a `b c d e f g h i j` k", 12), "a `b c d e f\n    g h i j`\n    k", "longer than a line");
        assert_eq!(folded("an odd ` sign here", 12), "an odd `\n    sign\n    here");
        assert_eq!(folded("`a  b` c ", 30), "`a  b` c ");
    }

    #[test]
    fn wrapped_columns_keep_their_indent() {
        assert_eq!(folded("  1. a:C  title that goes on\n", 20), "  1. a:C  title that\n          goes on\n");
    }

    #[test]
    fn fitting_lines_are_unchanged() {
        let text = "  1. a:Call      title\n\n    x  y  \n";
        assert_eq!(folded(text, 24), text);
    }

    #[test]
    fn long_words_stay_whole_and_color_codes_have_no_width() {
        assert_eq!(folded("arn: arn:aws:iam::123456789012:role/a\n", 12), "arn: arn:aws:iam::123456789012:role/a\n");
        assert_eq!(folded("\u{1b}[32mab\u{1b}[0m cd", 5), "\u{1b}[32mab\u{1b}[0m cd");
    }
}
