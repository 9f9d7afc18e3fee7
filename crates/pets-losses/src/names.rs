//! Choices that have names: in configuration files, on command lines, in messages.

/// A name is none of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} \"{given}\": use one of {allowed}")]
pub struct UnknownName {
    /// What the name should have named.
    pub what: &'static str,
    /// The name given.
    pub given: String,
    /// The names known, separated by commas.
    pub allowed: String,
}

/// Declares an enum whose variants have names: it has them all in `ALL`, and displays, parses and is serialised by them.
macro_rules! choices {
    (
        $(#[$attribute:meta])*
        $what:literal: pub enum $choice:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $name:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $choice {
            $($(#[$variant_attribute])* #[serde(rename = $name)] $variant,)+
        }

        impl $choice {
            /// Every choice, in the order of declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name, by which it displays and parses.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::fmt::Display for $choice {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $choice {
            type Err = $crate::names::UnknownName;

            fn from_str(given: &str) -> Result<Self, Self::Err> {
                match given {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($crate::names::UnknownName {
                        what: $what,
                        given: given.to_owned(),
                        allowed: [$($name),+].join(", "),
                    }),
                }
            }
        }
    };
}

pub(crate) use choices;
