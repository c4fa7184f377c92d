//! What a place lives by, and so in which words its guests speak of it.

/// The trade of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trade {
    Restaurant,
    /// A small roastery with a café.
    Shop,
    /// A maker's own store for kettles and coffee gear: a shop with a brew bar, which roasts nothing and takes things back.
    Store,
}

impl Trade {
    pub const ALL: [Trade; 3] = [Trade::Restaurant, Trade::Shop, Trade::Store];

    /// Google's name of the category, and how it reads.
    pub fn category(self) -> (&'static str, &'static str) {
        match self {
            Trade::Restaurant => ("categories/gcid:restaurant", "Restaurant"),
            Trade::Shop => ("categories/gcid:coffee_roasters", "Coffee roasters"),
            Trade::Store => ("categories/gcid:kitchen_supply_store", "Kitchen supply store"),
        }
    }
}
