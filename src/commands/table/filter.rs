//! The filter and the projection of a read, from the command line: checked before anything is called.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::args::FilterArgs;
use super::pairs::{item_of_types, text_of_file, types};
use crate::error::CommandError;
use crate::items::{
    Expression, ExpressionError, ExpressionKind, Item, KeyType, ReadRequest, Typed, check_placeholders, from_typed,
};

/// The largest text of names and values, in bytes. DynamoDB takes 2 MB. Source: DynamoDB Developer Guide, "Quotas",
/// "Expression parameters".
const MOST: u64 = 4 << 20;

/// The options with the texts of files in place of their names. A pipe can be read once only, and the options are read twice.
pub(super) fn with_texts(args: &FilterArgs) -> Result<FilterArgs, CommandError> {
    let text = |given: &Option<String>| -> Result<Option<String>, CommandError> {
        given.as_ref().map(|given| Ok(text_of_file(given, MOST)?.unwrap_or_else(|| given.clone()))).transpose()
    };
    Ok(FilterArgs {
        filters: args.filters.clone(),
        types: args.types.clone(),
        filter_expression: text(&args.filter_expression)?,
        projection_expression: text(&args.projection_expression)?,
        expression_attribute_names: text(&args.expression_attribute_names)?,
        expression_attribute_values: text(&args.expression_attribute_values)?,
    })
}

/// The keys that a filter may not be about: those by which a query finds its items.
#[derive(Clone, Copy)]
pub(super) struct ReadKeys<'a> {
    /// The type of an attribute that is part of any key.
    pub(super) type_of: &'a dyn Fn(&str) -> Option<KeyType>,
    /// The key of a query's table or index; none for a scan, whose filter may be about any attribute.
    pub(super) queried: &'a [String],
}

/// A condition and a projection with the names and values that they use.
#[derive(Debug, Clone, Default)]
pub(super) struct ReadFilter {
    condition: Option<String>,
    projection: Option<String>,
    names: BTreeMap<String, String>,
    values: Item,
}

impl ReadFilter {
    /// Reads the options, whose texts are no names of files any more.
    pub(super) fn read(args: &FilterArgs, keys: ReadKeys<'_>) -> Result<Self, CommandError> {
        let FilterArgs {
            filters,
            types: told,
            filter_expression,
            projection_expression,
            expression_attribute_names,
            expression_attribute_values,
        } = args;
        let mut filter = Self {
            condition: filter_expression.clone(),
            projection: projection_expression.clone(),
            names: expression_attribute_names.as_deref().map(names).transpose()?.unwrap_or_default(),
            values: expression_attribute_values.as_deref().map(values).transpose()?.unwrap_or_default(),
        };
        let options = [
            ("--filter-expression", filter_expression, ExpressionKind::Filter),
            ("--projection-expression", projection_expression, ExpressionKind::Projection),
        ];
        let mut expressions = Vec::new();
        for (option, text, kind) in options {
            let Some(text) = text else { continue };
            let expression = Expression::read(text, kind).map_err(|error| wrong(&format!("`{option}`: "), error))?;
            if kind == ExpressionKind::Filter {
                expression.attributes(&filter.names).try_for_each(|name| of_no_key(name, keys))?;
            }
            expressions.push(expression);
        }
        check_placeholders(&expressions, &filter.names, &filter.values).map_err(|error| wrong("", error))?;
        filter.equal(&item_of_types(filters, keys.type_of, &types(told)?)?, keys)?;
        Ok(filter)
    }

    /// Adds the conditions that attributes have these values.
    fn equal(&mut self, wanted: &Item, keys: ReadKeys<'_>) -> Result<(), CommandError> {
        for (number, (name, value)) in wanted.iter().enumerate() {
            of_no_key(name, keys)?;
            let (placeholder, given) = (format!("#filter{number}"), format!(":filter{number}"));
            let one = format!("{placeholder} = {given}");
            self.condition = Some(joined(self.condition.take(), &one));
            // Names of the projection may be the same text: whoever writes `#filter0` there has it already.
            if self.names.insert(placeholder.clone(), name.clone()).is_some() {
                let message = format!("`{placeholder}` stands for an attribute of `--filter`");
                return Err(CommandError::usage(message).hint("give the name of the projection another placeholder"));
            }
            self.values.insert(given, value.clone());
        }
        Ok(())
    }

    /// Returns whether items are left out.
    pub(super) fn is_condition(&self) -> bool {
        self.condition.is_some()
    }

    /// Adds condition and projection to a request that has its own: both conditions must hold, and the projection takes the
    /// place of the request's.
    pub(super) fn add_to(self, request: &mut ReadRequest) -> Result<(), CommandError> {
        let Self { condition, projection, names, values } = self;
        if let Some(condition) = condition {
            request.filter = Some(joined(request.filter.take(), &condition));
        }
        let own = [&request.key_condition, &request.filter];
        if projection.is_some() {
            // Names that only the former projection used would be left over, which DynamoDB refuses.
            let used = own.into_iter().flatten().filter_map(|one| Expression::read(one, ExpressionKind::Filter).ok());
            let used: Vec<Expression> = used.collect();
            request.names.retain(|name, _| used.iter().any(|one| one.names.contains(name)));
            request.projection = projection;
        }
        for (placeholder, name) in names {
            if request.names.get(&placeholder).is_some_and(|own| *own != name) {
                return Err(taken(&placeholder));
            }
            request.names.insert(placeholder, name);
        }
        for (placeholder, value) in values {
            if request.values.get(&placeholder).is_some_and(|own| *own != value) {
                return Err(taken(&placeholder));
            }
            request.values.insert(placeholder, value);
        }
        Ok(())
    }
}

/// Adds the members of an expression to a request in AWS's spelling.
pub(super) fn spell(request: &ReadRequest, input: &mut serde_json::Value) {
    let mut put = |name: &str, value: Option<serde_json::Value>| {
        if let (Some(map), Some(value)) = (input.as_object_mut(), value) {
            map.insert(name.to_owned(), value);
        }
    };
    put("FilterExpression", request.filter.as_ref().map(|text| serde_json::json!(text)));
    put("ProjectionExpression", request.projection.as_ref().map(|text| serde_json::json!(text)));
    put("ExpressionAttributeNames", (!request.names.is_empty()).then(|| serde_json::json!(request.names)));
    let values: BTreeMap<&String, Typed<'_>> =
        request.values.iter().map(|(name, value)| (name, Typed(value))).collect();
    put("ExpressionAttributeValues", (!values.is_empty()).then(|| serde_json::json!(values)));
}

/// Two conditions of which both must hold.
fn joined(one: Option<String>, other: &str) -> String {
    match one {
        None => other.to_owned(),
        Some(one) => format!("({one}) AND ({other})"),
    }
}

fn wrong(what: &str, error: ExpressionError) -> CommandError {
    CommandError::usage(format!("{what}{}", error.message)).hint(error.hint)
}

fn taken(placeholder: &str) -> CommandError {
    CommandError::usage(format!("`{placeholder}` is a placeholder of the pattern's own request"))
        .hint("give yours another name; `--print-request` shows those of the pattern")
}

/// Refuses a condition on the key by which a query finds its items. Source: API reference, `Query`, `FilterExpression`.
fn of_no_key(name: &str, keys: ReadKeys<'_>) -> Result<(), CommandError> {
    if !keys.queried.iter().any(|key| key == name) {
        return Ok(());
    }
    let message = format!("`{name}` is part of the key that is queried, and a filter can't be about it");
    Err(CommandError::usage(message).hint("the key is compared by the pattern: `key` and `sort` of `access_patterns`"))
}

fn names(given: &str) -> Result<BTreeMap<String, String>, CommandError> {
    const OPTION: &str = "--expression-attribute-names";
    let hint = "write JSON: `{\"#handle\": \"user_handle\"}`";
    let names: BTreeMap<String, String> = serde_json::from_str(given)
        .map_err(|error| CommandError::usage(format!("`{OPTION}` is no object of texts: {error}")).hint(hint))?;
    names.keys().try_for_each(|name| is_placeholder(name, '#', OPTION, hint))?;
    match names.iter().find(|(_, name)| name.is_empty()) {
        Some((placeholder, _)) => {
            Err(CommandError::usage(format!("`{OPTION}`: `{placeholder}` is an empty name")).hint(hint))
        }
        None => Ok(names),
    }
}

fn values(given: &str) -> Result<Item, CommandError> {
    const OPTION: &str = "--expression-attribute-values";
    let hint = "write each value with its type: `{\":handle\": {\"S\": \"ada\"}}`; `--filter NAME=VALUE` needs none";
    let wrong = |error: &dyn std::fmt::Display| CommandError::usage(format!("`{OPTION}`: {error}")).hint(hint);
    let raw: &RawValue = serde_json::from_str(given).map_err(|error| wrong(&format!("it is not JSON: {error}")))?;
    let values = from_typed(raw).map_err(|error| wrong(&error))?;
    values.keys().try_for_each(|name| is_placeholder(name, ':', OPTION, hint))?;
    Ok(values)
}

fn is_placeholder(name: &str, first: char, option: &str, hint: &str) -> Result<(), CommandError> {
    let rest = name.strip_prefix(first);
    if rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')) {
        return Ok(());
    }
    let message = format!("`{option}`: `{name}` is no placeholder: `{first}` with letters, digits and `_` is expected");
    Err(CommandError::usage(message).hint(hint))
}
