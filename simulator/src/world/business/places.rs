//! Where the places stand. Telephone numbers are ones kept for fiction where a country has such, and nobody's elsewhere.

use std::sync::Arc;

use super::{BRAND, Location, Source, Trade};
use crate::world::people::fold;
use crate::world::{Language, Profile, Size, Story};

struct Place {
    locality: &'static str,
    /// Tells houses of one brand apart.
    district: &'static str,
    postal_code: &'static str,
    street: &'static str,
    phone: &'static str,
    latitude: f64,
    longitude: f64,
}

const fn place(
    [locality, district, postal_code, street, phone]: [&'static str; 5],
    latitude: f64,
    longitude: f64,
) -> Place {
    Place { locality, district, postal_code, street, phone, latitude, longitude }
}

/// A country's code, and the restaurant's houses, of which a small brand has the first only.
const fn places(language: Language) -> (&'static str, [Place; 3]) {
    match language {
        Language::En => ("US", EN),
        Language::De => ("DE", DE),
        Language::Es => ("ES", ES),
        Language::Fr => ("FR", FR),
        Language::Pt => ("BR", PT),
        Language::It => ("IT", IT),
    }
}

const EN: [Place; 3] = [
    place(["Portland", "Old Port", "04101", "48 Wharf Street", "+1 207-555-0148"], 43.6563, -70.2518),
    place(["Portsmouth", "Market Square", "03801", "12 Ceres Street", "+1 603-555-0112"], 43.0781, -70.7573),
    place(["Salem", "Pickering Wharf", "01970", "87 Wharf Street", "+1 978-555-0187"], 42.5195, -70.8858),
];

const DE: [Place; 3] = [
    place(["Hamburg", "Altona", "22767", "Große Elbstraße 112", "+49 40 66969 112"], 53.5447, 9.9438),
    place(["Hamburg", "Eimsbüttel", "20259", "Osterstraße 64", "+49 40 66969 164"], 53.5766, 9.9517),
    place(["Hamburg", "Winterhude", "22301", "Mühlenkamp 27", "+49 40 66969 127"], 53.5829, 10.0117),
];

const ES: [Place; 3] = [
    place(["Valencia", "El Cabanyal", "46011", "Carrer de la Reina, 58", "+34 960 000 158"], 39.4685, -0.3289),
    place(["Alicante", "Centro", "03002", "Calle Mayor, 21", "+34 960 000 121"], 38.3456, -0.4812),
    place(["Castellón", "Grao", "12100", "Paseo Buenavista, 9", "+34 960 000 109"], 39.9716, 0.0189),
];

const FR: [Place; 3] = [
    place(["Nantes", "Bouffay", "44000", "14 rue de la Juiverie", "+33 2 61 91 01 14"], 47.2145, -1.5533),
    place(["Saint-Nazaire", "Port", "44600", "6 quai des Frégates", "+33 2 61 91 01 06"], 47.2763, -2.2017),
    place(["Pornic", "Vieux Port", "44210", "31 quai Leray", "+33 2 61 91 01 31"], 47.1147, -2.1034),
];

const PT: [Place; 3] = [
    place(["Florianópolis", "Centro", "88010-000", "Rua Bocaiúva, 210", "+55 48 0000-0210"], -27.5906, -48.5494),
    place(
        ["Itajaí", "Beira-Rio", "88301-000", "Av. Ministro Victor Konder, 35", "+55 47 0000-0135"],
        -26.9078,
        -48.6556,
    ),
    place(["Joinville", "América", "89204-000", "Rua Visconde de Taunay, 88", "+55 47 0000-0188"], -26.2969, -48.8481),
];

const IT: [Place; 3] = [
    place(["Genova", "Porto Antico", "16128", "Calata Cattaneo, 17", "+39 010 000 0117"], 44.4101, 8.9265),
    place(["Camogli", "Porticciolo", "16032", "Via Garibaldi, 42", "+39 0185 000 142"], 44.3486, 9.1553),
    place(["Savona", "Darsena", "17100", "Calata Sbarbaro, 8", "+39 019 000 0108"], 44.3077, 8.4846),
];

/// A shop's, and those of a maker's two stores.
const fn shops(language: Language) -> [Place; 3] {
    match language {
        Language::En => [
            place(["Portland", "West End", "04102", "91 Spruce Street", "+1 207-555-0191"], 43.6519, -70.2664),
            place(["Portland", "Arts District", "04101", "534 Congress Street", "+1 207-555-0134"], 43.6557, -70.2634),
            place(["Boston", "South End", "02118", "22 Union Park", "+1 617-555-0122"], 42.3421, -71.0727),
        ],
        Language::De => [
            place(["Hamburg", "Ottensen", "22765", "Bahrenfelder Straße 91", "+49 40 66969 191"], 53.5537, 9.9301),
            place(["Hamburg", "Schanze", "20357", "Susannenstraße 34", "+49 40 66969 134"], 53.5621, 9.9629),
            place(["Hamburg", "Uhlenhorst", "22085", "Papenhuder Straße 22", "+49 40 66969 122"], 53.5696, 10.0168),
        ],
        Language::Es => [
            place(["Valencia", "Ruzafa", "46006", "Carrer de Sueca, 91", "+34 960 000 191"], 39.4610, -0.3732),
            place(["Valencia", "El Carmen", "46003", "Carrer dels Cavallers, 34", "+34 960 000 134"], 39.4766, -0.3790),
            place(["Alicante", "Centro", "03001", "Calle Castaños, 22", "+34 960 000 122"], 38.3457, -0.4850),
        ],
        Language::Fr => [
            place(["Nantes", "Graslin", "44000", "9 rue Scribe", "+33 2 61 91 01 91"], 47.2129, -1.5629),
            place(["Nantes", "Talensac", "44000", "34 rue de Bel-Air", "+33 2 61 91 01 34"], 47.2212, -1.5578),
            place(["Rennes", "Centre", "35000", "22 rue Saint-Georges", "+33 2 61 91 01 22"], 48.1120, -1.6742),
        ],
        Language::Pt => [
            place(
                ["Florianópolis", "Trindade", "88036-000", "Rua Lauro Linhares, 91", "+55 48 0000-0191"],
                -27.5877,
                -48.5223,
            ),
            place(
                ["Florianópolis", "Centro", "88010-400", "Rua Vidal Ramos, 34", "+55 48 0000-0134"],
                -27.5954,
                -48.5520,
            ),
            place(["Curitiba", "Batel", "80420-000", "Av. do Batel, 22", "+55 41 0000-0122"], -25.4412, -49.2860),
        ],
        Language::It => [
            place(["Genova", "Castelletto", "16136", "Corso Firenze, 91", "+39 010 000 0191"], 44.4149, 8.9303),
            place(["Genova", "Centro", "16121", "Via XX Settembre, 34", "+39 010 000 0134"], 44.4056, 8.9410),
            place(["Torino", "San Salvario", "10125", "Via Saluzzo, 22", "+39 011 000 0122"], 45.0570, 7.6800),
        ],
    }
}

/// One place of a story, and how much of what the account has on the map is there.
struct House {
    trade: Trade,
    brand: String,
    /// Whether the brand's name alone would not tell.
    has_district: bool,
    place: Place,
    share: f64,
}

/// The first house is the best known one.
fn houses(profile: &Profile) -> Vec<House> {
    let [first, second, third] = places(profile.language).1;
    let [shop, store, other_store] = shops(profile.language);
    let house =
        |trade, brand: &str, place, share| House { trade, brand: brand.into(), has_district: false, place, share };
    let own = &*profile.channel_name;
    let little_owl = Story::Shop.name().unwrap_or_default();
    let mut houses = match (profile.story, profile.size) {
        (Story::Creator, _) => Vec::new(),
        (Story::Restaurant, Size::Small) => vec![house(Trade::Restaurant, own, first, 1.0)],
        (Story::Restaurant, Size::Medium) => {
            vec![house(Trade::Restaurant, own, first, 0.58), house(Trade::Restaurant, own, second, 0.42)]
        }
        (Story::Restaurant, Size::Large) => vec![
            house(Trade::Restaurant, own, first, 0.45),
            house(Trade::Restaurant, own, second, 0.32),
            house(Trade::Restaurant, own, third, 0.23),
        ],
        (Story::Shop, _) => vec![house(Trade::Shop, own, shop, 1.0)],
        (Story::Brand, Size::Small) => vec![house(Trade::Store, own, store, 1.0)],
        (Story::Brand, _) => vec![house(Trade::Store, own, store, 0.6), house(Trade::Store, own, other_store, 0.4)],
        // Of four brands that it looks after, two are on the map.
        (Story::Agency, _) => {
            vec![house(Trade::Restaurant, BRAND, first, 0.625), house(Trade::Shop, little_owl, shop, 0.375)]
        }
    };
    let is_chain = houses.len() > 1 && profile.story != Story::Agency;
    houses.iter_mut().for_each(|house| house.has_district = is_chain);
    houses
}

pub fn count(profile: &Profile) -> usize {
    houses(profile).len()
}

/// Without their reviews.
pub fn locations(source: &Source) -> Vec<Location> {
    let profile = &source.profile;
    let (region, _) = places(profile.language);
    let located = |(index, house): (usize, House)| {
        let index = index as u64;
        let House { trade, brand, has_district, place, share } = house;
        let mut ids = source.ids.dice("place", &[index]);
        let website = format!("https://{}.example/{}", slug(&brand), slug(place.district));
        Location {
            number: number(source, "location", index),
            title: if has_district { format!("{brand} {}", place.district) } else { brand },
            trade,
            language: profile.language,
            region,
            postal_code: place.postal_code.into(),
            locality: place.locality.into(),
            address_line: place.street.into(),
            phone: place.phone.into(),
            website,
            place_id: format!("ChIJ{}", ids.base64url(23)),
            latitude: place.latitude,
            longitude: place.longitude,
            reviews: Vec::new(),
            index,
            share,
            said: Arc::default(),
        }
    };
    houses(profile).into_iter().enumerate().map(located).collect()
}

/// Nineteen digits that fit every signed integer.
pub fn number(source: &Source, kind: &str, index: u64) -> u64 {
    source.ids.dice(kind, &[index]).between(1_000_000_000_000_000_000, 9_000_000_000_000_000_000) as u64
}

/// A name as a part of an address.
fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).map(fold).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    if slug.is_empty() { "restaurant".into() } else { slug }
}
