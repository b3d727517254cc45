//! Enums without fields, whose variants and names are declared once.

/// Declares an enum without fields, and `ALL`: every variant, in the order of the declaration. Variants with names, as
/// in `Left = "left"`, also give it `name` and `named`.
///
/// ```
/// countenance_core::enumeration! {
///     /// Where to.
///     #[derive(Debug, Clone, Copy, PartialEq)]
///     pub enum Side {
///         /// Left.
///         Left = "left",
///         /// Right.
///         Right = "right",
///     }
/// }
/// assert_eq!(Side::ALL, [Side::Left, Side::Right]);
/// assert_eq!((Side::Left.name(), Side::named("right"), Side::named("up")), ("left", Some(Side::Right), None));
/// ```
#[macro_export]
macro_rules! enumeration {
    (
        $(#[$($meta:tt)*])*
        $vis:vis enum $name:ident { $($(#[$($variant_meta:tt)*])* $variant:ident,)+ }
    ) => {
        $(#[$($meta)*])*
        $vis enum $name { $($(#[$($variant_meta)*])* $variant,)+ }

        impl $name {
            /// Every variant, in the order of the declaration.
            $vis const ALL: [Self; [$($name::$variant),+].len()] = [$(Self::$variant),+];
        }
    };
    (
        $(#[$($meta:tt)*])*
        $vis:vis enum $name:ident { $($(#[$($variant_meta:tt)*])* $variant:ident = $text:literal,)+ }
    ) => {
        $crate::enumeration! {
            $(#[$($meta)*])*
            $vis enum $name { $($(#[$($variant_meta)*])* $variant,)+ }
        }

        impl $name {
            /// The variant's name, as stored and sent.
            $vis const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The variant with this name.
            #[allow(dead_code, reason = "not every enum is read")]
            $vis fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|variant| variant.name() == name)
            }
        }
    };
}
