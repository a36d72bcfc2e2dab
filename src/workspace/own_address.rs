//! The workspace's own address: given by the user, or asked of AWS's page.

use std::fmt;
#[cfg(feature = "aws")]
use std::time::Duration;

use super::{AddressError, WorkspaceAddress};
#[cfg(feature = "aws")]
use crate::aws::{CheckIpError, check_ip};

/// The flag that gives the address.
pub const ADDRESS_FLAG: &str = "--workspace-address";

/// The environment variables that give the address, the first one first: ours, and that of the scripts before.
pub const ADDRESS_VARIABLES: [&str; 2] = ["UNDERPIN_WORKSPACE_ADDRESS", "GITPOD_IP"];

/// The environment variable that names a page on this machine to be asked in place of AWS's, for tests.
pub const CHECK_IP_VARIABLE: &str = "UNDERPIN_CHECK_IP_URL";

/// The time within which AWS's page must answer.
#[cfg(feature = "aws")]
const PATIENCE: Duration = Duration::from_secs(5);

/// The origin of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOrigin {
    /// The flag.
    Flag,
    /// An environment variable.
    Variable(&'static str),
    /// AWS's page.
    CheckIp,
}

impl fmt::Display for AddressOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => write!(f, "`{ADDRESS_FLAG}`"),
            Self::Variable(name) => write!(f, "the variable `{name}`"),
            Self::CheckIp => f.write_str("checkip.amazonaws.com"),
        }
    }
}

/// The reason why the workspace's address is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnAddressError {
    /// What was given, or answered, is no address of a workspace.
    #[error("{origin} does not give the address of this workspace: {source}")]
    Refused {
        /// The origin.
        origin: AddressOrigin,
        /// The reason.
        source: AddressError,
    },
    /// AWS's page gave none.
    #[cfg(feature = "aws")]
    #[error("the address of this workspace is not known: {0}")]
    CheckIp(CheckIpError),
    /// Calls go to this machine, and nothing else is asked then.
    #[error("the address of this workspace is not given, and AWS's page is not asked where calls go to this machine")]
    NotAsked,
}

impl OwnAddressError {
    /// The way to give the address.
    pub fn hint(&self) -> String {
        if let Self::Refused { source, .. } = self {
            return source.hint();
        }
        format!("give it by `{ADDRESS_FLAG}`, or in the variable `{}`", ADDRESS_VARIABLES[0])
    }
}

/// The address that the user gives, by the flag or else by an environment variable; `None` if by neither. An empty
/// variable gives none.
///
/// # Errors
/// What is given is no address of a workspace. No other origin is tried then.
pub fn given_address(
    flag: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(WorkspaceAddress, AddressOrigin)>, OwnAddressError> {
    let read = |text: &str, origin| match text.parse() {
        Ok(address) => Ok(Some((address, origin))),
        Err(source) => Err(OwnAddressError::Refused { origin, source }),
    };
    if let Some(text) = flag {
        return read(text, AddressOrigin::Flag);
    }
    for name in ADDRESS_VARIABLES {
        if let Some(text) = variable(name).filter(|text| !text.trim().is_empty()) {
            return read(&text, AddressOrigin::Variable(name));
        }
    }
    Ok(None)
}

/// The address that is given, or else the one that AWS's page sees. With `local`, calls go to this machine, and only a
/// page on it is asked.
///
/// # Errors
/// The reason why it is not known.
#[cfg(feature = "aws")]
pub async fn own_address(
    flag: Option<&str>,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    local: bool,
) -> Result<(WorkspaceAddress, AddressOrigin), OwnAddressError> {
    if let Some(given) = given_address(flag, variable)? {
        return Ok(given);
    }
    let other = variable(CHECK_IP_VARIABLE).filter(|url| !url.is_empty());
    if other.is_none() && local {
        return Err(OwnAddressError::NotAsked);
    }
    let text = check_ip(other.as_deref(), PATIENCE).await.map_err(OwnAddressError::CheckIp)?;
    let origin = AddressOrigin::CheckIp;
    match text.parse() {
        Ok(address) => Ok((address, origin)),
        Err(source) => Err(OwnAddressError::Refused { origin, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(flag: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| variables.iter().find(|(one, _)| *one == name).map(|(_, text)| (*text).to_owned());
        let found = given_address(flag, &variable).map_err(|error| error.to_string())?;
        Ok(found.map(|(address, origin)| format!("{address} of {origin}")))
    }

    #[test]
    fn flag_comes_before_the_variables_and_ours_before_the_scripts() {
        let both = [("GITPOD_IP", "3.120.5.8"), ("UNDERPIN_WORKSPACE_ADDRESS", "3.120.5.7")];
        let flag = "3.120.5.6 of `--workspace-address`".to_owned();
        assert_eq!(given(Some("3.120.5.6"), &both), Ok(Some(flag)));
        let ours = "3.120.5.7 of the variable `UNDERPIN_WORKSPACE_ADDRESS`".to_owned();
        assert_eq!(given(None, &both), Ok(Some(ours)));
        assert_eq!(given(None, &both[..1]), Ok(Some("3.120.5.8 of the variable `GITPOD_IP`".to_owned())));
        assert_eq!(given(None, &[("UNDERPIN_WORKSPACE_ADDRESS", " "), ("GITPOD_IP", "")]), Ok(None));
    }

    #[test]
    fn wrong_address_is_refused_and_no_other_origin_tried() {
        let both = [("UNDERPIN_WORKSPACE_ADDRESS", "0.0.0.0/0"), ("GITPOD_IP", "3.120.5.8")];
        let message = given(None, &both).expect_err("not an address");
        assert!(message.starts_with("the variable `UNDERPIN_WORKSPACE_ADDRESS` does not give"), "{message}");
        assert!(given(Some(""), &both).is_err(), "an empty flag is a mistake");
    }
}
