//! The base of everything else: addresses, ARNs, property paths, values that are not known yet, secrets, and messages
//! for a person about a place in a file.

mod address;
mod archives;
mod caller;
mod count;
mod diagnostic;
mod environment;
mod files;
mod hex;
mod ingress;
mod path;
pub mod pending;
mod printable;
mod secret;
mod secret_forms;
mod shell;

pub use address::{Address, Reference};
pub use archives::Archives;
pub use caller::{Caller, Membership, SessionRole, SessionTags};
pub use count::{count, counted};
pub use diagnostic::{Diagnostic, Location, Problem, Severity};
pub use environment::{Environment, Scope, is_account};
pub use files::{Streams, read_file, read_text};
pub use hex::hex;
pub use ingress::{Block, OpenPorts};
pub use path::{PathPattern, PropertyPath};
pub use printable::{escaped, is_hidden, printable};
pub use secret::{Vault, redacted};
pub use secret_forms::secret_form;
pub use shell::{is_plain, shell_quoted};

/// The known outputs of a resource by name: attribute → value (`arn`, `stream_arn`, `id` …).
pub type Outputs = std::collections::BTreeMap<String, String>;
