//! What is chosen of a demo is what is made, or is refused beside its field.

use std::collections::BTreeMap;

use kit::args;
use kit::both_databases;
use serde_json::{Value, json};

use super::DemoFixture;
use crate::demo::{DemoLanguage, Niche};
use crate::testing::TestApp;

impl DemoFixture {
    async fn set_up(&self, choice: Value) -> Value {
        self.enable_with(choice.clone()).await;
        self.run_until_settled().await;
        let status = self.status().await;
        assert_eq!(status["status"], "enabled", "{choice}: {status}");
        status["profile"].clone()
    }

    async fn leave(&self) {
        self.disable().await;
        self.run_until_settled().await;
    }

    /// Of what other people wrote, how much in which language.
    async fn languages(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT language, count(*) FROM interactions
                   WHERE NOT is_own AND language IS NOT NULL AND language <> 'other' GROUP BY language";
        self.app.app.db.read(|conn| conn.all::<(String, i64)>(sql, args![])).await.unwrap().into_iter().collect()
    }

    async fn titles(&self) -> Vec<String> {
        let sql = "SELECT title FROM content_items WHERE kind = 'video' AND title IS NOT NULL ORDER BY title";
        self.app.app.db.read(|conn| conn.all(sql, args![])).await.unwrap()
    }
}

both_databases! {
    async fn the_choice_is_honoured_and_shown(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        fixture.enable_with(json!({ "scenario": "viral", "size": "small", "seed": 4711 })).await;
        fixture.run_until_settled().await;
        let profile = fixture.status().await["profile"].clone();
        assert_eq!(
            (profile["scenario"].as_str(), profile["size"].as_str(), profile["seed"].as_u64()),
            (Some("viral"), Some("small"), Some(4711))
        );
        let page = fixture.app.get("/settings/demo").await.text;
        assert!(page.contains("4711") && page.contains("Viral"), "{page}");
    }

    async fn a_niche_is_chosen_by_a_creator_and_changes_what_the_channel_is_about(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let usual = fixture.set_up(json!({ "size": "small", "seed": 7 })).await;
        assert_eq!((&usual["niche"], &usual["language"]), (&json!("cooking"), &json!("en")));
        let cooking = fixture.titles().await;
        fixture.leave().await;
        let gaming = fixture.set_up(json!({ "size": "small", "seed": 7, "niche": "gaming" })).await;
        assert_eq!(gaming["niche"], "gaming");
        assert_ne!(gaming["channel_name"], usual["channel_name"]);
        let titles = fixture.titles().await;
        let same = titles.iter().filter(|title| cooking.contains(title)).count();
        assert!(same * 10 < titles.len() && titles.len() > 30, "{same} of {titles:?}");
        let page = fixture.app.get("/settings/demo").await.text;
        assert!(page.contains("Gaming") && page.contains("English"), "{page}");
    }

    async fn most_people_of_any_story_write_the_language_that_was_chosen(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let chosen = [("creator", "de"), ("restaurant", "es"), ("shop", "fr"), ("brand", "it"), ("agency", "pt")];
        for (story, language) in chosen {
            let made = fixture.set_up(json!({ "story": story, "size": "small", "seed": 7, "language": language })).await;
            assert_eq!((&made["story"], &made["language"]), (&json!(story), &json!(language)));
            let languages = fixture.languages().await;
            let (of_it, all) = (languages.get(language).copied().unwrap_or(0), languages.values().sum::<i64>());
            assert!(of_it * 2 > all && all > 50, "{story} in {language}: {languages:?}");
            fixture.leave().await;
        }
    }

    async fn what_cannot_be_chosen_is_refused_beside_its_field(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        for (choice, field) in [
            (json!({ "niche": "politics" }), "niche"),
            (json!({ "niche": 5 }), "niche"),
            (json!({ "story": "restaurant", "niche": "gaming" }), "niche"),
            (json!({ "story": "brand", "niche": "travel", "seed": 7 }), "niche"),
            (json!({ "language": "xx" }), "language"),
            (json!({ "language": "" }), "language"),
        ] {
            let answer = fixture.app.json("POST", "/api/demo/enable", choice.clone()).await;
            let refused = answer.json();
            assert_eq!((answer.status.as_u16(), &refused["errors"][0]["field"]), (422, &json!(field)), "{choice}: {refused}");
        }
        for (form, told) in [
            (&[("story", "restaurant"), ("niche", "gaming")][..], "Only a growing creator has a niche to choose."),
            (&[("niche", "politics")], "Choose one of these niches."),
            (&[("language", "xx")], "Choose one of these languages."),
            (&[("seed", "many")], "Enter a whole number"),
        ] {
            let answer = fixture.app.post("/demo/enable", form).await;
            assert!(answer.status == 422 && answer.text.contains(told), "{form:?}: {} {}", answer.status, answer.text);
            assert!(answer.text.contains("<details data-test=\"more-choices\" open>"), "{}", answer.text);
        }
        assert_eq!(fixture.status().await["status"], "disabled");
        assert_eq!(fixture.count("background_jobs").await, 0);
        let page = fixture.app.get("/settings/demo").await.text;
        assert!(page.contains("<details data-test=\"more-choices\"><summary>More choices</summary>"), "{page}");
        for name in Niche::ALL.iter().map(|niche| niche.as_str()).chain(DemoLanguage::ALL[1..].iter().map(|one| one.as_str())) {
            assert!(page.contains(&format!("<option value=\"{name}\">")), "{name}: {page}");
        }
        // Told back as it was told.
        let made = fixture.set_up(json!({ "story": "restaurant", "size": "small", "niche": "cooking", "language": "en" })).await;
        assert_eq!(made["niche"], "cooking");
    }

    async fn a_form_sets_up_what_it_says(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let form = [("story", "creator"), ("size", "small"), ("niche", "music"), ("language", "fr"), ("seed", "11")];
        let answer = fixture.app.post("/demo/enable", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        fixture.run_until_settled().await;
        let made = fixture.status().await["profile"].clone();
        assert_eq!((&made["niche"], &made["language"], &made["seed"]), (&json!("music"), &json!("fr"), &json!(11)));
    }
}
