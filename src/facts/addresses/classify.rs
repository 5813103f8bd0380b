//! What an address is for, told from where it stands and not from who listens there.
//!
//! The name of a variable, an option of a command, the key of a setting in a file. Whose address it is, is told after
//! this, by `resolve`.

use super::find::commands::Words;
use super::find::{Around, FoundPort};
use super::names;
use super::reference::Purpose;
use crate::compose::service::Variable;
use crate::facts::{ServiceFacts, is_listener_host, is_own_listener};
use crate::knowledge::{config_keys, flags, variables};

/// What an address in a variable is for.
pub(super) fn of_variable(facts: &ServiceFacts<'_>, variable: &Variable, around: &Around) -> Purpose {
    let name = variable.name.as_str();
    if variables::is_for_both(name) {
        return Purpose::BrowserAndServer;
    }
    if variables::is_for_others(name) {
        return Purpose::Outside;
    }
    if variables::is_advertised(name) {
        return Purpose::Advertises;
    }
    if is_ignored(facts, variable) {
        return Purpose::Unread;
    }
    match around {
        Around::Address if is_own_listener(facts, name) => Purpose::Binds,
        Around::Alone | Around::Setting(None) => of_host(facts, name),
        Around::Address | Around::Setting(Some(_)) => Purpose::Dials,
    }
}

/// What an address in a command is for.
pub(super) fn of_words(words: &Words, port: &FoundPort) -> Purpose {
    if flags::is_bind(&words.own) || words.before.starts_with('-') && flags::is_bind(&words.before) {
        return Purpose::Binds;
    }
    let is_host = flags::is_host(&words.before) || flags::is_host(&words.own);
    if is_host && *port == FoundPort::Nothing { Purpose::BindsOwnOrDials } else { Purpose::Dials }
}

/// What an address in a file is for.
pub(super) fn of_setting(around: &Around) -> Purpose {
    match around {
        Around::Setting(Some(setting)) if config_keys::is_listener(&setting.key) => Purpose::BindsOwn,
        _ => Purpose::Dials,
    }
}

/// What a host alone in a variable is for.
fn of_host(facts: &ServiceFacts<'_>, name: &str) -> Purpose {
    // The variables of such an image are documented, those that say where it listens and those that say whom it dials.
    let known = facts.known.as_ref().filter(|known| known.is_documented() && !known.ports.is_empty());
    if known.is_some_and(|known| known.client_env.contains(&name)) {
        return Purpose::Dials;
    }
    if known.is_some_and(|known| known.port_env.iter().any(|setting| setting.is_named(name))) {
        return Purpose::Binds;
    }
    let is_own = is_listener_host(facts, name) || is_own_listener(facts, name);
    match known {
        Some(_) if is_own => Purpose::Unread,
        Some(_) if !facts.is_own_program() && names::stem_of_host(name).is_some() => Purpose::DialsIfNamed,
        None if is_own && name.to_ascii_uppercase().ends_with("_HOSTNAME") => Purpose::OwnName,
        None if is_own => Purpose::Binds,
        _ => Purpose::Dials,
    }
}

/// Whether the image of the service is known to read other variables only.
fn is_ignored(facts: &ServiceFacts<'_>, variable: &Variable) -> bool {
    let Some(known) = facts.known.as_ref().filter(|known| known.is_documented() && !known.ports.is_empty()) else { return false };
    let documented =
        known.client_env.contains(&variable.name.as_str()) || known.port_env.iter().any(|setting| setting.is_named(&variable.name));
    variable.env_file.is_some() && !documented && !facts.is_own_program() && facts.service.command.is_none()
}
