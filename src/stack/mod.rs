//! `stack.yaml`: loading, source map, model, references, schema.
