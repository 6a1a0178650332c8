//! The names that enums have in a config or an expression.

/// Gives an enum `NAMED`, its variants with their names, and `name`, the name of a variant.
///
/// A variant that is left out does not compile.
macro_rules! named {
    ($vis:vis $type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// The variants by name.
            pub(crate) const NAMED: &'static [(&'static str, Self)] =
                &[$(($name, Self::$variant)),+];

            /// Returns the name of the variant.
            #[must_use]
            $vis fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

pub(crate) use named;
