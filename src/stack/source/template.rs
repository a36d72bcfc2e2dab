//! `${…}` within a text: those that underpin fills in, those of AWS, and escaped ones.

use crate::base::Reference;

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text as it is, AWS's own variables included.
    Literal(String),
    /// An interpolation, and its position among the text's `${`.
    Hole {
        /// The parsed interpolation.
        hole: Hole,
        /// As it was written, without `${` and `}`.
        written: String,
        /// The number of `${` before it.
        ordinal: usize,
    },
}

/// The subject of an interpolation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hole {
    /// `${env:NAME}`
    Variable(String),
    /// `${region}` and the like, known or not.
    Word(String),
    /// `${section.name.attribute}`
    Reference(Reference),
    /// One that can't be parsed; the reason.
    Broken(&'static str),
}

/// Splits a text.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let (mut parts, mut literal, mut ordinal, mut rest) = (Vec::new(), String::new(), 0, text);
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let inside = &from[2..];
        let here = ordinal;
        ordinal += 1;
        if let Some(kept) = before.strip_suffix('$') {
            literal.push_str(kept);
            literal.push_str("${");
            rest = inside;
            continue;
        }
        literal.push_str(before);
        let Some((content, after)) = inside.split_once('}') else {
            flush(&mut parts, &mut literal);
            let hole = Hole::Broken("it has no closing `}`");
            parts.push(Part::Hole { hole, written: inside.to_owned(), ordinal: here });
            rest = "";
            break;
        };
        rest = after;
        match hole(content.trim()) {
            None => {
                literal.push_str("${");
                literal.push_str(content);
                literal.push('}');
            }
            Some(hole) => {
                flush(&mut parts, &mut literal);
                ordinal += content.matches("${").count();
                parts.push(Part::Hole { hole, written: content.to_owned(), ordinal: here });
            }
        }
    }
    literal.push_str(rest);
    flush(&mut parts, &mut literal);
    parts
}

fn flush(parts: &mut Vec<Part>, literal: &mut String) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

/// Parses an interpolation; `None` for one of AWS's.
fn hole(content: &str) -> Option<Hole> {
    if matches!(content, "*" | "?" | "$") {
        return None;
    }
    if let Some(name) = content.strip_prefix("env:") {
        let name = name.trim();
        return Some(if name.is_empty() {
            Hole::Broken("it names no variable")
        } else {
            Hole::Variable(name.to_owned())
        });
    }
    if content.is_empty() {
        return Some(Hole::Broken("it is empty"));
    }
    if content.contains("${") {
        return Some(Hole::Broken("one `${…}` can't be inside another"));
    }
    if content.contains(':') {
        return None;
    }
    if !content.contains('.') {
        return Some(Hole::Word(content.to_owned()));
    }
    Some(match content.parse() {
        Ok(reference) => Hole::Reference(reference),
        Err(_) => Hole::Broken("a reference is written `section.name.attribute`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let part = |part: Part| match part {
            Part::Literal(text) => format!("[{text}]"),
            Part::Hole { hole, ordinal, .. } => format!("<{hole:?}#{ordinal}>"),
        };
        parts(text).into_iter().map(part).collect()
    }

    #[test]
    fn own_and_aws_variables_are_distinguished() {
        insta::assert_snapshot!(shown("a ${region} b ${aws:PrincipalTag/team} ${*}${?}${$} $${x} ${env:HOME}"),
            @r#"[a ]<Word("region")#0>[ b ${aws:PrincipalTag/team} ${*}${?}${$} ${x} ]<Variable("HOME")#6>"#);
        insta::assert_snapshot!(shown("${tables.a.b.arn}/index/*"),
            @r#"<Reference(Reference { address: Address { section: "tables", name: "a.b" }, attribute: "arn" })#0>[/index/*]"#);
        insta::assert_snapshot!(shown("${aws:username, 'x'} ${} ${a"),
            @r#"[${aws:username, 'x'} ]<Broken("it is empty")#1>[ ]<Broken("it has no closing `}`")#2>"#);
        insta::assert_snapshot!(shown("$${a} $$${region} ${tables.x}"),
            @r#"[${a} $${region} ]<Broken("a reference is written `section.name.attribute`")#2>"#);
    }
}
