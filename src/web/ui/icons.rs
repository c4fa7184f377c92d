//! Icons: shapes of one sprite file, drawn in the colour of the text.

use maud::{Markup, html};

use super::asset;

macro_rules! icons {
    ($($name:ident = $id:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($name),+ }

        impl Icon {
            #[cfg(test)]
            const ALL: &[Icon] = &[$(Icon::$name),+];

            const fn address(self) -> &'static str {
                match self { $(Icon::$name => concat!(asset!("icons.svg"), "#", $id)),+ }
            }
        }
    };
}

icons! {
    Activity = "activity",
    Alert = "circle-alert",
    ArrowRight = "arrow-right",
    Audience = "users",
    Back = "chevron-left",
    Cancelled = "ban",
    Check = "check",
    Clock = "clock",
    Commands = "command",
    Connections = "plug",
    Dashboard = "layout-dashboard",
    Demo = "flask-conical",
    Done = "circle-check",
    Down = "chevron-down",
    External = "external-link",
    Forward = "chevron-right",
    Heart = "heart",
    Help = "circle-help",
    Inbox = "inbox",
    Info = "info",
    Key = "key-round",
    Message = "message-circle",
    Person = "user",
    Plus = "plus",
    Refresh = "refresh-cw",
    Reply = "reply",
    Retry = "rotate-ccw",
    Search = "search",
    Session = "monitor",
    Settings = "settings",
    SignOut = "log-out",
    Smile = "smile",
    Star = "star",
    Trash = "trash-2",
    Trend = "trending-up",
    Up = "chevron-up",
    Views = "eye",
    Warning = "triangle-alert",
    X = "x",
}

/// A decoration: the words beside it say the same.
pub fn icon(icon: Icon) -> Markup {
    html! { svg.icon aria-hidden="true" { use href=(icon.address()) {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_has_its_shape_in_the_sprite() {
        let sprite = include_str!("../../../assets/icons.svg");
        for icon in Icon::ALL {
            let (_, id) = icon.address().split_once('#').expect("an address names a shape");
            assert!(sprite.contains(&format!("id=\"{id}\"")), "{icon:?} is drawn as {id}, which is not in the sprite");
        }
    }
}
