//! What other trades than a restaurant's say, and that the restaurant goes on as before.

use super::*;
use crate::world::{Platform, interactions};

/// What belongs to tables and not to a counter.
const OF_RESTAURANTS: [&str; 14] = [
    "menu",
    "menus",
    "waiter",
    "waitress",
    "oven",
    "dish",
    "dishes",
    "speisekarte",
    "kellner",
    "kellnerin",
    "ofen",
    "koch",
    "gericht",
    "gerichte",
];

fn told(story: Story, size: Size, seed: u64) -> Profile {
    let channel_name = story.name().unwrap_or("Somebody").into();
    Profile { story, size, channel_name, ..harbor(seed) }
}

fn texts_of(business: &Business, is_wanted: impl Fn(&Location) -> bool) -> Vec<&Review> {
    business.locations.iter().filter(|place| is_wanted(place)).flat_map(|place| &place.reviews).collect()
}

fn has_word(text: &str, words: &[&str]) -> bool {
    text.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word))
}

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
                hash.update(format!("{review:?}\n").replace(", trade: Restaurant", ""));
            }
        }
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "fd728466439facd4");
}

#[test]
fn every_story_has_its_share_of_reviews_and_answers() {
    for story in Story::ALL.iter().filter(|story| story.has_places()) {
        for size in Size::ALL {
            let business = Business::new(&told(*story, *size, 31));
            let answered = reviews(&business).filter(|review| review.answer.is_some()).count();
            let all = (reviews(&business).count() + answered) as f64;
            let promised = interactions(*size) as f64 * crate::world::share(*story, Platform::Google);
            within(&format!("{story} {size}"), all / promised, 0.9, 1.1);
        }
    }
}

#[test]
fn places_are_the_storys() {
    let titles = |story, size| -> Vec<(Trade, String)> {
        let business = Business::new(&told(story, size, 32));
        business.locations.iter().map(|place| (place.trade, place.title.clone())).collect()
    };
    assert!(titles(Story::Creator, Size::Medium).is_empty());
    assert_eq!(titles(Story::Shop, Size::Large), [(Trade::Shop, "Little Owl Coffee".into())]);
    assert_eq!(titles(Story::Brand, Size::Small), [(Trade::Store, "Bright Kettle".into())]);
    let stores = titles(Story::Brand, Size::Medium);
    assert!(stores.len() == 2 && stores[0] != stores[1], "{stores:?}");
    assert!(stores.iter().all(|(trade, title)| *trade == Trade::Store && title.starts_with("Bright Kettle ")));
    for size in Size::ALL {
        let both = titles(Story::Agency, *size);
        assert!(both[0].0 == Trade::Restaurant && both[0].1.starts_with("Harbor & Thyme"), "{both:?}");
        assert_eq!(both[1..], [(Trade::Shop, "Little Owl Coffee".into())]);
    }
    assert_eq!(Business::new(&told(Story::Agency, Size::Medium, 32)).account.name, "Fairweather Studio");
}

/// Of what an agency has on the map, a restaurant is in twenty-five parts of forty and a shop in fifteen.
#[test]
fn an_agency_divides_its_reviews_between_its_clients() {
    for size in Size::ALL {
        let business = Business::new(&told(Story::Agency, *size, 33));
        let counts: Vec<usize> = business.locations.iter().map(|place| place.reviews.len()).collect();
        within(&format!("{size}"), share(counts[0], counts[0] + counts[1]), 0.6, 0.65);
    }
}

#[test]
fn a_shop_speaks_of_its_trade_and_not_like_a_restaurant() {
    for (language, story, scenario) in [
        (Language::En, Story::Shop, Scenario::Healthy),
        (Language::De, Story::Shop, Scenario::Struggling),
        (Language::En, Story::Brand, Scenario::Healthy),
        (Language::De, Story::Brand, Scenario::Struggling),
        (Language::De, Story::Agency, Scenario::Healthy),
    ] {
        let business = Business::new(&Profile { language, scenario, ..told(story, Size::Large, 34) });
        for review in texts_of(&business, |place| place.trade != Trade::Restaurant) {
            let written = review.versions.iter().filter_map(|version| version.text.as_ref());
            let texts = written.flat_map(|text| [Some(&*text.original), text.translation.as_deref()]).flatten();
            let answer = review.answer.as_ref().map(|answer| &*answer.text);
            let labels = review.photos.iter().map(|photo| &*photo.label);
            for text in texts.chain(answer).chain(labels) {
                assert!(!text.is_empty() && !text.contains(['{', '}', '[', ']', '|']), "{story} {language}: {text}");
                assert!(!text.contains("  ") && !text.contains(" ."), "{story} {language}: {text}");
                assert!(!has_word(text, &OF_RESTAURANTS), "{story} {language}: {text}");
            }
        }
    }
}

#[test]
fn no_shop_hears_one_opening_again_and_again() {
    for (language, story) in
        Language::ALL.iter().flat_map(|language| [Story::Shop, Story::Brand].map(|story| (*language, story)))
    {
        let business = Business::new(&Profile { language, ..told(story, Size::Large, 35) });
        let mut openings = HashMap::<String, usize>::new();
        let all = texts_of(&business, |_| true);
        let texts: Vec<&Text> = all.into_iter().filter_map(first_text).collect();
        for text in &texts {
            let words: Vec<String> = text.original.split_whitespace().take(4).map(str::to_lowercase).collect();
            *openings.entry(words.join(" ")).or_default() += usize::from(words.len() == 4);
        }
        let (opening, most) = openings.iter().max_by_key(|(_, count)| **count).unwrap();
        assert!(share(*most, texts.len()) <= 0.05, "{story} {language}: {most} of {} {opening:?}", texts.len());
    }
}

#[test]
fn the_owner_of_a_shop_answers_as_one() {
    for language in [Language::En, Language::De] {
        let business = Business::new(&Profile { language, ..told(Story::Shop, Size::Large, 36) });
        let answers: Vec<&str> =
            reviews(&business).filter_map(|review| review.answer.as_ref()).map(|answer| &*answer.text).collect();
        let of_trade = ["coffee", "bean", "roast", "bar", "cup", "kaffee", "bohne", "röst", "tasse", "mühle"];
        let fit = answers.iter().filter(|text| of_trade.iter().any(|word| text.to_lowercase().contains(word))).count();
        assert!(share(fit, answers.len()) > 0.2, "{language}: {fit} of {}", answers.len());
        let foreign = ["chef", "seagull", "harbor", "Koch", "Möwe", "Fischer"];
        assert!(answers.iter().all(|text| foreign.iter().all(|word| !text.contains(word))), "{language}");
    }
}

#[test]
fn the_kettle_is_a_wave_of_the_last_ten_days() {
    let signs = ["lid", "leak", "drip", "seal", "handle", "replacement", "refund"];
    let says = |text: &str| signs.iter().any(|sign| text.to_lowercase().contains(sign));
    // Whoever wrote another language is known by the translation.
    let about = |review: &&&Review| {
        first_text(review).is_some_and(|text| says(text.translation.as_deref().unwrap_or(&text.original)))
    };
    for size in Size::ALL {
        let crisis = Profile { scenario: Scenario::Struggling, ..told(Story::Brand, *size, 37) };
        let business = Business::new(&crisis);
        let all = texts_of(&business, |_| true);
        let ten_days = minutes(1440 * 10);
        let (late, early): (Vec<&Review>, Vec<&Review>) =
            all.iter().copied().partition(|review| start().since(review.created_at) <= ten_days);
        let (wave, before) = (late.iter().filter(about).count(), early.iter().filter(about).count());
        let rate = |count: usize, days: f64| count as f64 / days;
        assert!(wave >= 6, "{size}: {wave}");
        assert!(rate(wave, 10.0) > 8.0 * rate(before, 720.0), "{size}: {wave} of late, {before} before");
    }
}
