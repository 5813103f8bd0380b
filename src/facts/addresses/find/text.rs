//! Addresses in the texts of a Compose file, of env files and of `.env`, and what every search shares.

use super::found::{Around, Found, FoundPort, Setting};
use crate::compose::tree::Text;
use crate::facts::addresses::lines::Lines;
use crate::facts::addresses::mention::{self, Form, Mention, Port};
use crate::facts::addresses::reference::PortText;
use crate::formats::mapped::Mapped;
use crate::source::Location;
use std::ops::Range;

/// Every address in a text of the Compose file, of an env file or of `.env`.
pub(in crate::facts::addresses) fn in_text(text: &Text) -> Vec<Found> {
    let value = text.value.with_unset();
    let mut lines = Lines::new(&value);
    mentions(&value).iter().map(|mention| in_value(text, &value, &mut lines, mention)).collect()
}

/// Addresses of the host, and of the network that it is in, in order.
pub(super) fn mentions(value: &str) -> Vec<Mention> {
    let mut found = mention::mentions(value);
    found.extend(mention::lan_mentions(value));
    found.sort_by_key(|mention| mention.host.start);
    found
}

/// What a mention in `value` says, where `value` is what `text` says to the program.
pub(super) fn in_value(text: &Text, value: &Mapped, lines: &mut Lines<'_>, mention: &Mention) -> Found {
    let around = match (mention.form == Form::Bare && mention.is_portless(), value.trim() == &value[mention.host.clone()]) {
        (false, _) => Around::Address,
        (true, true) => Around::Alone,
        (true, false) => Around::Setting(setting(lines, value, mention)),
    };
    let whole = value.place(&mention.host).and_then(|place| value.places().find(|whole| whole.contains(place)));
    of_mention(&text.raw, value, mention, around, whole.unwrap_or(text.place).location())
}

/// The setting that a host stands in, with the port that goes with it if the address itself says none.
pub(super) fn setting(lines: &mut Lines<'_>, value: &Mapped, mention: &Mention) -> Option<Setting> {
    let setting = lines.setting(&mention.host)?;
    let range = setting.port.filter(|_| mention.is_portless());
    let port = range.and_then(|range| Some((value[range.clone()].parse().ok()?, port_text(value, &range))));
    Some(Setting { key: setting.key, port })
}

/// What a mention in `value` says; `raw` is shown for a host that is put together from several texts.
pub(super) fn of_mention(raw: &str, value: &Mapped, mention: &Mention, around: Around, at: Location) -> Found {
    let host = value.place(&mention.host);
    let written = if host.is_some() { &value[mention.host.clone()] } else { raw };
    let port = match (&mention.port, mention.implied) {
        (Some(Port::Number(number, range)), _) => FoundPort::Number(*number, port_text(value, range)),
        (Some(Port::Variable(range)), _) => {
            let name = value[range.clone()].trim_start_matches(['$', '{']).trim_end_matches('}');
            FoundPort::Variable(name.to_owned(), port_text(value, range))
        }
        (None, Some(implied)) => FoundPort::Number(implied, PortText::Unwritten),
        (None, None) => FoundPort::Nothing,
    };
    Found { written: written.to_owned(), host, named: mention.named, port, around, at }
}

/// What to replace for the port at a range of the value to change.
pub(super) fn port_text(value: &Mapped, range: &Range<usize>) -> PortText {
    value.slot(range).map_or(PortText::Elsewhere, PortText::At)
}
