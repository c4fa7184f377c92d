//! What every restaurant keeps, whatever its profile.

mod trades;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::time::Duration;

use kit::clock::Timestamp;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::world::{Personality, Scenario, Size, Story};

fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T18:30:00Z").unwrap()
}

fn harbor(seed: u64) -> Profile {
    Profile::harbor("somebody", seed, start())
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn within(what: &str, share: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&share), "{what}: {share:.3} is not in {low}..{high}");
}

/// Twenty restaurants of every size and scenario, and mostly English ones.
static TWENTY: LazyLock<Vec<(Profile, Business)>> = LazyLock::new(|| {
    let sizes = [Size::Medium, Size::Small, Size::Medium, Size::Large, Size::Medium];
    let profiles = (0..20).map(move |number| Profile {
        size: sizes[number % 5],
        scenario: Scenario::ALL[number / 5],
        language: if number % 5 == 4 { Language::ALL[1 + number / 5] } else { Language::En },
        personality: Personality::ALL[number % 4],
        ..harbor(number as u64)
    });
    profiles.map(|profile| (profile.clone(), Business::new(&profile))).collect()
});

fn reviews(business: &Business) -> impl Iterator<Item = &Review> {
    business.locations.iter().flat_map(|location| &location.reviews)
}

fn first_text(review: &Review) -> Option<&Text> {
    review.versions[0].text.as_ref()
}

#[test]
fn a_restaurant_has_the_shape_of_a_restaurant() {
    for (profile, business) in &*TWENTY {
        let all: Vec<&Review> = reviews(business).collect();
        let answered = all.iter().filter(|review| review.answer.is_some()).count();
        let (locations, promised) = match profile.size {
            Size::Small => (1, 200.0),
            Size::Medium => (2, 1_200.0),
            Size::Large => (3, 5_000.0),
        };
        assert_eq!(business.locations.len(), locations);
        within("interactions", (all.len() + answered) as f64 / promised, 0.95, 1.05);
        within("answered", share(answered, all.len()), 0.12, 0.16);

        let loose = if profile.size == Size::Small { 0.09 } else { 0.04 };
        let stars = |stars| share(all.iter().filter(|review| review.versions[0].stars == stars).count(), all.len());
        let (five, one) = match profile.scenario {
            Scenario::Healthy | Scenario::Viral => (0.70, 0.07),
            Scenario::Typical => (0.56, 0.10),
            Scenario::Struggling => (0.45, 0.22),
        };
        within("five stars", stars(5), five - loose, five + loose);
        within("one star", stars(1), one - loose, one + loose);

        let silent = |wanted: &dyn Fn(u8) -> bool| {
            let these: Vec<_> = all.iter().filter(|review| wanted(review.versions[0].stars)).collect();
            share(these.iter().filter(|review| first_text(review).is_none()).count(), these.len())
        };
        within("stars alone", silent(&|_| true), 0.24, 0.41);
        assert!(silent(&|stars| stars == 5) > silent(&|stars| stars == 1), "the delighted say less");
        let photos = all.iter().filter(|review| !review.photos.is_empty()).count();
        within("photos", share(photos, all.len()), 0.08 - loose, 0.08 + loose);
    }
}

#[test]
fn texts_do_not_begin_alike_nor_repeat() {
    for (_, business) in &*TWENTY {
        let texts: Vec<&Text> = reviews(business).filter_map(first_text).collect();
        let (mut openings, mut said) = (HashMap::<String, usize>::new(), HashSet::new());
        for text in &texts {
            let words: Vec<String> = text.original.split_whitespace().take(4).map(str::to_lowercase).collect();
            *openings.entry(words.join(" ")).or_default() += usize::from(words.len() == 4);
            let is_long = text.original.chars().count() > 20;
            assert!(!is_long || said.insert(text.original.to_lowercase()), "said twice: {}", text.original);
        }
        let (opening, most) = openings.iter().max_by_key(|(_, count)| **count).unwrap();
        assert!(share(*most, texts.len()) <= 0.05, "{most} of {} begin with {opening:?}", texts.len());
    }
}

#[test]
fn guests_write_several_languages_and_a_machine_translates_them() {
    for (profile, business) in TWENTY.iter().filter(|(profile, _)| profile.size != Size::Small) {
        let texts: Vec<&Text> = reviews(business).filter_map(first_text).collect();
        let own = texts.iter().filter(|text| text.language == profile.language).count();
        within("the restaurant's own language", share(own, texts.len()), 0.73, 0.83);
        let languages: HashSet<Language> = texts.iter().map(|text| text.language).collect();
        assert_eq!(languages.len(), 6);
        for text in texts {
            let foreign = profile.language == Language::En && text.language != Language::En;
            assert_eq!(text.translation.is_some(), foreign, "{text:?}");
            assert_ne!(text.translation.as_deref(), Some(&*text.original));
        }
    }
}

#[test]
fn the_last_month_has_a_story() {
    for scenario in [Scenario::Healthy, Scenario::Struggling] {
        let business = Business::new(&Profile { scenario, ..harbor(3) });
        let first = &business.locations[0];
        let edits: Vec<&Review> = first.reviews.iter().filter(|review| review.versions.len() > 1).collect();
        let changes: Vec<(u8, u8)> =
            edits.iter().map(|review| (review.versions[0].stars, review.versions[1].stars)).collect();
        assert!(edits.len() >= 3 && changes.contains(&(2, 4)) && changes.contains(&(5, 2)), "{changes:?}");
        let convinced = |review: &&&Review| {
            review.answer.as_ref().is_some_and(|answer| review.versions[1].at.since(answer.at) > minutes(60 * 24))
        };
        assert!(edits.iter().filter(convinced).count() >= 1, "somebody came back after the owner's answer");
        assert!(edits.iter().any(|review| review.versions[1].at > start()), "an edit is seen as it happens");
        let deleted: Vec<&Review> = first.reviews.iter().filter(|review| review.deleted_at.is_some()).collect();
        assert_eq!(deleted.len(), 1);
        assert!(deleted[0].version_at(start()).is_some() && deleted[0].version_at(start() + minutes(90)).is_none());

        let about = |word: &str| {
            let month_ago = start() - minutes(60 * 24 * 30);
            let texts = first.reviews.iter().filter(|review| review.created_at > month_ago).filter_map(first_text);
            texts.filter(|text| text.original.to_lowercase().contains(word)).count()
        };
        match scenario {
            Scenario::Struggling => assert!(about("book") + about("reserv") + about("confirm") >= 7),
            _ => assert!((2..=6).contains(&about("oven")), "{}", about("oven")),
        }
    }
}

#[test]
fn a_review_reads_as_it_stood_at_an_instant() {
    let business = Business::new(&harbor(4));
    let edited = reviews(&business).find(|review| review.versions.len() > 1).unwrap();
    let [first, second] = &edited.versions[..] else { panic!("two versions") };
    assert_eq!(edited.version_at(edited.created_at - minutes(1)), None);
    assert_eq!(edited.version_at(edited.created_at), Some(first));
    assert_eq!(edited.version_at(second.at), Some(second));
    assert_eq!(edited.updated_at(second.at), Some(second.at));
    assert_ne!(first.text, second.text);
}

#[test]
fn reviews_come_after_meals_at_weekends_and_lately() {
    let business = Business::new(&Profile { size: Size::Large, ..harbor(5) });
    let all: Vec<&Review> = reviews(&business).collect();
    let local = |review: &Review| review.created_at.micros().div_euclid(3_600_000_000) - 5;
    let evening = all.iter().filter(|review| (18..24).contains(&local(review).rem_euclid(24))).count();
    within("evenings", share(evening, all.len()), 0.40, 0.65);
    let weekend = all.iter().filter(|review| (local(review).div_euclid(24) + 3).rem_euclid(7) >= 5).count();
    within("weekends", share(weekend, all.len()), 0.33, 0.50);
    let since = |days: u64| all.iter().filter(|review| start().since(review.created_at) < minutes(1440 * days)).count();
    assert!(since(90) > 2 * (since(730) - since(640)), "denser lately");
    assert!(start().since(all.iter().map(|review| review.created_at).min().unwrap()) > minutes(1440 * 700));
    assert!(business.locations.iter().all(|place| place.reviews.is_sorted_by_key(|review| review.created_at)));
    assert!(all.iter().all(|review| review.created_at <= start()));
    assert!(all.iter().filter_map(|review| review.answer.as_ref()).all(|answer| answer.at <= start()));
}

#[test]
fn ids_are_a_profiles_own_and_texts_are_the_seeds() {
    let (mine, yours) = (Business::new(&harbor(6)), Business::new(&Profile { user_key: "else".into(), ..harbor(6) }));
    let texts = |business: &Business| {
        reviews(business).filter_map(first_text).map(|text| text.original.clone()).collect::<HashSet<_>>()
    };
    assert_eq!(texts(&mine), texts(&yours));
    assert_ne!(texts(&mine), texts(&Business::new(&harbor(7))));
    let ids = |business: &Business| reviews(business).map(|review| review.id.clone()).collect::<HashSet<_>>();
    assert!(ids(&mine).is_disjoint(&ids(&yours)));
    assert_eq!(ids(&mine).len(), reviews(&mine).count());
    assert!(ids(&mine).iter().all(|id| id.starts_with("AbFvOq") && id.len() == 40));
    assert_ne!(mine.account.number, yours.account.number);
    assert_ne!(mine.locations[0].number, mine.locations[1].number);
    assert!(mine.account.number < i64::MAX as u64);
}

#[test]
fn people_share_names_and_some_have_none() {
    let business = Business::new(&Profile { size: Size::Large, ..harbor(8) });
    let all: Vec<&Reviewer> = reviews(&business).map(|review| &review.reviewer).collect();
    let anonymous = all.iter().filter(|reviewer| reviewer.is_anonymous).count();
    within("anonymous", share(anonymous, all.len()), 0.01, 0.04);
    let names: HashSet<&str> = all.iter().map(|reviewer| &*reviewer.name).collect();
    assert!(names.len() < all.len() - anonymous, "two people of one name");
    within("names", share(names.len(), all.len()), 0.5, 0.98);
}

#[test]
fn settings_change_what_is_made() {
    let usual = Business::new(&harbor(9));
    let answers = |business: &Business| {
        reviews(business).filter_map(|review| review.answer.clone()).map(|answer| answer.text).collect::<HashSet<_>>()
    };
    let brief = Business::new(&Profile { personality: Personality::Brief, ..harbor(9) });
    assert!(answers(&usual).intersection(&answers(&brief)).count() * 10 < answers(&usual).len());
    let named = Business::new(&Profile { channel_name: "Café Köhler".into(), size: Size::Small, ..harbor(9) });
    assert_eq!(named.account.name, "Café Köhler");
    assert_eq!(named.locations[0].title, "Café Köhler");
    assert!(named.locations[0].website.starts_with("https://cafe-kohler.example/"));
    let german = Business::new(&Profile { language: Language::De, ..harbor(9) });
    assert_eq!((german.locations[0].region, german.locations[0].language), ("DE", Language::De));
    assert_eq!(usual.locations[0].title, "Harbor & Thyme Old Port");
}

#[test]
fn whoever_was_let_down_may_come_back_after_an_answer() {
    let profile = harbor(10);
    let business = Business::new(&profile);
    let (mut asked, mut came) = (0, 0);
    for review in reviews(&business).filter(|review| review.versions.len() == 1 && review.deleted_at.is_none()) {
        let version = &review.versions[0];
        let reaction = reaction(&profile, review, start());
        if version.stars > 3 || version.text.is_none() {
            assert_eq!(reaction, None);
            continue;
        }
        asked += 1;
        if let Some(reaction) = reaction {
            came += 1;
            assert!(reaction.stars > version.stars && reaction.text != version.text);
            let delay = reaction.at.since(start());
            assert!(delay >= minutes(1) && delay <= minutes(40), "{delay:?}");
        }
    }
    within("come back", share(came, asked), 0.3, 0.6);
}

#[test]
fn new_reviews_come_while_somebody_watches_and_then_at_the_restaurants_own_pace() {
    for (size, low, high) in [(Size::Small, 1, 6), (Size::Medium, 2, 9), (Size::Large, 9, 30)] {
        let profile = Profile { size, ..harbor(11) };
        let business = Business::new(&profile);
        let count = |from: u64, to: u64| -> usize {
            let arrivals =
                |place: &Location| place.arrivals(&profile, start() + minutes(from), start() + minutes(to)).len();
            business.locations.iter().map(arrivals).sum()
        };
        assert!((3..=5).contains(&count(0, 6)), "{size}: {} in six minutes", count(0, 6));
        assert!((3..=7).contains(&count(6, 30)), "{size}: {} in the first half hour", count(6, 30));
        let daily = count(1440 * 30, 1440 * 37) / 7;
        let weekly = count(1440 * 30, 1440 * 37);
        assert!((low * 2..=high * 7).contains(&weekly), "{size}: {daily} a day a month later");
    }
}

#[test]
fn what_comes_later_repeats_nothing() {
    let profile = harbor(12);
    let business = Business::new(&profile);
    let long = |review: &Review| {
        let text = first_text(review)?.original.to_lowercase();
        (text.chars().count() > 20).then_some(text)
    };
    let before: HashSet<String> = reviews(&business).filter_map(long).collect();
    let later =
        business.locations.iter().flat_map(|place| place.arrivals(&profile, start(), start() + minutes(90_000)));
    let later: Vec<String> = later.filter_map(|review| long(&review)).collect();
    let distinct: HashSet<&String> = later.iter().collect();
    assert!(later.len() > 80 && later.iter().all(|text| !before.contains(text)));
    assert!(share(distinct.len(), later.len()) > 0.98, "{} of {}", distinct.len(), later.len());
}

/// Whoever changes what a seed means changes every demo that runs: this figure tells.
#[test]
fn a_seed_means_one_restaurant_for_ever() {
    let profile = harbor(1);
    let mut hash = Sha256::new();
    for location in Business::new(&profile).locations {
        let arrivals = location.arrivals(&profile, start(), start() + minutes(60));
        for review in location.reviews.iter().chain(&arrivals) {
            hash.update(format!("{review:?}\n").replace(", trade: Restaurant", ""));
        }
    }
    let figure: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(figure, "8c9135bcf871ed8a");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_span_brings_the_same_reviews_however_it_is_split(seed: u64, cut in 0u64..4_000, more in 1u64..40_000) {
        let profile = Profile { size: Size::Small, ..harbor(seed) };
        let place = &Business::new(&profile).locations[0];
        let (from, middle, to) = (start() - minutes(5), start() + minutes(cut), start() + minutes(cut + more));
        let whole = place.arrivals(&profile, from, to);
        let parts = [place.arrivals(&profile, from, middle), place.arrivals(&profile, middle, to)].concat();
        prop_assert_eq!(&whole, &parts);
        prop_assert!(whole.is_sorted_by(|a, b| a.created_at < b.created_at));
        prop_assert!(whole.iter().all(|review| review.created_at > start() && review.created_at <= to));
        prop_assert_eq!(Business::new(&profile).locations[0].clone(), place.clone());
    }
}

#[test]
#[ignore = "prints a sample to be read"]
fn print_a_restaurant() {
    let name = |name: &str| std::env::var(name).unwrap_or_default();
    let story = name("STORY").parse().unwrap_or(Story::Restaurant);
    let profile = Profile {
        story,
        channel_name: story.name().unwrap_or(BRAND).into(),
        language: name("LANGUAGE").parse().unwrap_or(Language::En),
        scenario: name("SCENARIO").parse().unwrap_or(Scenario::Healthy),
        personality: name("PERSONALITY").parse().unwrap_or(Personality::Friendly),
        size: name("SIZE").parse().unwrap_or(Size::Medium),
        ..harbor(name("SEED").parse().unwrap_or(7))
    };
    let business = Business::new(&profile);
    for location in &business.locations {
        let Location { title, address_line, postal_code, locality, phone, website, .. } = location;
        println!("{title}, {address_line}, {postal_code} {locality}, {phone}, {website}: {}", location.reviews.len());
    }
    let step = name("STEP").parse().unwrap_or(9);
    let special = |review: &&Review| review.versions.len() > 1 || review.deleted_at.is_some();
    let sample = reviews(&business).step_by(step).chain(reviews(&business).filter(special));
    for review in sample.filter(|review| first_text(review).is_some() || review.answer.is_some()) {
        println!(
            "\n{} by {}{:?}",
            review.created_at,
            review.reviewer.name,
            review.photos.iter().map(|photo| &photo.label).collect::<Vec<_>>()
        );
        for version in &review.versions {
            let text = version.text.as_ref();
            println!("  {}* {}", version.stars, text.map_or("-", |text| &text.original));
            if let Some(translation) = text.and_then(|text| text.translation.as_ref()) {
                println!("     = {translation}");
            }
        }
        if let Some(answer) = &review.answer {
            println!("  > {}", answer.text);
        }
    }
}

#[test]
#[ignore = "measures, rather than asserts"]
#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn measure_a_restaurant() {
    for size in Size::ALL {
        let begun = std::time::Instant::now();
        let business = Business::new(&Profile { size: *size, ..harbor(7) });
        println!("{size}: {:?} for {} reviews", begun.elapsed(), reviews(&business).count());
    }
}
