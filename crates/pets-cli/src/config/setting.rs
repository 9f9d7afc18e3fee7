//! The types that settings have, each with its values in TOML.

use std::path::PathBuf;

use pets::trainer::CheckpointEvery;
use toml::Value;

use super::choice::Choice;
use super::kind::{Kind, from};

/// A type that settings have.
pub(crate) trait Setting: Sized {
    /// The values of the type; a declaration may narrow them.
    const KIND: Kind;

    /// The typed form of a value that is allowed; none where there is none to be had.
    fn read(value: Option<&Value>) -> Option<Self>;

    /// The value as TOML; none where it is unset.
    fn write(&self) -> Option<Value>;
}

macro_rules! numbers {
    ($($type:ty => $kind:expr, $get:ident, $variant:ident as $wide:ty;)+) => {$(
        impl Setting for $type {
            const KIND: Kind = $kind;

            fn read(value: Option<&Value>) -> Option<Self> {
                value?.$get().map(|number| number as Self)
            }

            fn write(&self) -> Option<Value> {
                Some(Value::$variant(*self as $wide))
            }
        }
    )+};
}

numbers! {
    usize => from(0), as_integer, Integer as i64;
    u64 => from(0), as_integer, Integer as i64;
    u32 => Kind::Int(0, u32::MAX as i64), as_integer, Integer as i64;
    f64 => Kind::Float(f64::MIN, f64::MAX), as_float, Float as f64;
}

impl Setting for f32 {
    const KIND: Kind = Kind::Float(f32::MIN as f64, f32::MAX as f64);

    fn read(value: Option<&Value>) -> Option<Self> {
        f64::read(value).map(|number| number as Self)
    }

    /// The shortest number that is read as this one.
    fn write(&self) -> Option<Value> {
        let shortest = self.to_string().parse();
        Some(Value::Float(shortest.unwrap_or_else(|_| f64::from(*self))))
    }
}

impl Setting for bool {
    const KIND: Kind = Kind::Bool;

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_bool()
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

impl Setting for String {
    const KIND: Kind = Kind::Text;

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_str().map(str::to_owned)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl Setting for PathBuf {
    const KIND: Kind = Kind::Path;

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_str().map(Self::from)
    }

    fn write(&self) -> Option<Value> {
        self.to_str().map(|path| Value::String(path.to_owned()))
    }
}

impl Setting for CheckpointEvery {
    const KIND: Kind = Kind::Period;

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_str()?.parse().ok()
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

impl Setting for Vec<usize> {
    const KIND: Kind = Kind::IntList(0, i64::MAX);

    fn read(value: Option<&Value>) -> Option<Self> {
        let items = value?.as_array()?.iter();
        items.map(|item| usize::read(Some(item))).collect()
    }

    fn write(&self) -> Option<Value> {
        let items = self.iter().map(Setting::write);
        items.collect::<Option<_>>().map(Value::Array)
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: Option<&Value>) -> Option<Self> {
        value
            .map(|value| T::read(Some(value)))
            .map_or(Some(None), |read| read.map(Some))
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(Setting::write)
    }
}

impl<T: Choice> Setting for T {
    const KIND: Kind = Kind::Choice(T::names);

    fn read(value: Option<&Value>) -> Option<Self> {
        T::named(value?.as_str()?)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.name()))
    }
}
