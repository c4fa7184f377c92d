//! The rules on texts that people write.

mod labels;

use sha2::{Digest as _, Sha256};

use super::*;

fn english(text: &str) -> Facts {
    facts(Given { text: Some(text), account_language: Some(Language::English), ..Given::default() })
}

fn plain(text: &str) -> Facts {
    facts(Given { text: Some(text), ..Given::default() })
}

fn rated(rating: i64, text: &str) -> Facts {
    facts(Given { text: Some(text), rating: Some(rating), ..Given::default() })
}

fn codes(facts: &Facts, fact: Fact) -> Vec<&str> {
    facts.reasons.iter().filter(|reason| reason.fact == fact).map(|reason| reason.reason.as_str()).collect()
}

/// Of what the rules go by, word for word. Where it changes, so does [`RULESET`], for each row says by which rules it was judged.
#[test]
fn rules_that_change_have_a_number_of_their_own() {
    let mut digest = Sha256::new();
    let lexicons = ["en", "de", "es", "fr", "pt", "it"].map(|language| {
        std::fs::read_to_string(format!("{}/src/inbox/derive/lexicon/{language}.txt", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    });
    lexicons.iter().for_each(|lexicon| digest.update(lexicon));
    let found = digest.finalize()[..4].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((RULESET, found.as_str()), (5, "3dbaedc0"), "rules that changed need the next number");
}

#[test]
fn a_language_is_told_by_its_words() {
    for (language, text) in [
        (Language::English, "I have been making pour over for ten years and never thought about the water"),
        (Language::English, "What camera do you use?"),
        (Language::German, "Ich warte seit drei Wochen auf meine Bestellung und niemand antwortet"),
        (Language::German, "Welches Mikrofon benutzt du?"),
        (Language::Spanish, "¿Qué cámara usas para grabar?"),
        (Language::Spanish, "No me gustó nada, muy aburrido"),
        (Language::French, "Super vidéo, merci beaucoup pour les explications"),
        (Language::French, "Le lien ne marche pas"),
        (Language::Portuguese, "Quanto custa esse moedor? Vocês entregam em Portugal?"),
        (Language::Portuguese, "Adorei o vídeo, parabéns pelo trabalho"),
        (Language::Italian, "Dove posso comprare questa macchina?"),
        (Language::Italian, "Bellissimo video, complimenti davvero!"),
        (Language::Japanese, "これは素晴らしい動画ですね"),
        (Language::Russian, "Очень крутое видео, спасибо"),
        (Language::Ukrainian, "Дуже гарне відео, дякую за працю і її красу"),
    ] {
        assert_eq!(plain(text).language, Some(language), "{text}");
    }
}

#[test]
fn a_short_text_goes_by_the_account_and_emoji_by_nobody() {
    assert_eq!(plain("Nice one").language, None, "seven letters tell nothing");
    assert_eq!(english("Nice one").language, Some(Language::English));
    assert_eq!(english("😍😍").language, None);
    assert_eq!(english("10/10 !!").language, None);
    assert_eq!(codes(&english("First"), Fact::Language), ["too_short"]);
}

#[test]
fn a_language_that_has_no_list_is_not_taken_for_one_that_has() {
    for text in [
        "Dit is echt een heel mooie video, bedankt voor het delen",
        "To jest naprawdę świetny film, dziękuję bardzo za to",
        "Çok güzel bir video olmuş, emeğinize sağlık hocam",
    ] {
        assert_eq!(english(text).language, None, "{text}");
        assert_eq!(english(text).sentiment, Sentiment::Unknown, "{text}");
    }
}

#[test]
fn a_rating_decides_unless_the_words_clearly_say_otherwise() {
    assert_eq!(rated(1, "").sentiment, Sentiment::Negative);
    assert_eq!(rated(2, "It was great").sentiment, Sentiment::Negative);
    assert_eq!(rated(3, "").sentiment, Sentiment::Mixed);
    assert_eq!(rated(5, "").sentiment, Sentiment::Positive);
    let mixed = rated(5, "The food was cold and the staff were terribly rude, an awful evening.");
    assert_eq!(mixed.sentiment, Sentiment::Mixed);
    assert_eq!(codes(&mixed, Fact::Sentiment), ["rating_against_words"]);
}

#[test]
fn emoji_come_before_words_and_contradicted_ones_are_mixed() {
    assert_eq!(english("😍😍").sentiment, Sentiment::Positive);
    assert_eq!(english("the new intro 👎").sentiment, Sentiment::Negative);
    assert_eq!(english("😂😂😂").sentiment, Sentiment::Unknown, "laughing is laughing with or at");
    assert_eq!(english("I love this so much, best channel 😡").sentiment, Sentiment::Mixed);
}

#[test]
fn english_words_with_negators_and_intensifiers() {
    for (sentiment, text) in [
        (Sentiment::Positive, "This is the best coffee video I have ever seen"),
        (Sentiment::Positive, "not bad at all"),
        (Sentiment::Positive, "Soooo gooood"),
        (Sentiment::Positive, "can't wait for the next one"),
        (Sentiment::Positive, "Never disappoints!"),
        (Sentiment::Negative, "I don't like this at all"),
        (Sentiment::Negative, "This is not good."),
        (Sentiment::Mixed, "I love the idea but the audio is terrible"),
        (Sentiment::Negative, "Waited forty minutes and the coffee was cold. We used to love this place."),
        (Sentiment::Neutral, "the food was okay"),
        (Sentiment::Neutral, "What camera do you use for the close-ups?"),
        (Sentiment::Unknown, "Filmed it on the train to Leeds"),
    ] {
        assert_eq!(english(text).sentiment, sentiment, "{text}: {:?}", english(text));
    }
    let torn = english("Great camera work, terrible sound.");
    assert_eq!((torn.sentiment, codes(&torn, Fact::Sentiment)), (Sentiment::Mixed, vec!["words_both_ways"]));
}

#[test]
fn other_languages_by_their_own_lists_and_negators() {
    for (sentiment, text) in [
        (Sentiment::Positive, "Das Video ist echt super schön gemacht, danke dir!"),
        (Sentiment::Negative, "Das gefällt mir überhaupt nicht"),
        (Sentiment::Positive, "Me encanta este canal, sigue así"),
        (Sentiment::Negative, "No me gustó nada este video"),
        (Sentiment::Positive, "J'adore cette chaîne, bravo"),
        (Sentiment::Negative, "J'aime pas du tout la musique de cette vidéo"),
        (Sentiment::Positive, "Adorei o vídeo, muito bom"),
        (Sentiment::Negative, "Péssimo atendimento, não recomendo"),
        (Sentiment::Positive, "Bellissimo video, complimenti davvero"),
        (Sentiment::Negative, "Non mi è piaciuto per niente questo video"),
    ] {
        assert_eq!(plain(text).sentiment, sentiment, "{text}: {:?}", plain(text));
    }
    // "fatal", "gift" and "die" are English words, too; a German text is never read with the English list.
    assert_eq!(plain("Die Kamera steht auf dem Tisch, und dann kommt das Gift").sentiment, Sentiment::Unknown);
}

#[test]
fn intents_by_phrase_and_by_shape() {
    let has = |text: &str| english(text).intents;
    assert_eq!(has("What camera is that?"), [Intent::Question]);
    assert_eq!(has("how do you clean the grinder"), [Intent::Question]);
    assert_eq!(has("I know how do you feel"), [], "a question begins its clause");
    assert_eq!(has("How much is the grinder and do you ship to Canada?"), [Intent::Question, Intent::Purchase]);
    assert!(has("The link is broken and nobody answers").contains(&Intent::Complaint));
    assert!(!has("I was not disappointed by this one").contains(&Intent::Complaint));
    assert!(has("My son got food poisoning and ended up in hospital").contains(&Intent::Safety));
    assert!(has("My toddler choked on one of these beads").contains(&Intent::Safety));
    assert!(!has("Hm, still no luck, mine choked the machine again").contains(&Intent::Safety), "a machine is nobody");
    assert!(has("Thank you, this was so helpful").contains(&Intent::Praise));
    assert!(!has("Thank you for nothing, what a terrible waste of time").contains(&Intent::Praise));
    assert!(!has("see https://example.com/?q=1").contains(&Intent::Question), "a link asks nothing");
}

#[test]
fn spam_needs_more_than_a_word() {
    let is_spam = |text: &str| english(text).intents.contains(&Intent::Spam);
    assert!(is_spam("Check out my channel!"));
    assert!(is_spam("Earn crypto profit with www.cryptowin.com"));
    assert!(is_spam("Contact him for trading on WhatsApp +1 (555) 010-7788"));
    assert!(!is_spam("Is the free version enough?"));
    assert!(!is_spam("Here is the manual: https://example.com/manual"));
    assert!(!is_spam("@ann free shipping is only within the EU"), "a handle at the start only says who is answered");
    let repeated = |text| facts(Given { text: Some(text), repeated_by_others: true, ..Given::default() });
    assert!(repeated("The very same trading sentence").intents.contains(&Intent::Spam));
    assert!(repeated("The very same sentence by @somebody").intents.contains(&Intent::Spam));
    let crowd = repeated("My card was charged twice!");
    assert!(!crowd.intents.contains(&Intent::Spam) && crowd.is_wave() && crowd.want_reply(None));
    let by_platform = Given { text: Some("hello"), platform_says_spam: true, ..Given::default() };
    assert_eq!(codes(&facts(by_platform), Fact::Intent), ["spam_platform"]);
}

#[test]
fn priority_is_the_sum_of_its_reasons() {
    let hours = |hours: u64| Some(std::time::Duration::from_secs(hours * 3600));
    let with = |intents: &[Intent]| Facts { intents: intents.to_vec(), ..Facts::none() };
    let (nothing, question) = (with(&[]), with(&[Intent::Question]));
    let of = |facts| PriorityInputs { facts, rating: None, likes: None, is_repeat_author: false, waiting: None };
    assert_eq!(priority(of(&nothing)).1, PriorityBand::Low);
    assert_eq!(priority(PriorityInputs { likes: Some(99), ..of(&nothing) }).0, 10, "five for each power of ten");
    let waits = |waited| priority(PriorityInputs { waiting: hours(waited), ..of(&question) });
    assert_eq!((waits(23).0, waits(23).1), (140, PriorityBand::High));
    assert_eq!([waits(24).0, waits(71).0, waits(72).0, waits(24 * 7).0, waits(24 * 30).0], [65, 65, 45, 30, 20]);
    assert_eq!(waits(24 * 400).1, PriorityBand::Normal);
    let harm = with(&[Intent::Complaint, Intent::Safety]);
    assert_eq!(priority(of(&harm)).1, PriorityBand::Urgent);
    let all = with(&[Intent::Complaint, Intent::Question, Intent::Purchase, Intent::Safety, Intent::Spam]);
    let all = PriorityInputs {
        facts: &all,
        rating: Some(1),
        likes: Some(99_999),
        is_repeat_author: true,
        waiting: hours(24 * 4),
    };
    let (score, band, reasons) = priority(all);
    assert_eq!(score, 30 + 20 + 10 + 130 + 20 + 20 + 5 + 25 - 250);
    assert_eq!(score, reasons.iter().filter_map(|reason| reason.points).sum::<i64>());
    assert_eq!(band, PriorityBand::Normal);
}

#[test]
fn nothing_makes_the_rules_panic() {
    for text in
        ["", " ", "'", "''''", "ééé'", "a'", "?¿?", "\u{0}\u{feff}", "İİİİ", "ﬃﬃﬃﬃﬃ", "@", "+1", "www.", "....com"]
    {
        let _ = english(text);
        let _ = rated(9, text);
    }
    let long = "so good but not bad? ".repeat(5_000);
    assert_eq!(english(&long).language, Some(Language::English));
}

#[test]
fn the_same_text_gives_the_same_facts() {
    let text = "Love it, but where can I buy the cup? The link is broken 😍";
    assert_eq!(english(text), english(text));
    assert_eq!(serde_json::to_value(&english(text).reasons[0]).unwrap()["fact"], "language");
}

#[test]
fn food_that_tastes_burnt_hurts_nobody_and_a_burnt_hand_does() {
    let is_safety = |text: &str| plain(text).intents.contains(&Intent::Safety);
    for taste in [
        "au bout de combien d'essais on y arrive ? le mien avait un goût de brûlé",
        "Qualcuno sa perché il mio sa di bruciato?",
        "¿Alguien sabe por qué se me quemó el arroz otra vez?",
        "Alguém sabe por que o meu bolo queimou por baixo?",
        "Weiß jemand, warum meiner immer verbrannt schmeckt?",
        "Does anyone know why mine tastes burnt every time?",
        "How do I rescue it when it choked the machine every time?",
    ] {
        assert!(!is_safety(taste), "{taste}");
    }
    for hurt in [
        "attention à 2:10, je me suis brûlée en le faisant",
        "attenzione a 2:10, mi sono bruciata provandoci",
        "ojo con lo de 2:10, me quemé haciéndolo y acabé en urgencias",
        "cuidado, me queimei fazendo isso",
        "Vorsicht bei 2:10, ich habe mich dabei verbrannt",
        "careful at 2:10, I burned my hand doing this",
    ] {
        assert!(is_safety(hurt), "{hurt}");
    }
}

#[test]
fn zero_of_something_is_none_of_it_and_a_name_with_a_zero_is_a_name() {
    let has = |text: &str, intent| plain(text).intents.contains(&intent);
    for text in [
        "Cero humo, así da gusto 💯💯",
        "zero smoke and no smell, so good 💯",
        "Zéro fumée, ça fait du bien 💯",
        "Zero fumaça e zero cheiro, adorei 💯",
        "Zero fumo e zero puzza, che bello 💯",
        "Null Rauch, so macht das Spaß 💯",
    ] {
        assert!(!has(text, Intent::Safety), "{text}: {:?}", plain(text));
    }
    for (sentiment, text) in [
        (Sentiment::Positive, "Coke Zero is great with this"),
        (Sentiment::Positive, "I love how the Pi Zero looks amazing in that case"),
        (Sentiment::Negative, "My Pi Zero keeps crashing since the update"),
        (Sentiment::Negative, "the Zero motorcycle is terrible in the rain"),
        (Sentiment::Positive, "zero bugs and a lovely design"),
    ] {
        assert_eq!(english(text).sentiment, sentiment, "{text}: {:?}", english(text));
    }
    assert!(english("My Pi Zero keeps crashing since the update").intents.contains(&Intent::Complaint));
    assert!(has("Zero answers for weeks, terrible support", Intent::Complaint));
}

#[test]
fn a_trouble_that_is_gone_is_good_news_in_every_language() {
    let language = |language, text: &'static str| (language, text);
    for (language, text) in [
        language(Language::English, "changed the grind like you said at 2:10 and the bitterness is gone"),
        language(Language::English, "did the stretches for a week and the pains are finally gone"),
        language(Language::English, "after the update all the awful crashes have disappeared"),
        language(Language::English, "the humming in the left speaker vanished"),
        language(Language::German, "hab den Mahlgrad geändert wie du gesagt hast und die Bitterkeit ist weg"),
        language(Language::German, "nach einer Woche sind die Schmerzen komplett verschwunden"),
        language(Language::German, "seit dem Update sind alle Fehler endlich weg"),
        language(Language::Spanish, "cambié la molienda como dijiste y el amargor desapareció"),
        language(Language::Spanish, "con esos estiramientos se me quitaron los dolores"),
        language(Language::Spanish, "después de la actualización los ruidos se fueron"),
        language(Language::French, "j'ai changé la mouture comme tu as dit et l'amertume a disparu"),
        language(Language::French, "depuis la mise à jour les bruits ont disparu"),
        language(Language::French, "la douleur est enfin partie"),
        language(Language::Portuguese, "mudei a moagem como você disse e o amargor sumiu"),
        language(Language::Portuguese, "depois da atualização os erros desapareceram"),
        language(Language::Portuguese, "fiz os alongamentos e as dores foram embora"),
        language(Language::Italian, "ho cambiato la macinatura come hai detto e l'amarezza è sparita"),
        language(Language::Italian, "dopo l'aggiornamento i rumori sono scomparsi"),
        language(Language::Italian, "con gli esercizi sono spariti i dolori"),
    ] {
        let facts = facts(Given { text: Some(text), account_language: Some(language), ..Given::default() });
        assert_eq!(facts.sentiment, Sentiment::Positive, "{text}: {facts:?}");
        let is_alarm = facts.intents.iter().any(|intent| matches!(intent, Intent::Complaint | Intent::Safety));
        assert!(!is_alarm, "{text}: {facts:?}");
    }
    for text in [
        "the link is gone and nobody answers",
        "my respect for this awful channel is gone",
        "Is the crash gone? still terrible here",
        "the pain is still not gone and I am disappointed",
        "my money is gone and the item arrived broken",
        "the humming is gone but now it keeps crashing, terrible",
    ] {
        assert_ne!(english(text).sentiment, Sentiment::Positive, "{text}: {:?}", english(text));
    }
}

#[test]
fn beginners_ask_and_do_not_complain() {
    for text in [
        "Beginner question: how come the thawing test matters so much?",
        "Beginner question: how come the thawing test matters",
    ] {
        let facts = plain(text);
        let is_bad = facts.intents.contains(&Intent::Complaint) || facts.sentiment == Sentiment::Negative;
        assert!(!is_bad, "{text}: {facts:?}");
    }
}

#[test]
fn who_threatens_wants_to_buy_nothing() {
    for text in [
        "That's my footage at 2:10 without permission. please contact me or I'll file a claim",
        "You are using my photo without permission. Remove it or my lawyer will get in touch",
    ] {
        let intents = english(text).intents;
        assert!(intents.contains(&Intent::Safety) && !intents.contains(&Intent::Purchase), "{text}: {intents:?}");
    }
    assert!(english("We'd like a quote for our office, get in touch").intents.contains(&Intent::Purchase));
}

#[test]
fn a_good_review_asks_with_a_question_mark_and_buys_nothing_any_more() {
    let rated = |text: &str, rating: i64| {
        let given = Given {
            text: Some(text),
            rating: Some(rating),
            account_language: Some(Language::English),
            ..Given::default()
        };
        facts(given)
    };
    for over in [
        "Very fair prices for fish this fresh.",
        "That sourdough they bring out first is dangerous, we loved it.",
        "We got a gift card for here, and now I'm buying them for everyone. Lovely!",
        "Asked a hundred questions about the wine and got a hundred good answers.",
        "Très bon rapport qualité-prix, un grand merci à toute l'équipe.",
        "Endlich hat es geklappt, und es hat sich gelohnt. Ein toller Abend!",
    ] {
        assert!(!rated(over, 5).want_reply(Some(5)), "{over}: {:?}", rated(over, 5).intents);
    }
    for asked in [
        "Lovely dinner. How far ahead should one book for ten people?",
        "Dreamy patio. Any vegan mains besides the salad?",
    ] {
        assert!(rated(asked, 5).want_reply(Some(5)), "{asked}");
    }
    let sick = "Nice terrace, but the mussels made my son sick and we ended up in hospital.";
    assert!(rated(sick, 4).intents.contains(&Intent::Safety), "{:?}", rated(sick, 4));
}
