//! What everything else stands on: names, addresses, paths, values that are not known yet, diagnostics.
