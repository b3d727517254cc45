//! Enums that know all their variants: one list makes both, so that a variant cannot be left out of `ALL`.

/// Declares an enum without fields and its `ALL`: every variant, in the order of the declaration.
///
/// ```
/// countenance_core::enumeration! {
///     /// Where to.
///     #[derive(Debug, Clone, Copy, PartialEq)]
///     pub enum Side {
///         /// Left.
///         Left,
///         /// Right.
///         Right,
///     }
/// }
/// assert_eq!(Side::ALL, [Side::Left, Side::Right]);
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
            /// Every one, in the order of the declaration.
            $vis const ALL: [Self; [$($name::$variant),+].len()] = [$(Self::$variant),+];
        }
    };
}
