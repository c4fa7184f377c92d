//! HTML of an account's ratings.

use maud::{Markup, html};

use super::Ratings;
use crate::inbox::listing::{Filter, RatedAnew, Stars};
use crate::inbox::triage::TriageState;
use crate::model::ConnectionId;
use crate::web::ui::NOTHING;
use crate::web::ui::numbers::{counted, decimal, grouped};

/// The average, and each number of stars with the reviews behind it.
pub fn summary(ratings: &Ratings, connection: ConnectionId) -> Markup {
    let Some(average) = ratings.average() else { return NOTHING };
    let most = ratings.0.iter().map(|rated| rated.reviews).max().unwrap_or(1);
    html! {
        div.ratings data-test="ratings" {
            p.average { b.num { (decimal(average)) } " of 5" span.muted { "from " (counted(ratings.reviews(), "review", "reviews")) } }
            ul {
                @for stars in Stars::ALL.iter().rev() {
                    @let rated = ratings.0.iter().find(|rated| rated.rating.to_string() == stars.as_str());
                    @let (reviews, waiting) = rated.map_or((0, 0), |rated| (rated.reviews, rated.waiting));
                    li {
                        a href=(address(connection, *stars, None)) aria-label={ (stars) " ★, " (counted(reviews, "review", "reviews")) } { (stars) " ★" }
                        meter min="0" max=(most) value=(reviews) {}
                        span.num { (grouped(reviews)) }
                        @if waiting > 0 { a.waiting href=(address(connection, *stars, Some(TriageState::NeedsReply))) { (counted(waiting, "needs a reply", "need a reply")) span.visually-hidden { ", " (stars) " ★" } } }
                    }
                }
            }
            (rated_anew(ratings, connection))
        }
    }
}

/// What became of ratings once they had been answered; nothing where nobody changed theirs.
fn rated_anew(ratings: &Ratings, connection: ConnectionId) -> Markup {
    let (raised, lowered) = ratings.rated_anew();
    let changes = [
        (RatedAnew::Raised, raised, "review now has more stars", "reviews now have more stars"),
        (RatedAnew::Lowered, lowered, "now has fewer", "now have fewer"),
    ];
    let changes = changes.into_iter().filter(|(_, count, ..)| *count > 0).collect::<Vec<_>>();
    html! {
        @if !changes.is_empty() {
            p.rated-anew data-test="rated-anew" {
                "After your reply, "
                @for (index, (how, count, one, many)) in changes.into_iter().enumerate() {
                    @if index > 0 { " and " }
                    a href=(filtered(connection, Filter { rated_anew: Some(how), ..Filter::default() })) { (counted(count, one, many)) }
                }
                "."
            }
        }
    }
}

fn address(connection: ConnectionId, stars: Stars, state: Option<TriageState>) -> String {
    filtered(connection, Filter { rating: Some(stars), state, ..Filter::default() })
}

fn filtered(connection: ConnectionId, filter: Filter) -> String {
    Filter { connection: Some(connection), ..filter }.address("/inbox")
}
