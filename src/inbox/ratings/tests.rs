//! What an account's ratings say.

use kit::args;
use kit::db::{Conn, Dialect};

use crate::inbox::testing::{Desk, MORNING, comment};
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
