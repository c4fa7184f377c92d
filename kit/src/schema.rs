//! How kit's values look in OpenAPI, so that no struct has to say it again.

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::clock::Timestamp;
use crate::id::Id;

/// A string that is one of these.
pub fn one_of(values: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).into()
}

fn text(format: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::Custom(format.to_owned()))).into()
}

impl<T> PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        text("uuid")
    }
}

impl<T> ToSchema for Id<T> {}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        text("date-time")
    }
}

impl ToSchema for Timestamp {}
