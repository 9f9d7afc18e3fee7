//! Parameters of losses, each declared once with its default.

/// Declares the parameters of a loss: a struct that a configuration file may leave in part to the defaults. Each field's
/// documentation ends with its default.
macro_rules! parameters {
    (
        $(#[$attribute:meta])*
        pub struct $config:ident {
            $($(#[$field_attribute:meta])* pub $field:ident: $kind:ty = $default:expr,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $config {
            $(
                $(#[$field_attribute])*
                #[doc = concat!(" Default `", stringify!($default), "`.")]
                pub $field: $kind,
            )+
        }

        impl Default for $config {
            fn default() -> Self {
                Self {
                    $($field: $default,)+
                }
            }
        }
    };
}

pub(crate) use parameters;
