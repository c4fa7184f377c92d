//! What an account's ratings say.

use std::time::Duration;

use kit::args;
use kit::db::{Conn, Dialect};

use crate::inbox::listing::{self, Filter, RatedAnew, Reader};
use crate::inbox::testing::{Desk, MORNING, comment, own_reply};
use crate::model::{Kind, ObservedInteraction};

fn review(id: &str, stars: i64, text: Option<&str>) -> ObservedInteraction {
    let rated = comment(id, id, text.unwrap_or_default());
    ObservedInteraction { kind: Kind::Review, rating: Some(stars), text: text.map(str::to_owned), ..rated }
}

kit::both_databases! {
    async fn reviews_are_counted_by_stars_with_those_that_wait(desk: Desk) {
        let connection = desk.connection;
        let none = desk.read(move |conn| super::of_connection(conn, connection)).await.unwrap();
        assert_eq!((none.reviews(), none.average()), (0, None));
        let reviews = [review("a", 5, None), review("b", 5, Some("Lovely!")), review("c", 1, Some("Cold soup.")), review("d", 2, None)];
        desk.ingest(MORNING, &reviews).await;
        desk.ingest(MORNING, &[comment("e", "eve", "No stars here.")]).await;
        let rated = desk.read(move |conn| super::of_connection(conn, connection)).await.unwrap();
        let told = rated.0.iter().map(|rated| (rated.rating, rated.reviews, rated.waiting)).collect::<Vec<_>>();
        assert_eq!(told, [(5, 2, 0), (2, 1, 1), (1, 1, 1)]);
        assert_eq!((rated.reviews(), rated.average()), (4, Some(3.25)));
    }

    async fn whoever_changes_their_stars_after_an_answer_is_counted_and_listed(desk: Desk) {
        let hour = Duration::from_secs(3_600);
        let before = [("a", 2), ("b", 3), ("c", 4), ("d", 1)].map(|(id, stars)| review(id, stars, Some("Well.")));
        let answers = ["a", "b", "c"].map(|id| own_reply(&format!("{id}/reply"), &review(id, 1, None), 5));
        desk.ingest(MORNING, &[before.as_slice(), &answers].concat()).await;
        let after = [("a", 4), ("b", 5), ("c", 2), ("d", 5)];
        let after = after.map(|(id, stars)| ObservedInteraction {
            edited_at: Some(MORNING + hour * 2),
            ..review(id, stars, Some("Well, well."))
        });
        desk.ingest(MORNING + hour * 3, &after).await;
        let (connection, workspace, user) = (desk.connection, desk.workspace, desk.user);
        let rated = desk.read(move |conn| super::of_connection(conn, connection)).await.unwrap();
        assert_eq!(rated.rated_anew(), (2, 1), "nobody had answered d");
        for (how, expected) in [(RatedAnew::Raised, ["a", "b"].as_slice()), (RatedAnew::Lowered, &["c"])] {
            let filter = Filter { rated_anew: Some(how), connection: Some(connection), ..Filter::default() };
            let (filter, zone) = (filter, desk.time_zone.clone());
            let listed = desk.read(move |conn| listing::list(conn, Reader { workspace, user, zone: &zone, now: MORNING }, &filter, None, 10));
            let mut ids = listed.await.unwrap().items.into_iter().map(|item| item.external_id).collect::<Vec<_>>();
            ids.sort();
            assert_eq!(ids, expected, "{how}");
        }
    }

    async fn they_are_counted_in_an_index(desk: Desk) {
        let connection = desk.connection;
        let explained = format!("EXPLAIN QUERY PLAN {}", super::store::BY_STARS);
        if desk.dialect() == Dialect::Sqlite {
            let read = move |conn: &mut Conn| conn.all::<(i64, i64, i64, String)>(&explained, args![connection]);
            let plan = desk.read(read).await.unwrap();
            assert!(plan.iter().any(|step| step.3.contains("COVERING INDEX interactions_rated")), "{plan:?}");
        }
    }
}
