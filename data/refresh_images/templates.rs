//! Stores whose templates are no data: unraid's XML, easypanel's TypeScript, TrueNAS' Jinja. Read by what they all write alike.

use crate::compose::{load, scalar};
use crate::stores::{Service, port};
use yaml_rust2::Yaml;

/// The container of an unraid template, in its older or newer form.
pub(crate) fn unraid(text: &str) -> Vec<Service> {
    let element = |name: &str| between(text, &format!("<{name}>"), "</").unwrap_or_default().to_owned();
    let attribute = |tag: &str, name: &str| between(tag, &format!(" {name}=\""), "\"").unwrap_or_default().to_owned();
    let configs: Vec<_> = text.split("<Config ").skip(1).map(|rest| format!(" {}", rest.split('>').next().unwrap_or_default())).collect();
    let of_type = |wanted: &str| configs.iter().filter(|tag| attribute(tag, "Type") == wanted).collect::<Vec<_>>();
    let newer = of_type("Port").into_iter().map(|tag| format!("{}/{}", attribute(tag, "Target"), attribute(tag, "Mode")));
    let older = text.split("<ContainerPort>").skip(1).map(|rest| {
        let protocol = between(rest, "<Protocol>", "<").unwrap_or("tcp");
        format!("{}/{protocol}", rest.split('<').next().unwrap_or_default())
    });
    let mut ports: Vec<_> = newer.chain(older).filter_map(|mapping| port(&mapping)).collect();
    ports.sort();
    ports.dedup();
    vec![Service {
        name: element("Name"),
        image: element("Repository"),
        host: element("Network").eq_ignore_ascii_case("host"),
        said: vec![("ports", ports)],
        environment: of_type("Variable").into_iter().map(|tag| (attribute(tag, "Target"), attribute(tag, "Default"))).collect(),
        command: element("PostArgs"),
        ..Service::default()
    }]
}

/// The services that an easypanel template pushes; `meta` has the values of its inputs.
pub(crate) fn easypanel(text: &str, meta: &str) -> Vec<Service> {
    let meta = load(meta);
    let mut text = text.to_owned();
    for (name, property) in meta["schema"]["properties"].as_hash().into_iter().flatten() {
        let (name, value) = (scalar(name), scalar(&property["default"]));
        for written in [format!("${{input.{name}}}"), format!("input.{name}")] {
            text = text.replace(&written, &if written.starts_with('$') { value.clone() } else { format!("\"{value}\"") });
        }
    }
    let service = |part: &str| {
        let value = |key: &str| {
            between(part, &format!("{key}: "), ",").map(|value| value.trim_end_matches([' ', '}']).trim_matches(['"', '`']).to_owned())
        };
        let numbers = |key: &'static str| {
            part.split(key).skip(1).map(|rest| rest.trim_start().split([',', ' ', '\n', '}']).next().unwrap_or_default())
        };
        let published = part.split('{').filter_map(|entry| {
            let target = between(entry, "target: ", "}")?.split([',', ' ', '\n']).next()?;
            port(&format!("{target}/{}", if entry.contains("\"udp\"") { "udp" } else { "tcp" }))
        });
        let texts = part.split(['`', '"', '\n']).map(str::trim);
        Service {
            name: value("serviceName").unwrap_or_default(),
            image: value("image").unwrap_or_default(),
            said: vec![("ports", published.collect()), ("app", numbers(" port:").filter_map(port).collect())],
            environment: texts.filter_map(|text| text.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            command: value("command").unwrap_or_default(),
            ..Service::default()
        }
    };
    text.split("services.push(").skip(1).map(service).collect()
}

/// The containers of a TrueNAS template; `values` is its `ix_values.yaml`. Only ports that it does not choose itself are facts; of those that
/// it does choose, the variable is known that moves them.
pub(crate) fn truenas(text: &str, values: &str) -> Vec<Service> {
    let values = load(values);
    let constant = |text: &str| match text.trim().strip_prefix("values.consts.") {
        Some(name) => scalar(&values["consts"][name]),
        None => text.trim().to_owned(),
    };
    let statements: Vec<_> = text.split("{%").filter_map(|rest| rest.split("%}").next()).map(str::trim).collect();
    let service = |statement: &&str| {
        let (variable, arguments) = statement.strip_prefix("set ")?.split_once(" = tpl.add_container(")?;
        let key = between(arguments, "\"", "\"").map(|key| &values["images"][key]).filter(|image| **image != Yaml::BadValue)?;
        let calls = |method: &str| {
            let start = format!("do {variable}.{method}(");
            statements.iter().filter_map(|statement| statement.strip_prefix(&start)).map(str::to_owned).collect::<Vec<_>>()
        };
        let target = |call: &String| {
            let number = constant(call.split("\"container_port\":").nth(1)?.split([',', '}']).next()?);
            port(&(number + if call.contains("\"udp\"") { "/udp" } else { "" }))
        };
        let ports = calls("add_port");
        let variable_of = |call: &String| {
            let chosen = call.split_once(", ")?.1.strip_suffix(".port_number)")?;
            let given_out = |port: &String| port.starts_with(chosen) && !port.contains("container_port");
            between(call, "\"", "\"").filter(|_| chosen.starts_with("values.network.") && ports.iter().any(given_out)).map(str::to_owned)
        };
        Some(Service {
            name: variable.to_owned(),
            image: format!("{}:{}", scalar(&key["repository"]), scalar(&key["tag"])),
            said: vec![("truenas", ports.iter().filter_map(target).collect())],
            variables: calls("environment.add_env").iter().filter_map(variable_of).collect(),
            ..Service::default()
        })
    };
    statements.iter().filter_map(service).collect()
}

/// What stands in `text` between the first `start` and the next `end`.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split(end).next()
}
