//! How one value is put over another of the same key (Compose spec, 13-merge).
//!
//! Files are put over the files before them, services over those that they extend, and a project over what it includes;
//! the rules are the same for all three. Nothing is normalised that need not be, because an edit has to find the items
//! of a list where they stand: a list of `NAME=VALUE` becomes a mapping only when it meets one.

use super::service::Reset;
use super::tree::{Data, Field, MergeTag, Problem, Text, Value};
use crate::source::Location;

/// Puts the model of one file over that of those before it.
///
/// # Errors
/// The place of a value of another kind than the one that it goes over.
pub(super) fn files(base: Value, over: Value) -> Result<Value, Problem> {
    merge(base, over, &[])
}

/// Puts a service over the one that it extends.
///
/// # Errors
/// As for [`files`].
pub(super) fn services(base: Value, over: Value) -> Result<Value, Problem> {
    merge(base, over, &["services", ""])
}

/// Puts what a project says of a service, network or volume over what it includes under the same name.
///
/// # Errors
/// As for [`files`].
pub(super) fn resources(kind: &str, base: Value, over: Value) -> Result<Value, Problem> {
    merge(base, over, &[kind, ""])
}

/// Takes out of `base` what `over` marks with `!reset` or `!override`, and returns what was taken out.
pub(super) fn take_out(base: &mut Value, over: &Value) -> Vec<Reset> {
    let Data::Map(fields) = &mut base.data else { return Vec::new() };
    let mut taken = Vec::new();
    for marked in over.fields() {
        let Some(position) = fields.iter().position(|field| field.key == marked.key) else { continue };
        if marked.value.tag.is_some() {
            taken.push(Reset { entry: marked.entry, hidden: fields.remove(position) });
        } else if let Some(field) = fields.get_mut(position) {
            taken.extend(take_out(&mut field.value, &marked.value));
        }
    }
    taken
}

/// A value without the marks that [`take_out`] has used up.
pub(super) fn without_marks(mut value: Value) -> Value {
    value.tag = None;
    let stays = |value: &Value| value.tag != Some(MergeTag::Reset);
    match &mut value.data {
        Data::Map(fields) => {
            fields.retain(|field| stays(&field.value));
            let cleared = fields.drain(..).map(|field| Field { value: without_marks(field.value), ..field });
            value.data = Data::Map(cleared.collect());
        }
        Data::List(items) => {
            items.retain(stays);
            value.data = Data::List(items.drain(..).map(without_marks).collect());
        }
        Data::Null | Data::Scalar(_) => {}
    }
    value
}

/// How two values of a key become one.
enum Rule {
    /// The later one counts.
    Replace,
    /// `NAME=VALUE` by name, as a list or a mapping.
    Assignments,
    /// Texts or lists of texts; each text once.
    Texts,
    /// Items by the path in the container.
    Mounts,
    /// A list of names is a mapping of them, each with these settings.
    Names(&'static [(&'static str, &'static str)]),
    /// Hosts and their addresses; one host may have several.
    Hosts,
    /// A text is the setting `context`.
    Build,
    /// Mappings merge while they speak of the same driver.
    Logging,
    /// Mappings merge, lists are joined, of anything else the later one counts.
    Kind,
}

/// What `depends_on` says of a service that is only named.
const STARTED: &[(&str, &str)] = &[("condition", "service_started"), ("required", "true")];

fn rule(path: &[&str]) -> Rule {
    match path {
        ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"] => Rule::Replace,
        ["services", _, "ulimits", _] => Rule::Replace,
        ["services", _, "annotations" | "environment" | "labels" | "sysctls"] => Rule::Assignments,
        ["services", _, "build", "args" | "additional_contexts" | "labels"] => Rule::Assignments,
        ["services", _, "deploy", "labels"] | ["networks" | "volumes", _, "labels"] => Rule::Assignments,
        ["services", _, "dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "tmpfs"] => Rule::Texts,
        ["services", _, "volumes" | "devices"] => Rule::Mounts,
        ["services", _, "depends_on"] => Rule::Names(STARTED),
        ["services", _, "networks" | "models"] => Rule::Names(&[]),
        ["services", _, "extra_hosts"] | ["services", _, "build", "extra_hosts"] => Rule::Hosts,
        ["services", _, "build"] => Rule::Build,
        ["services", _, "logging"] => Rule::Logging,
        _ => Rule::Kind,
    }
}

fn merge(base: Value, over: Value, path: &[&str]) -> Result<Value, Problem> {
    let rule = rule(path);
    if matches!(rule, Rule::Replace) || base.is_null() {
        return Ok(over);
    }
    if over.is_null() {
        return Ok(base);
    }
    match rule {
        Rule::Replace => Ok(over),
        Rule::Assignments => Ok(assignments(base, over)),
        Rule::Texts => Ok(joined(listed(base), listed(over), text_key)),
        Rule::Mounts => Ok(joined(base, over, mount_key)),
        Rule::Names(settings) => mappings(named(base, settings), named(over, settings), path),
        Rule::Hosts => Ok(joined(hosts(base), hosts(over), |item| item.as_str().map(str::to_owned))),
        Rule::Build => mappings(as_build(base), as_build(over), path),
        Rule::Logging if differ(&base, &over) => Ok(over),
        Rule::Logging | Rule::Kind => by_kind(base, over, path),
    }
}

fn by_kind(base: Value, over: Value, path: &[&str]) -> Result<Value, Problem> {
    match (&base.data, &over.data) {
        (Data::Map(_), Data::Map(_)) => mappings(base, over, path),
        (Data::List(_), Data::List(_)) => Ok(joined(base, over, |_| None)),
        (Data::Map(_) | Data::List(_), _) => {
            let key = path.last().copied().unwrap_or_default();
            Err((over.at, format!("`{key}` is another kind of value than the one that it is merged with")))
        }
        (Data::Null | Data::Scalar(_), _) => Ok(over),
    }
}

fn mappings(base: Value, over: Value, path: &[&str]) -> Result<Value, Problem> {
    let (at, tag) = (over.at, over.tag);
    let (Data::Map(mut fields), Data::Map(more)) = (base.data, over.data) else { return Ok(Value { at, data: Data::Null, tag }) };
    for new in more {
        let Some(position) = fields.iter().position(|field| field.key == new.key) else {
            fields.push(new);
            continue;
        };
        let old = fields.remove(position);
        let key = new.key.clone();
        fields.insert(position, one(old, new, &[path, &[key.as_str()]].concat())?);
    }
    Ok(Value { at, data: Data::Map(fields), tag })
}

/// Two fields of the same key as one. Those of a service remember what they are made from.
fn one(old: Field, new: Field, path: &[&str]) -> Result<Field, Problem> {
    let layers: Vec<Field> = match path {
        ["services", _, _] => old.places().iter().chain(new.places()).cloned().collect(),
        _ => Vec::new(),
    };
    let nothing_new = new.value.is_null() && !matches!(rule(path), Rule::Replace);
    let said_by = if nothing_new { old.clone() } else { new.clone() };
    Ok(Field { value: merge(old.value, new.value, path)?, layers, ..said_by })
}

/// `base` and behind it `over`; an item with the key of an earlier one takes its place.
fn joined(base: Value, over: Value, key: impl Fn(&Value) -> Option<String>) -> Value {
    let (at, tag) = (over.at, over.tag);
    let (Data::List(mut items), Data::List(more)) = (base.data, over.data) else { return Value { at, data: Data::Null, tag } };
    for new in more {
        let same = key(&new).and_then(|new| items.iter_mut().find(|item| key(item).as_ref() == Some(&new)));
        match same {
            Some(item) => *item = new,
            None => items.push(new),
        }
    }
    Value { at, data: Data::List(items), tag }
}

fn assignments(base: Value, over: Value) -> Value {
    if let (Data::List(_), Data::List(_)) = (&base.data, &over.data) {
        return joined(base, over, |item| item.as_str().map(|text| text.split('=').next().unwrap_or_default().to_owned()));
    }
    let (at, tag) = (over.at, over.tag);
    let mut fields = assigned(base);
    for new in assigned(over) {
        match fields.iter_mut().find(|field| field.key == new.key) {
            Some(field) => *field = new,
            None => fields.push(new),
        }
    }
    Value { at, data: Data::Map(fields), tag }
}

fn assigned(value: Value) -> Vec<Field> {
    let field = |item: &Value| {
        let text = item.as_text()?;
        let (key, data) = match text.assignment() {
            Some((name, value)) => (name.to_owned(), Data::Scalar(value)),
            None => (text.value.as_str().to_owned(), Data::Null),
        };
        Some(made(key, item.at, data))
    };
    match value.data {
        Data::Map(fields) => fields,
        Data::List(items) => items.iter().filter_map(field).collect(),
        Data::Null | Data::Scalar(_) => Vec::new(),
    }
}

/// A field that stands for something that is written in another way at `at`.
fn made(key: impl Into<String>, at: Location, data: Data) -> Field {
    let (merged_through, extended_through, layers) = (Vec::new(), Vec::new(), Vec::new());
    Field {
        key: key.into(),
        entry: at,
        key_at: at,
        value: Value { at, data, tag: None },
        merged_through,
        extended_through,
        layers,
        shadows: None,
    }
}

fn made_text(text: String, at: Location) -> Data {
    Data::Scalar(Text::said(&text, at))
}

/// A text as the only item of a list.
fn listed(value: Value) -> Value {
    match value.data {
        Data::Scalar(_) => Value { at: value.at, tag: value.tag, data: Data::List(vec![value]) },
        _ => value,
    }
}

fn named(value: Value, settings: &[(&str, &str)]) -> Value {
    let Data::List(items) = value.data else { return value };
    let data = |at: Location| match settings {
        [] => Data::Null,
        _ => Data::Map(settings.iter().map(|(key, text)| made(*key, at, made_text((*text).to_owned(), at))).collect()),
    };
    let fields = items.iter().filter_map(|item| Some(made(item.as_str()?, item.at, data(item.at)))).collect();
    Value { data: Data::Map(fields), ..value }
}

fn hosts(value: Value) -> Value {
    let Data::Map(fields) = value.data else { return value };
    let addresses = |field: &Field| match &field.value.data {
        Data::List(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => vec![field.value.as_str().unwrap_or_default().to_owned()],
    };
    let item = |field: &Field, address: String| Value {
        at: field.entry,
        data: made_text(format!("{}={address}", field.key), field.entry),
        tag: None,
    };
    let items = fields.iter().flat_map(|field| addresses(field).into_iter().map(|address| item(field, address)).collect::<Vec<_>>());
    Value { data: Data::List(items.collect()), ..value }
}

fn as_build(value: Value) -> Value {
    match value.data {
        Data::Scalar(text) => Value { data: Data::Map(vec![made("context", value.at, Data::Scalar(text))]), ..value },
        _ => value,
    }
}

fn differ(base: &Value, over: &Value) -> bool {
    let driver = |value: &Value| value.get("driver").and_then(Value::as_str).map(str::to_owned);
    matches!((driver(base), driver(over)), (Some(base), Some(over)) if base != over)
}

fn text_key(item: &Value) -> Option<String> {
    item.as_str().or_else(|| item.get("path")?.as_str()).map(str::to_owned)
}

/// The path in the container of a volume or device.
fn mount_key(item: &Value) -> Option<String> {
    let short = item.as_str().map(|text| {
        let mut parts = text.split(':');
        let first = parts.next().unwrap_or_default();
        parts.next().unwrap_or(first).to_owned()
    });
    short.or_else(|| item.get("target")?.as_str().map(str::to_owned))
}
