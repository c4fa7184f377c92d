//! Questions that are asked ahead.

use super::{THINGS, insert, thing};
use crate::db::{Conn, Error, Result};
use crate::testing::TestDb;
use crate::{args, both_databases};

fn count(conn: &mut Conn) -> Result<i64> {
    conn.one("SELECT count(*) FROM things", args![])
}

fn nothing(conn: &mut Conn) -> Result<i64> {
    conn.one("SELECT pieces FROM things WHERE weight > 9", args![])
}

both_databases! {
    async fn what_is_asked_ahead_is_answered_as_if_it_were_asked_now(db: TestDb) {
        let db = db.migrated(THINGS);
        db.write(|tx| (0..3).try_for_each(|number| insert(tx, &thing(number)))).await.unwrap();
        let read = db.read(|conn| {
            let name = String::from("thing 1 – «ü»");
            let counted = conn.later(count);
            let one = conn.later(|conn| conn.opt::<i64>("SELECT pieces FROM things WHERE name = $1", args![name]));
            let missing = conn.later(nothing);
            // Its second question hangs on the first.
            let two = conn.later(|conn| {
                let all = count(conn)?;
                conn.all::<String>("SELECT name FROM things WHERE $1 = 3 AND name IS NOT NULL ORDER BY seq", args![all])
            });
            let none = conn.later(|_| Ok::<_, Error>(7));
            let now = count(conn)?;
            let two = two.get(conn)?;
            assert!(matches!(missing.get(conn), Err(Error::NotFound)));
            let late = conn.later(count);
            Ok::<_, Error>((counted.get(conn)?, one.get(conn)?, two, none.get(conn)?, now, late.get(conn)?))
        }).await.unwrap();
        assert_eq!(read, (3, Some(i64::from(u32::MAX) + 1), vec!["thing 1 – «ü»".to_owned()], 7, 3, 3));
        let left = db.read(|conn| { let _ = conn.later(count); Ok::<_, Error>(()) }).await;
        assert!(left.is_ok(), "what nobody wants to know is not asked");
        assert_eq!(db.read(count).await.unwrap(), 3, "nothing is left over for the next unit");
    }

    async fn a_question_that_fails_ahead_fails_its_unit_alone(db: TestDb) {
        let db = db.migrated(THINGS);
        let failed = db.read(|conn| {
            let good = conn.later(count);
            let bad = conn.later(|conn| conn.one::<i64>("SELECT pieces FROM no_such_table", args![]));
            let good = good.get(conn);
            bad.get(conn)?;
            good
        }).await;
        assert!(failed.is_err());
        assert_eq!(db.read(count).await.unwrap(), 0);
    }
}
