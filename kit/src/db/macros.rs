//! `args!`, `row!`, `text_enum!`: what keeps stores short.

/// The parameters of a statement: `args![user_id, now, name.as_str()]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::AsVal::as_val(&$value)),*] };
}

/// A struct that is read from a row, its fields in the order of the columns; `COLUMNS` names them for the SELECT.
///
/// ```
/// kit::row! { #[derive(Debug)] pub struct Found { pub id: uuid::Uuid, pub name: Option<String> } }
/// assert_eq!(Found::COLUMNS, "id, name");
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visibility:vis $first:ident : $first_type:ty),+ $(,)?
    }) => {
        $(#[$meta])* $visibility struct $name {
            $($(#[$field_meta])* $field_visibility $first: $first_type),+
        }

        impl $name {
            /// The columns, for a SELECT or RETURNING list.
            #[allow(dead_code, reason = "not every row is read with its own list")]
            pub const COLUMNS: &'static str = $crate::joined_columns!($($first),+);
        }

        impl $crate::db::FromRow for $name {
            fn from_row(row: &$crate::db::Row<'_>) -> $crate::db::Result<Self> {
                let mut index = 0..;
                $(let $first = row.get(index.next().unwrap_or_default())?;)+
                Ok(Self { $($first),+ })
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! joined_columns {
    ($first:ident $(, $rest:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($rest))*) };
}

/// An enum kept as text, the same text everywhere: column, JSON, URL.
///
/// ```
/// kit::text_enum! { pub enum Colour { Red = "red", DarkBlue = "dark_blue" } }
/// assert_eq!("dark_blue".parse(), Ok(Colour::DarkBlue));
/// assert_eq!(Colour::Red.as_str(), "red");
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        $visibility enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            #[allow(dead_code, reason = "not every enum is listed")]
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::db::UnknownText;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err($crate::db::UnknownText),
                }
            }
        }

        impl $crate::db::Column for $name {
            fn read(cell: &$crate::db::Cell<'_>) -> ::std::result::Result<Self, $crate::db::Mismatch> {
                cell.text()?.parse().map_err(|_| cell.mismatch(stringify!($name)))
            }
        }

        impl $crate::db::AsVal for $name {
            fn as_val(&self) -> $crate::db::Val<'_> {
                $crate::db::Val::Text(::std::borrow::Cow::Borrowed(self.as_str()))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(|_| {
                    ::serde::de::Error::unknown_variant(&text, &[$($text),+])
                })
            }
        }

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                $crate::schema::one_of([$($text),+])
            }
        }

        impl $crate::utoipa::ToSchema for $name {}
    };
}
