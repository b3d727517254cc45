//! The texts of the window in the user's language: Fluent messages embedded from `assets/words`.
//!
//! English is the source. A message missing in another language is shown in English; tests reject missing, superfluous
//! and untranslated messages.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::bidi;

/// Which way lines run, and with them the whole window.
enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Declares the languages, in the order of a menu: variant, BCP 47 tag, name in the language itself, direction. The tag
/// names the Fluent file, which does not compile until it is there; the tests name what else a language needs.
macro_rules! languages {
    ($($(#[$doc:meta])* $variant:ident = $tag:literal, $own_name:literal, $direction:ident;)*) => {
        countenance_core::enumeration! {
            /// The languages of the window.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum Language { $($(#[$doc])* $variant,)* }
        }

        impl Language {
            /// BCP 47 tag, as kept in the settings.
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag,)* }
            }

            /// The language's name in the language itself, so that users can find it when another language is set.
            pub const fn own_name(self) -> &'static str {
                match self { $(Self::$variant => $own_name,)* }
            }

            const fn direction(self) -> Direction {
                match self { $(Self::$variant => Direction::$direction,)* }
            }

            /// The Fluent file.
            pub(super) const fn source(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../../assets/words/", $tag, ".ftl")),)* }
            }
        }
    };
}
languages! {
    /// English, the source and fallback.
    En = "en", "English", LeftToRight;
    /// German.
    De = "de", "Deutsch", LeftToRight;
    /// French.
    Fr = "fr", "Français", LeftToRight;
    /// Spanish.
    Es = "es", "Español", LeftToRight;
    /// Brazilian Portuguese; used for all Portuguese.
    PtBr = "pt-BR", "Português (Brasil)", LeftToRight;
    /// Italian.
    It = "it", "Italiano", LeftToRight;
    /// Dutch.
    Nl = "nl", "Nederlands", LeftToRight;
    /// Polish.
    Pl = "pl", "Polski", LeftToRight;
    /// Japanese.
    Ja = "ja", "日本語", LeftToRight;
    /// Arabic.
    Ar = "ar", "العربية", RightToLeft;
}

impl Language {
    /// Whether lines run from right to left, and with them the whole window.
    pub const fn is_rtl(self) -> bool {
        matches!(self.direction(), Direction::RightToLeft)
    }

    /// The language to use: the chosen one, else the first supported one of the system, else English.
    ///
    /// Only the language part of tags is compared: `de-AT` selects German, `pt-PT` Brazilian Portuguese. Invalid tags
    /// are skipped.
    pub fn of_system(chosen: Option<&str>, system: impl Iterator<Item = String>) -> Self {
        chosen
            .and_then(Self::of_tag)
            .or_else(|| system.into_iter().find_map(|tag| Self::of_tag(&tag)))
            .unwrap_or(Self::En)
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let wanted: LanguageIdentifier = tag.parse().ok()?;
        Self::ALL.into_iter().find(|language| language.id().language == wanted.language)
    }

    fn id(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }
}

/// The system's preferred languages as tags, best first.
pub fn system_tags() -> impl Iterator<Item = String> {
    sys_locale::get_locales()
}

/// An argument of a message.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// A count, which selects the plural form.
    Number(u32),
    /// An external name in any script; isolated so that it cannot reorder the surrounding text.
    Text(&'a str),
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Where the texts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a window on somebody's computer.
    Window,
    /// At a kiosk with staff nearby.
    Kiosk,
    /// At a kiosk without.
    KioskAlone,
}

impl Place {
    /// The attributes that stand in for a message here, the first that it has.
    const fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Window => &[],
            Self::Kiosk => &["kiosk"],
            Self::KioskAlone => &["alone", "kiosk"],
        }
    }
}

/// The messages of one language, with English as fallback.
pub struct Words {
    language: Language,
    place: Place,
    own: FluentBundle<FluentResource>,
    english: Option<FluentBundle<FluentResource>>,
}

impl Words {
    /// Loads the messages of `language`.
    pub fn new(language: Language) -> Self {
        let english = (language != Language::En).then(|| bundle(Language::En));
        Self { language, place: Place::Window, own: bundle(language), english }
    }

    /// Loads the messages of `language` in the wording of a kiosk: a message that speaks of "this computer" or of "your
    /// browser" has an attribute `kiosk`, which stands in for it. One that sends people to the staff has an attribute
    /// `alone`, for a kiosk without any nearby, which is not `attended`.
    pub fn for_kiosk(language: Language, attended: bool) -> Self {
        Self { place: if attended { Place::Kiosk } else { Place::KioskAlone }, ..Self::new(language) }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without arguments. An unknown `id` is returned as is, and panics in debug builds.
    pub fn say(&self, id: &str) -> String {
        self.say_with(id, &[])
    }

    /// A message with arguments: `say_with("consent-minutes", &[("minutes", 3.into())])`.
    ///
    /// The text is in logical order; use [`bidi`] to display it.
    pub fn say_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let mut values = FluentArgs::with_capacity(args.len());
        for &(name, arg) in args {
            let value = match arg {
                Arg::Number(number) => FluentValue::from(number),
                Arg::Text(text) => FluentValue::from(bidi::isolated(text, self.language.is_rtl())),
            };
            values.set(name, value);
        }
        let said = said(&self.own, id, self.place, &values)
            .or_else(|| self.english.as_ref().and_then(|english| said(english, id, self.place, &values)));
        debug_assert!(said.is_some(), "no message is called {id}");
        said.unwrap_or_else(|| id.to_owned())
    }
}

/// Fluent's own isolation marks are off: they would isolate numbers too, which must stay with adjacent words and signs.
fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.id()]);
    bundle.set_use_isolating(false);
    // Uses the readable part of a faulty file; the tests reject faulty files.
    let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

fn said(bundle: &FluentBundle<FluentResource>, id: &str, place: Place, values: &FluentArgs<'_>) -> Option<String> {
    let message = bundle.get_message(id)?;
    let own = place.attributes().iter().find_map(|name| message.get_attribute(name));
    let pattern = own.map(|attribute| attribute.value()).or_else(|| message.value())?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(values), &mut errors).into_owned();
    debug_assert!(errors.is_empty(), "{id}: {errors:?}");
    Some(text)
}

#[cfg(test)]
mod tests;
