//! The arguments of `startup`.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// `startup`
#[derive(Debug, Args)]
pub struct StartupArgs {
    /// Make the changes that lose nothing; without this, only show them (`UNDERPIN_STARTUP_APPLY=1` does the same)
    #[arg(long)]
    pub apply: bool,
    /// The longest time that it may take, such as `60`, `90s` or `2m`
    #[arg(long, value_name = "TIME", default_value = "60", value_parser = time)]
    pub deadline: Duration,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    pub rule: super::rule::RuleArgs,
    /// Print the trust policy of a role that workspaces of `ona`, or workflows at `github`, assume by OIDC; do nothing else
    #[arg(long, value_enum, value_name = "ISSUER", hide_possible_values = true, help_heading = "Trust policy")]
    pub print_trust: Option<TrustIssuer>,
    /// The id of the organization at Ona
    #[arg(long, value_name = "ID", requires = "print_trust", help_heading = "Trust policy")]
    pub org: Option<String>,
    /// The id of the project at Ona
    #[arg(long, value_name = "ID", requires = "print_trust", help_heading = "Trust policy")]
    pub project: Option<String>,
    /// The repository at GitHub: `owner@ID/name@ID` with the numbers of both, or `owner/name`
    #[arg(long, value_name = "REPOSITORY", requires = "print_trust", help_heading = "Trust policy")]
    pub repository: Option<String>,
}

/// An issuer of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrustIssuer {
    /// Ona, formerly Gitpod
    Ona,
    /// GitHub Actions
    Github,
}

/// The longest deadline, in seconds.
const LONGEST: u64 = 24 * 60 * 60;

/// Parses a time of at least a second: a number of seconds, or one with `s` or `m`.
pub(in crate::commands) fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match (text.strip_suffix('s'), text.strip_suffix('m')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 60),
        _ => (text, 1),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match seconds {
        Some(seconds @ 1..=LONGEST) => Ok(Duration::from_secs(seconds)),
        _ => {
            Err("a time is a number of seconds from 1 to 86400, or of minutes, such as `60`, `90s` or `2m`".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_seconds_or_minutes_of_at_least_a_second() {
        for (text, seconds) in [("60", 60), ("90s", 90), ("2m", 120), ("1", 1), ("1440m", 86_400)] {
            assert_eq!(time(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0", "-1", "1h", "s", "1.5", "86401", "99999999999999999999m", "307445734561825861m"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
