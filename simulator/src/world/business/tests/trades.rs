//! What other trades than a restaurant's say, and that the restaurant goes on as before.

use super::*;

/// Whatever other stories come to say, a restaurant stays as it is: places, reviews, answers, times and ids.
#[test]
fn restaurants_keep_their_worlds_to_the_byte() {
    let profiles = [
        harbor(21),
        Profile { size: Size::Small, scenario: Scenario::Struggling, ..harbor(22) },
        Profile { language: Language::De, personality: Personality::Professional, ..harbor(23) },
        Profile { language: Language::It, size: Size::Large, scenario: Scenario::Typical, ..harbor(24) },
    ];
    let mut hash = Sha256::new();
    for profile in profiles {
        let business = Business::new(&profile);
        hash.update(format!("{:?}\n", business.account));
        for place in &business.locations {
            let Location { number, title, postal_code, locality, address_line, phone, website, .. } = place;
            hash.update(format!("{number}|{title}|{postal_code}|{locality}|{address_line}|{phone}|{website}\n"));
            hash.update(format!("{}|{}|{}|{}\n", place.region, place.place_id, place.latitude, place.longitude));
            let arrivals = place.arrivals(&profile, start(), start() + minutes(60 * 24 * 5));
            for review in place.reviews.iter().chain(&arrivals) {
                hash.update(format!("{review:?}\n"));
            }
        }
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "fd728466439facd4");
}
