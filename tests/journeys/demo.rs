//! Demo mode, switched on and off, watched, reloaded, cut and cancelled.

use kit::both_databases;
use kit::testing::{Engine, wait_until};

use super::person::Person;
use crate::support::{Server, free_port, http};

/// Slow enough that every state can be looked at.
const SLOWLY: [(&str, &str); 1] = [("REPRUV_SIMULATOR_DELAY_MS", "60")];
/// So slow that it does not end while it is looked at.
const VERY_SLOWLY: [(&str, &str); 1] = [("REPRUV_SIMULATOR_DELAY_MS", "1500")];

both_databases! {
    async fn demo_mode_sets_itself_up_across_a_reload_and_goes_again(engine: Engine) {
        let server = Server::start_with(engine, &SLOWLY).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;

        person.press("enable-demo").await;
        person.sees("demo-enabling").await;
        person.browser.reload().await;
        person.reads("demo-banner", "being set up").await;
        person.sees("demo-enabled").await;
        person.sees("connection-youtube").await;
        person.sees("interaction").await;

        let colleague = Person::new(&server).await;
        colleague.sign_in().await;
        colleague.sees("demo-enabled").await;

        person.press("disable-demo").await;
        person.sees("enable-demo").await;
        assert_eq!(person.browser.count("[data-test=demo-banner]").await, 0);
        colleague.sees("enable-demo").await;
        colleague.leaves_no_trace().await;
        person.leaves_no_trace().await;
    }

    async fn demo_mode_goes_on_after_the_power_was_cut(engine: Engine) {
        let mut server = Server::start_with(engine, &VERY_SLOWLY).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.press("enable-demo").await;
        person.sees("demo-enabling").await;

        server.kill();
        server.restart_with(&SLOWLY).await;
        person.browser.reload().await;
        person.reads("demo-banner", "being set up").await;
        person.sees("demo-enabled").await;
        person.leaves_no_trace().await;
    }
}

#[test]
fn demo_mode_needs_no_javascript() {
    kit::testing::run(async {
        let server = Server::start_with(Engine::Sqlite, &SLOWLY).await;
        let person = Person::new(&server).await;
        person.browser.disable_javascript().await;
        person.sign_up(&server).await;

        person.press("enable-demo").await;
        person.sees("demo-enabling").await;
        person.browser.reload().await;
        person.reads("demo-banner", "being set up").await;
        person.sees_by_reloading("demo-enabled").await;
        person.press("disable-demo").await;
        person.sees_by_reloading("enable-demo").await;
        person.leaves_no_trace().await;
    });
}

/// F40: a browser opens six connections to one host, and a stream takes one for itself.
#[test]
fn eight_tabs_of_one_browser_stay_alive() {
    kit::testing::run(async {
        let figures = format!("127.0.0.1:{}", free_port());
        let metrics: (&str, &str) = ("REPRUV_METRICS_LISTEN", &figures);
        let server = Server::start_with(Engine::Sqlite, &[SLOWLY[0], metrics]).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.sees("enable-demo").await;
        for _ in 0..7 {
            person.browser.open_tab().await;
            person.open("/dashboard").await;
            person.sees("enable-demo").await;
        }
        wait_until("the page that is looked at is the only one that listens", || async {
            let figures = http().get(format!("http://{figures}/metrics")).send().await.expect("it answers");
            figures.text().await.expect("text").lines().any(|line| line == "repruv_event_streams 1")
        })
        .await;
        person.press("enable-demo").await;
        person.sees("demo-enabled").await;
        person.browser.look_at_first_tab().await;
        person.sees("demo-enabled").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn an_open_page_recovers_by_itself_when_the_server_comes_back() {
    kit::testing::run(async {
        let mut server = Server::start_with(Engine::Sqlite, &VERY_SLOWLY).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.press("enable-demo").await;
        person.sees("demo-enabling").await;

        server.restart_with(&SLOWLY).await;
        person.sees("demo-enabled").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn what_is_being_set_up_can_be_cancelled() {
    kit::testing::run(async {
        let server = Server::start_with(Engine::Sqlite, &VERY_SLOWLY).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.press("enable-demo").await;
        person.press("demo-cancel").await;
        person.sees("enable-demo").await;
        person.no_longer_sees("demo-banner").await;
        person.leaves_no_trace().await;
    });
}
