//! What the inbox's scripts weigh.

use kit::testing::Engine;

use crate::inbox::testing::three_questions;
use crate::testing::TestApp;
use crate::web::ui::assets;

/// On the wire, all of a page's together.
const MOST: usize = 9_000;

#[test]
fn the_scripts_of_the_inbox_are_light() {
    kit::testing::run(async {
        let app = TestApp::fresh(Engine::Sqlite).await.with_ann().await;
        let ids = three_questions(&app).await;
        for path in ["/inbox".to_owned(), format!("/inbox/{}", ids[0])] {
            let page = app.get(&path).await.text;
            let scripts = page.split("src=\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
            let scripts = scripts.filter(|file| file.ends_with(".js")).collect::<Vec<_>>();
            let weight = |file: &&str| assets::find(file).expect("it is served").negotiate("gzip").0.len();
            let (count, weight) = (scripts.len(), scripts.iter().map(weight).sum::<usize>());
            assert!(count >= 2 && weight <= MOST, "{path}: {weight} bytes in {scripts:?}");
        }
    });
}
