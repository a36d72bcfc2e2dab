//! Properties that have a short form, a word or a flag, beside a mapping or a list.

use std::fmt;
use std::marker::PhantomData;

use schemars::{Schema, SchemaGenerator};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

/// A property with several forms in `stack.yaml`. A form that it does not have is refused with those that it has.
pub(crate) trait ShortForm: Sized {
    /// True if the schema stands in place, and not among the definitions.
    const INLINE: bool = true;

    /// The forms, as an error names them: "`true`, `false` or `{mode: throttled_keys}`".
    const FORMS: &'static str = "";

    /// Writes the forms.
    fn forms(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::FORMS)
    }

    /// The JSON Schema of all forms.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// Reads `true` or `false`.
    fn from_flag<E: Error>(on: bool) -> Result<Self, E> {
        Err(E::invalid_type(Unexpected::Bool(on), &Forms::<Self>(PhantomData)))
    }

    /// Reads a whole number.
    fn from_number<E: Error>(number: i64) -> Result<Self, E> {
        Err(E::invalid_type(Unexpected::Signed(number), &Forms::<Self>(PhantomData)))
    }

    /// Reads a text.
    fn from_word<E: Error>(word: &str) -> Result<Self, E> {
        Err(E::invalid_type(Unexpected::Str(word), &Forms::<Self>(PhantomData)))
    }

    /// Reads a mapping.
    fn from_mapping<'de, D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::invalid_type(Unexpected::Map, &Forms::<Self>(PhantomData)))
    }

    /// Reads a list.
    fn from_list<'de, D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::invalid_type(Unexpected::Seq, &Forms::<Self>(PhantomData)))
    }
}

/// Reads a property in any of its forms.
pub(crate) fn from_any_form<'de, T: ShortForm, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Forms(PhantomData))
}

/// The error for a word that the property does not know.
pub(crate) fn unknown_word<T: ShortForm, E: Error>(word: &str) -> E {
    E::invalid_value(Unexpected::Str(word), &Forms::<T>(PhantomData))
}

struct Forms<T>(PhantomData<T>);

impl<'de, T: ShortForm> Visitor<'de> for Forms<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::forms(f)
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<T, E> {
        T::from_flag(on)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::from_number(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        i64::try_from(number)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            .and_then(T::from_number)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        T::from_word(word)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_mapping(MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        T::from_list(SeqAccessDeserializer::new(seq))
    }
}

/// Implements `Deserialize` and `JsonSchema` for types with [`ShortForm`].
macro_rules! short_form {
    ($($kind:ident),+) => {$(
        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::kind::from_any_form(deserializer)
            }
        }

        impl schemars::JsonSchema for $kind {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($kind).into()
            }

            fn inline_schema() -> bool {
                <Self as $crate::kind::ShortForm>::INLINE
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <Self as $crate::kind::ShortForm>::schema(generator)
            }
        }
    )+};
}
pub(crate) use short_form;
