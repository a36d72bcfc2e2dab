//! The source of a rule's traffic: a CIDR block, a prefix list, a security group, or each workspace's own address.

use std::net::IpAddr;

use crate::base::Vault;

/// The word for each workspace's own address.
pub(super) const WORKSPACE: &str = "workspace";

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The own address of each workspace.
    Workspace,
    /// An IPv4 CIDR block.
    Ipv4(String),
    /// An IPv6 CIDR block.
    Ipv6(String),
    /// A prefix list, by its id.
    PrefixList(String),
    /// The members of a security group, by its id.
    Group(String),
}

/// A text that is no source: the fact, and the way to correct it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceError {
    pub(super) message: String,
    pub(super) hint: String,
}

fn error(message: impl Into<String>, hint: impl Into<String>) -> SourceError {
    SourceError { message: message.into(), hint: hint.into() }
}

/// Returns whether a text is an id with a prefix: `sg-0a1b`.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl Source {
    /// Reads the text of the file or of the API.
    pub(super) fn parse(text: &str) -> Result<Self, SourceError> {
        if text == WORKSPACE {
            return Ok(Self::Workspace);
        }
        if is_id(text, "pl-") {
            return Ok(Self::PrefixList(text.to_owned()));
        }
        if is_id(text, "sg-") {
            return Ok(Self::Group(text.to_owned()));
        }
        cidr(text)
    }

    /// The source of a text that was checked; `None` if it is sensitive, and so its form is not known.
    pub(super) fn known(text: &str) -> Option<Self> {
        if Vault::is_sealed(text) { None } else { Self::parse(text).ok() }
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        match self {
            Self::Workspace => WORKSPACE,
            Self::Ipv4(text) | Self::Ipv6(text) | Self::PrefixList(text) | Self::Group(text) => text,
        }
    }

    /// Returns whether two sources are of one type: a rule's can't change.
    /// Source: EC2 API reference, `SecurityGroupRuleRequest`: "When you modify a rule, you cannot change the rule type."
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Returns whether it is everybody.
    pub(super) fn is_everybody(&self) -> bool {
        ["0.0.0.0/0", "::/0"].contains(&self.text())
    }
}

/// Reads a CIDR block. AWS keeps blocks in one spelling, which the file must have, so that the two can be compared.
/// Source: EC2 API reference, `SecurityGroupRuleRequest`: "AWS canonicalizes IPv4 and IPv6 CIDRs."
fn cidr(text: &str) -> Result<Source, SourceError> {
    const FORMS: &str = "a source is a CIDR block (`10.0.0.0/16`, `2001:db8::/32`), a prefix list (`pl-…`), a security \
                         group (`sg-…`), or `workspace`";
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return Err(error(format!("`{text}` is not a source of traffic"), FORMS));
    };
    let most: u32 = if address.is_ipv4() { 32 } else { 128 };
    let Some(length) = length else {
        let message = format!("`{text}` is an address, and a rule takes a CIDR block");
        return Err(error(message, format!("write `{address}/{most}` for this one address")));
    };
    let number = length.parse::<u32>().ok().filter(|number| number.to_string() == length && *number <= most);
    let Some(length) = number else {
        let message = format!("`/{length}` is not the prefix length of a block of {address}");
        return Err(error(message, format!("it is a whole number from 0 to {most}")));
    };
    if let IpAddr::V6(v6) = address
        && let Some(v4) = v6.to_ipv4_mapped()
    {
        return Err(error(format!("`{text}` is an IPv4 address in the form of IPv6"), format!("write `{v4}/…`")));
    }
    let first: IpAddr = match address {
        IpAddr::V4(v4) => std::net::Ipv4Addr::from_bits(v4.to_bits() & mask32(length)).into(),
        IpAddr::V6(v6) => std::net::Ipv6Addr::from_bits(v6.to_bits() & mask128(length)).into(),
    };
    let canonical = format!("{first}/{length}");
    if canonical != text {
        return Err(error(format!("AWS keeps the block `{text}` as `{canonical}`"), format!("write `{canonical}`")));
    }
    Ok(if first.is_ipv4() { Source::Ipv4(canonical) } else { Source::Ipv6(canonical) })
}

fn mask32(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or_default()
}

fn mask128(length: u32) -> u128 {
    u128::MAX.checked_shl(128 - length).unwrap_or_default()
}

/// The canonical spelling of a CIDR block that AWS answers with; another text stays as it is.
pub(super) fn canonical(text: &str) -> String {
    let spelled = text.split_once('/').and_then(|(address, length)| {
        let address: IpAddr = address.parse().ok()?;
        Some(format!("{address}/{length}"))
    });
    spelled.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_form_of_source_is_recognized() {
        for (text, source) in [
            ("workspace", Source::Workspace),
            ("10.0.0.0/8", Source::Ipv4("10.0.0.0/8".to_owned())),
            ("0.0.0.0/0", Source::Ipv4("0.0.0.0/0".to_owned())),
            ("3.120.5.6/32", Source::Ipv4("3.120.5.6/32".to_owned())),
            ("::/0", Source::Ipv6("::/0".to_owned())),
            ("2a05:d014::/36", Source::Ipv6("2a05:d014::/36".to_owned())),
            ("pl-0a1b", Source::PrefixList("pl-0a1b".to_owned())),
            ("sg-0a1b", Source::Group("sg-0a1b".to_owned())),
        ] {
            assert_eq!(Source::parse(text), Ok(source));
        }
        for text in ["", "Workspace", "sg-", "sg-XYZ", "pl-0a1b/32", "10.0.0/8", "any", "0/0"] {
            let refused = Source::parse(text).expect_err(text);
            assert!(refused.hint.contains("CIDR block"), "{text}: {refused:?}");
        }
    }

    #[test]
    fn other_spellings_of_a_block_are_refused_with_the_one_that_aws_keeps() {
        for (text, hint) in [
            ("10.0.0.5/8", "write `10.0.0.0/8`"),
            ("3.120.5.6", "write `3.120.5.6/32` for this one address"),
            ("2a05::1", "write `2a05::1/128` for this one address"),
            ("2A05:0:0::/32", "write `2a05::/32`"),
            ("2a05::1/32", "write `2a05::/32`"),
            ("10.0.0.0/33", "it is a whole number from 0 to 32"),
            ("10.0.0.0/08", "it is a whole number from 0 to 32"),
            ("10.0.0.0/", "it is a whole number from 0 to 32"),
            ("::/129", "it is a whole number from 0 to 128"),
            ("::ffff:10.0.0.0/104", "write `10.0.0.0/…`"),
        ] {
            assert_eq!(Source::parse(text).expect_err(text).hint, hint, "{text}");
        }
    }

    proptest! {
        /// The spelling that a refusal proposes is accepted, and AWS's own spelling stays.
        #[test]
        fn proposed_block_is_accepted(bits in any::<u32>(), length in 0_u32..=32) {
            let text = format!("{}/{length}", std::net::Ipv4Addr::from_bits(bits));
            let good = match Source::parse(&text) {
                Ok(source) => source.text().to_owned(),
                Err(refused) => refused.hint.trim_start_matches("write `").trim_end_matches('`').to_owned(),
            };
            prop_assert_eq!(Source::parse(&good).map(|one| one.text().to_owned()), Ok(good.clone()));
            prop_assert_eq!(canonical(&good), good);
        }
    }
}
