//! Words of which people make names: of variables, services, commands and images.
//!
//! `data/words.txt` has them. Words are looked up in any case; where a name is cut into words is for whoever asks.

use super::patterns::Patterns;
use super::table::kinds;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("../../data/words.txt");

static TABLE: LazyLock<Patterns<Says>> = LazyLock::new(|| Patterns::of_names_with_more(TEXT, Says::read));

kinds! {
    /// What a word says.
    pub(super) enum Says {
        Binder = "binder",
        Build = "build",
        Discovery = "discovery",
        Endpoint = "endpoint",
        Face = "face",
        Job = "job",
        Lower = "lower",
        NoHost = "no-host",
        Off = "off",
        Part = "part",
        Proxy = "proxy",
        Role = "role",
        Worker = "worker",
    }
}

/// Whether an address of that name is the service's own: `HTTP` of `HTTP_HOST`.
pub(crate) fn is_binder(word: &str) -> bool {
    says(word, Says::Binder)
}

/// Whether, in the name of an image, it tells how it was built, not what it is: `RPI` of `UNIFI_RPI`.
pub(crate) fn is_build(word: &str) -> bool {
    says(word, Says::Build)
}

/// Whether it says that devices are found, waked or booted over the network.
pub(crate) fn is_discovery(word: &str) -> bool {
    says(word, Says::Discovery)
}

/// Whether it names a listener beside the main one: `CONTROL` of `X_CONTROL_PORT`.
pub(crate) fn is_endpoint(word: &str) -> bool {
    says(word, Says::Endpoint)
}

/// Whether it is what people see of an application.
pub(crate) fn is_face(word: &str) -> bool {
    says(word, Says::Face)
}

/// Whether, as the value of a variable, it turns off what that is named after: `ENABLE_UPNP=false`.
pub(crate) fn is_off(word: &str) -> bool {
    says(word, Says::Off)
}

/// Whether it names a part of an application that the application serves itself.
pub(crate) fn is_part(word: &str) -> bool {
    says(word, Says::Part)
}

/// Whether it names no host where the name of one may stand: `none`.
pub(crate) fn is_no_host(word: &str) -> bool {
    says(word, Says::NoHost)
}

/// Whether it may stand behind the name of a service in a variable: `API` of `ORDERS_API_HOST`.
pub(crate) fn is_role(word: &str) -> bool {
    says(word, Says::Role)
}

/// Whether it calls a service a proxy.
pub(crate) fn is_proxy(word: &str) -> bool {
    says(word, Says::Proxy)
}

/// Whether it calls a service a worker.
pub(crate) fn is_worker(word: &str) -> bool {
    says(word, Says::Worker)
}

/// Whether, as the first argument of a command, it makes the program a job.
pub(crate) fn is_job(word: &str) -> bool {
    says(word, Says::Job)
}

/// The word for the upper end of a range whose lower end it names, in upper case: `MAX` for `MIN`.
pub(crate) fn upper_end(word: &str) -> Option<String> {
    let word = word.to_ascii_lowercase();
    TABLE.found(&word).find(|found| found.says == Says::Lower).map(|found| found.more.to_ascii_uppercase())
}

fn says(word: &str, wanted: Says) -> bool {
    TABLE.say(&word.to_ascii_lowercase(), wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_of_any_case() {
        assert!(is_face("UI") && is_face("ui") && !is_face("BUILD"));
        assert!(is_worker("beat") && !is_worker("heartbeat"));
    }

    #[test]
    fn a_lower_end_has_an_upper_one() {
        assert_eq!(upper_end("MIN").as_deref(), Some("MAX"));
        assert_eq!(upper_end("MAX"), None);
    }
}
