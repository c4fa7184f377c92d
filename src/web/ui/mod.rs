//! How Repruv looks: layout, controls, charts, icons, times and numbers. Pure functions from values to HTML.

pub mod assets;
pub mod charts;
pub mod controls;
pub mod forms;
pub mod icons;
pub mod layout;
pub mod live;
pub mod numbers;
pub mod pages;
pub mod tabs;
pub mod time;

pub(crate) use assets::asset;
pub use controls::{
    Tone, avatar, definition, empty, key_values, link_button, meta, notice, older, platform_mark, platform_name,
    progress, stars, tag,
};
pub use forms::{Button, Check, Field, Select, fieldset};
pub use icons::{Icon, icon};
pub use layout::{NOTHING, Person, Shell, Switcher, card, error_page, head, inbox_count, page};
pub use live::{Live, live};
pub use tabs::settings_tabs;
pub use time::Local;
