//! How settings are declared.

use toml::Value;

use super::{Key, Layers};

/// What a declared section can do.
pub(crate) trait Section {
    /// The settings, in the order of declaration.
    const KEYS: &'static [Key];

    /// The section's values in `layers`, which hold every default.
    fn of(layers: &Layers) -> Self;

    /// The values as TOML, by name; none where a setting is unset.
    fn values(&self) -> Vec<(&'static str, Option<Value>)>;
}

/// Declares a section of settings, once for everything.
///
/// `struct Name: "prefix."` names the section's type and what its paths begin with. Each field is a setting: its
/// documentation is what `--help` says, its type and default are what `Config` holds, and the attributes behind `=>`
/// are fields of `Key`, over those behind the section's name, over `Key::PLAIN`.
/// A field whose name is a word of Rust's is written `field as "name"`. `sections` lists fields that are sections.
macro_rules! section {
    (
        $(#[$about:meta])*
        $Section:ident: $prefix:literal $(=> { $($common:ident: $common_value:expr),+ $(,)? })?
        {
            $(
                $(#[doc = $documentation:literal])+
                $field:ident $(as $name:literal)?: $type:ty $(= $default:expr)?
                    $(=> { $($attribute:ident: $value:expr),+ $(,)? })?;
            )+
        }
        $(sections { $($inner:ident: $Inner:ty,)+ })?
    ) => {
        $(#[$about])*
        #[allow(clippy::doc_markdown, reason = "the documentation is what `--help` prints, as it stands")]
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct $Section {
            $($(#[doc = $documentation])+ pub(crate) $field: $type,)+
            $($(pub(crate) $inner: $Inner,)+)?
        }

        impl $Section {
            const COMMON: $crate::config::Key = $crate::config::Key {
                $($($common: $common_value,)+)?
                ..$crate::config::Key::PLAIN
            };

            $(
                /// The settings of all sections.
                pub(crate) const ALL_KEYS: &'static [&'static [$crate::config::Key]] = &[
                    <Self as $crate::config::Section>::KEYS,
                    $(<$Inner as $crate::config::Section>::KEYS),+
                ];
            )?
        }

        impl $crate::config::Section for $Section {
            const KEYS: &'static [$crate::config::Key] = &[$(
                $crate::config::Key {
                    $($($attribute: $value,)+)?
                    ..$crate::config::Key {
                        path: concat!($prefix, name!($field $(as $name)?)),
                        kind: <$type as $crate::config::Setting>::KIND,
                        default: || default_value!($type $(, $default)?),
                        documentation: concat!($($documentation),+),
                        ..Self::COMMON
                    }
                }
            ),+];

            fn of(layers: &$crate::config::Layers) -> Self {
                Self {
                    $($field: layers.typed(concat!($prefix, name!($field $(as $name)?))),)+
                    $($($inner: $crate::config::Section::of(layers),)+)?
                }
            }

            fn values(&self) -> Vec<(&'static str, Option<toml::Value>)> {
                vec![$((
                    name!($field $(as $name)?),
                    $crate::config::Setting::write(&self.$field),
                )),+]
            }
        }
    };
}

/// The name of a setting in files.
macro_rules! name {
    ($field:ident as $name:literal) => {
        $name
    };
    ($field:ident) => {
        stringify!($field)
    };
}

/// The default of a setting as TOML.
macro_rules! default_value {
    ($type:ty) => {
        None
    };
    ($type:ty, $default:expr) => {{
        let default: $type = $default;
        $crate::config::Setting::write(&default)
    }};
}
