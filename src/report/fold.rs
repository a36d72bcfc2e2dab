//! Long lines, folded at blanks for a terminal, which would break them within words.

/// What a line that goes on is indented by, beyond its beginning.
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
    for word in words.split(' ') {
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
        // Two blanks in a row hold an empty word between them.
        (gap, first) = (1, false);
    }
}

/// Where the last column of a line with columns begins: after two blanks.
fn last_column(line: &str, words: usize) -> Option<usize> {
    let indent = line.len().checked_sub(words)?;
    let gap = line.get(indent..)?.rfind("  ")?;
    line.get(..indent + gap + 2).map(visible)
}

/// How many columns a word takes.
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
    fn lines_are_folded_at_blanks_and_hang() {
        let text = "note: some words that go on\n  ~ stream: old → new\nshort\n";
        assert_eq!(folded(text, 16), "note: some words\n    that go on\n  ~ stream: old\n      → new\nshort\n");
        assert_eq!(folded(text, 80), text);
    }

    #[test]
    fn columns_go_on_below_themselves() {
        assert_eq!(folded("  1. a:C  title that goes on\n", 20), "  1. a:C  title that\n          goes on\n");
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let text = "  1. a:Call      title\n\n    x  y  \n";
        assert_eq!(folded(text, 24), text);
    }

    #[test]
    fn a_long_word_is_whole_and_colour_takes_no_room() {
        assert_eq!(folded("arn: arn:aws:iam::123456789012:role/a\n", 12), "arn: arn:aws:iam::123456789012:role/a\n");
        assert_eq!(folded("\u{1b}[32mab\u{1b}[0m cd", 5), "\u{1b}[32mab\u{1b}[0m cd");
    }
}
