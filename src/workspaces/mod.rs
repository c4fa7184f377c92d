//! Whose data a row is.

kit::id_types! { pub UserId, pub WorkspaceId }
