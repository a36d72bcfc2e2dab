//! The IAM policy language: documents, patterns, conditions and their evaluation. Pure: no SDK, no I/O.
