//! Where the restaurants stand. Telephone numbers are ones kept for fiction where a country has such, and nobody's elsewhere.

use std::sync::Arc;

use super::{Location, Source};
use crate::world::people::fold;
use crate::world::{Language, Size};

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

/// A country's code, and the places of which a small brand has the first only.
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

pub fn count(size: Size) -> usize {
    match size {
        Size::Small => 1,
        Size::Medium => 2,
        Size::Large => 3,
    }
}

/// Without their reviews.
pub fn locations(source: &Source) -> Vec<Location> {
    let profile = &source.profile;
    let (region, places) = places(profile.language);
    let count = count(profile.size);
    let located = |(index, place): (usize, Place)| {
        let index = index as u64;
        let mut ids = source.ids.dice("place", &[index]);
        let title = match count {
            1 => profile.channel_name.clone(),
            _ => format!("{} {}", profile.channel_name, place.district),
        };
        Location {
            number: number(source, "location", index),
            title,
            language: profile.language,
            region,
            postal_code: place.postal_code.into(),
            locality: place.locality.into(),
            address_line: place.street.into(),
            phone: place.phone.into(),
            website: format!("https://{}.example/{}", slug(&profile.channel_name), slug(place.district)),
            place_id: format!("ChIJ{}", ids.base64url(23)),
            latitude: place.latitude,
            longitude: place.longitude,
            reviews: Vec::new(),
            index,
            said: Arc::default(),
        }
    };
    places.into_iter().enumerate().take(count).map(located).collect()
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
