//! Hashes, and who gets one computed when many ask.

use super::strangers::WAITING_AT_AN_ADDRESS;
use super::*;

const PASSWORD: &str = "maple river lantern quiet";

#[tokio::test]
async fn a_hash_is_argon2id_in_phc_form_and_opens_for_its_password_only() {
    let passwords = Passwords::start(Random::seeded(1));
    let hash = passwords.hash(&Asker::Known, &Password::new(PASSWORD)).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let verify =
        async |password: &str| passwords.verify(&Asker::Known, &Password::new(password), Some(&hash)).await.unwrap();
    assert_eq!(verify(PASSWORD).await, Verdict::Right { outdated: false });
    assert_eq!(verify("").await, Verdict::Wrong);
    for position in 0..PASSWORD.len() {
        let mut other = PASSWORD.as_bytes().to_vec();
        other[position] ^= 1;
        assert_eq!(verify(&String::from_utf8(other).unwrap()).await, Verdict::Wrong, "byte {position}");
    }
    assert_eq!(verify(&format!("{PASSWORD} ")).await, Verdict::Wrong);
    let again = passwords.hash(&Asker::Known, &Password::new(PASSWORD)).await.unwrap();
    assert_ne!(hash, again, "each hash has its own salt");
}

#[tokio::test]
async fn a_hash_of_smaller_parameters_still_opens_and_is_called_outdated() {
    use argon2::PasswordHasher as _;
    let small = Argon2::new(Algorithm::Argon2id, Version::default(), Params::new(8_192, 1, 1, None).unwrap());
    let hash = small.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap().to_string();
    let passwords = Passwords::start(Random::seeded(1));
    let verdict = passwords.verify(&Asker::Known, &Password::new(PASSWORD), Some(&hash)).await.unwrap();
    assert_eq!(verdict, Verdict::Right { outdated: true });
}

#[tokio::test]
async fn a_hash_of_the_former_system_opens_and_is_called_outdated() {
    let passwords = Passwords::start(Random::seeded(1));
    let hash = bcrypt::hash(PASSWORD, 4).unwrap();
    let verify =
        async |password: &str| passwords.verify(&Asker::Known, &Password::new(password), Some(&hash)).await.unwrap();
    assert_eq!(verify(PASSWORD).await, Verdict::Right { outdated: true });
    assert_eq!(verify("maple river lantern quies").await, Verdict::Wrong);
    assert_eq!(verify("").await, Verdict::Wrong);
}

/// The shortest of several: a busy machine only ever adds.
#[tokio::test]
async fn who_came_from_the_former_system_cannot_be_told_by_a_failed_sign_in() {
    let passwords = Passwords::start(Random::seeded(1));
    let (wrong, modern) =
        (Password::new("wrong"), passwords.hash(&Asker::Known, &Password::new(PASSWORD)).await.unwrap());
    let (old, older) = (bcrypt::hash(PASSWORD, 11).unwrap(), bcrypt::hash(PASSWORD, 12).unwrap());
    passwords.expect_hash(&older);
    let mut shortest = [Duration::MAX; 4];
    let is_alike = |times: &[Duration; 4]| *times.iter().max().unwrap() < *times.iter().min().unwrap() * 3 / 2;
    for round in 0..40 {
        if round >= 5 && is_alike(&shortest) {
            return;
        }
        for (hash, shortest) in [None, Some(&modern), Some(&old), Some(&older)].into_iter().zip(&mut shortest) {
            let started = tokio::time::Instant::now();
            passwords.verify(&Asker::Known, &wrong, hash.map(String::as_str)).await.unwrap();
            *shortest = started.elapsed().min(*shortest);
        }
    }
    panic!("{shortest:?}");
}

#[tokio::test]
async fn what_is_not_a_hash_never_opens() {
    let passwords = Passwords::start(Random::seeded(1));
    for hash in [None, Some(""), Some("!"), Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ")] {
        assert_eq!(
            passwords.verify(&Asker::Known, &Password::new(""), hash).await.unwrap(),
            Verdict::Wrong,
            "{hash:?}"
        );
    }
}

#[tokio::test]
async fn a_flood_is_turned_away_and_the_queue_is_served() {
    let passwords = Passwords::start(Random::seeded(1));
    let password = Password::new(PASSWORD);
    let answers = futures_util::future::join_all((0..100).map(|_| passwords.hash(&Asker::Known, &password))).await;
    let served = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!((QUEUE..=QUEUE + 2 * MOST_THREADS).contains(&served), "{served} served");
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| matches!(error, Error::Busy)));
    passwords.hash(&Asker::Known, &password).await.expect("the queue is free again");
}

#[tokio::test]
async fn strangers_leave_room_and_an_address_has_one_hash_under_way() {
    let passwords = Passwords::start_cheap(Random::seeded(1));
    let wrong = Password::new("wrong");
    let from = |n: usize| Asker::Stranger(format!("2001:db8:{n:x}::/64"));
    let flood: Vec<_> = (0..100).map(from).collect();
    let flooding = flood.iter().map(|asker| passwords.verify(asker, &wrong, None));
    let known = (0..QUEUE - FOR_STRANGERS).map(|_| passwords.verify(&Asker::Known, &wrong, None));
    let (strangers, known) =
        tokio::join!(futures_util::future::join_all(flooding), futures_util::future::join_all(known));
    let served = strangers.iter().filter(|answer| answer.is_ok()).count();
    assert!((FOR_STRANGERS..100).contains(&served), "{served} served");
    assert!(known.iter().all(Result::is_ok), "{known:?}");

    let one = from(1);
    let at_once = futures_util::future::join_all((0..20).map(|_| passwords.verify(&one, &wrong, None))).await;
    let served = at_once.iter().filter(|answer| answer.is_ok()).count();
    assert!(
        (1 + WAITING_AT_AN_ADDRESS..20).contains(&served),
        "one is under way, a few wait, others are turned away: {served}"
    );
    passwords.verify(&one, &wrong, None).await.expect("its place is free again");
}

#[test]
fn a_password_is_not_printed() {
    assert_eq!(format!("{:?}", Password::new(PASSWORD)), "Password(…)");
}
