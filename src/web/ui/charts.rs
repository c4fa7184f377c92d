//! Charts as SVG from the server, each with its numbers as a table.
//!
//! The drawing stretches to the place that it gets; words stand beside it as text, so that they never shrink with it.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::numbers::grouped;

/// One kind of thing over the days of a chart. `class` gives the colour.
#[derive(Clone, Debug)]
pub struct Series<T> {
    pub name: &'static str,
    pub class: &'static str,
    pub values: Vec<T>,
}

/// What both kinds of chart share.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// Unique in its page.
    pub id: &'a str,
    /// What a listener hears in place of the drawing.
    pub says: &'a str,
    /// One label for each value of a series.
    pub days: &'a [String],
}

/// Counts per day, one kind on the other.
pub fn stacked_bars(chart: Chart<'_>, series: &[Series<i64>]) -> Markup {
    let totals: Vec<i64> = (0..chart.days.len()).map(|day| series.iter().map(|one| value_at(one, day)).sum()).collect();
    let top = round_up(totals.iter().copied().max().unwrap_or(0));
    let mut floor = vec![0; chart.days.len()];
    let bars: Vec<(&str, String)> = series.iter().map(|one| (one.class, bars(one, &mut floor, top))).collect();

    let hover = |day: usize| {
        let mut text = format!("{}: {}", chart.days[day], grouped(totals[day]));
        for one in series.iter().filter(|one| value_at(one, day) > 0) {
            let _ = write!(text, ", {} {}", grouped(value_at(one, day)), one.name);
        }
        text
    };
    let drawing = html! {
        @for (class, path) in &bars { @if !path.is_empty() { path class=(class) d=(path) {} } }
    };
    let cells = |day: usize| {
        let mut row: Vec<String> = series.iter().map(|one| grouped(value_at(one, day))).collect();
        row.push(grouped(totals[day]));
        row
    };
    let names = series.iter().map(|one| (one.name, one.class));
    figure(chart, names, &[grouped(top), grouped(top / 2), "0".to_owned()], drawing, &hover, &["all"], &cells)
}

/// Shares of a whole (0 to 1) per day as areas that fill the height; a day without a value is a gap.
pub fn share_areas(chart: Chart<'_>, series: &[Series<Option<f64>>]) -> Markup {
    let share = |one: &Series<Option<f64>>, day: usize| one.values.get(day).copied().flatten();
    let known: Vec<bool> =
        (0..chart.days.len()).map(|day| series.iter().all(|one| share(one, day).is_some())).collect();
    let mut floor = vec![0.0; chart.days.len()];
    let areas: Vec<(&str, String)> = series
        .iter()
        .map(|one| {
            let ceiling: Vec<f64> = (0..floor.len()).map(|day| floor[day] + share(one, day).unwrap_or(0.0)).collect();
            let path = areas(&known, &floor, &ceiling);
            floor = ceiling;
            (one.class, path)
        })
        .collect();

    let percent = |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{} %", (value * 100.0).round() as i64))
    };
    let hover = |day: usize| {
        let parts: Vec<String> =
            series.iter().map(|one| format!("{} {}", percent(share(one, day)), one.name)).collect();
        let text = if known[day] { parts.join(", ") } else { "nothing to tell from".to_owned() };
        format!("{}: {text}", chart.days[day])
    };
    let drawing = html! { @for (class, path) in &areas { @if !path.is_empty() { path class=(class) d=(path) {} } } };
    let cells = |day: usize| series.iter().map(|one| percent(share(one, day))).collect();
    let names = series.iter().map(|one| (one.name, one.class));
    figure(chart, names, &["100 %".to_owned(), "50 %".to_owned(), "0 %".to_owned()], drawing, &hover, &[], &cells)
}

fn value_at(series: &Series<i64>, day: usize) -> i64 {
    series.values.get(day).copied().unwrap_or(0)
}

/// The parts around a drawing: scale, days, legend, table.
fn figure<'s>(
    chart: Chart<'_>,
    names: impl Iterator<Item = (&'s str, &'s str)> + Clone,
    scale: &[String; 3],
    drawing: Markup,
    hover: &dyn Fn(usize) -> String,
    more_columns: &[&str],
    cells: &dyn Fn(usize) -> Vec<String>,
) -> Markup {
    let days = chart.days;
    html! {
        figure.chart {
            figcaption.legend aria-hidden="true" { @for (name, class) in names.clone() { span.{ "key " (class) } { (name) } } }
            div.plot {
                div.scale aria-hidden="true" { @for mark in scale { span { (mark) } } }
                svg viewBox={ "0 0 " (days.len().max(1)) " 100" } preserveAspectRatio="none" role="img" aria-labelledby={ (chart.id) "-says" } {
                    title id={ (chart.id) "-says" } { (chart.says) }
                    path.grid d={ "M0 0H" (days.len()) "M0 50H" (days.len()) "M0 100H" (days.len()) } {}
                    (drawing)
                    g.hover { @for day in 0..days.len() { rect x=(day) { title { (hover(day)) } } } }
                }
                div.days aria-hidden="true" {
                    @for day in [days.first(), days.get(days.len() / 2), days.last()].into_iter().flatten() { span { (day) } }
                }
            }
            details.numbers id={ (chart.id) "-table" } {
                summary { "Show as a table" }
                div.scroll tabindex="0" role="region" aria-label={ (chart.says) } {
                    table {
                        thead { tr { th scope="col" { "day" } @for (name, _) in names { th scope="col" { (name) } } @for name in more_columns { th scope="col" { (name) } } } }
                        tbody { @for day in (0..days.len()).rev() { tr { th { (days[day]) } @for cell in cells(day) { td { (cell) } } } } }
                    }
                }
            }
        }
    }
}

/// The bars of one series as one path, and the floor of the next series.
fn bars(series: &Series<i64>, floor: &mut [i64], top: i64) -> String {
    let height = |value: i64| 100.0 * value as f64 / top as f64;
    let mut path = String::with_capacity(floor.len() * 24);
    for (day, floor) in floor.iter_mut().enumerate() {
        let value = value_at(series, day);
        if value > 0 {
            let (y, h) = (100.0 - height(*floor + value), height(value));
            let _ = write!(path, "M{day}.15 {}h.7v{}h-.7z", Tenths(y), Tenths(h));
            *floor += value;
        }
    }
    path
}

/// One area between floor and ceiling for each run of known days; the first and last day of a run reach its edges.
fn areas(known: &[bool], floor: &[f64], ceiling: &[f64]) -> String {
    let mut path = String::with_capacity(known.len() * 24);
    let mut day = 0;
    while day < known.len() {
        if !known[day] {
            day += 1;
            continue;
        }
        let end = (day..known.len()).find(|&next| !known[next]).unwrap_or(known.len());
        let y = |share: f64| Tenths(100.0 - 100.0 * share.clamp(0.0, 1.0));
        let _ = write!(path, "M{day} {}", y(ceiling[day]));
        for (at, share) in ceiling.iter().enumerate().take(end).skip(day) {
            let _ = write!(path, "L{at}.5 {}", y(*share));
        }
        let _ = write!(path, "L{end} {}L{end} {}", y(ceiling[end - 1]), y(floor[end - 1]));
        for at in (day..end).rev() {
            let _ = write!(path, "L{at}.5 {}", y(floor[at]));
        }
        let _ = write!(path, "L{day} {}z", y(floor[day]));
        day = end;
    }
    path
}

/// A place in a drawing, to a tenth: many times quicker to write than a float.
struct Tenths(f64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0.max(0.0) * 10.0).round() as u32;
        write!(f, "{}.{}", tenths / 10, tenths % 10)
    }
}

/// The smallest round number that is not below, whose half is a whole number too.
fn round_up(most: i64) -> i64 {
    let mut scale = 1;
    loop {
        for step in [2, 4, 6, 8, 10, 12, 16] {
            if step * scale >= most {
                return step * scale;
            }
        }
        scale *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(n: usize) -> Vec<String> {
        (1..=n).map(|day| format!("{day} Nov")).collect()
    }

    #[test]
    fn bars_stand_on_one_another_and_say_their_numbers() {
        let days = days(2);
        let series = [
            Series { name: "comments", class: "c1", values: vec![1, 0] },
            Series { name: "reviews", class: "c2", values: vec![1, 2] },
        ];
        let html = stacked_bars(Chart { id: "kinds", says: "Per day", days: &days }, &series).into_string();
        assert!(html.contains("<path class=\"c1\" d=\"M0.15 50.0h.7v50.0h-.7z\">"), "{html}");
        assert!(html.contains("d=\"M0.15 0.0h.7v50.0h-.7zM1.15 0.0h.7v100.0h-.7z\""), "{html}");
        assert!(html.contains("<title>1 Nov: 2, 1 comments, 1 reviews</title>"), "{html}");
        assert!(html.contains("<tr><th>2 Nov</th><td>0</td><td>2</td><td>2</td></tr>"), "{html}");
    }

    #[test]
    fn an_unknown_day_is_a_gap_not_a_zero() {
        let days = days(3);
        let series = [
            Series { name: "positive", class: "positive", values: vec![Some(0.75), None, Some(0.5)] },
            Series { name: "negative", class: "negative", values: vec![Some(0.25), None, Some(0.5)] },
        ];
        let html = share_areas(Chart { id: "moods", says: "Shares", days: &days }, &series).into_string();
        assert!(html.contains("M0 25.0L0.5 25.0L1 25.0L1 100.0L0.5 100.0L0 100.0zM2 50.0L2.5 50.0L3 50.0"), "{html}");
        assert!(html.contains("<title>2 Nov: nothing to tell from</title>"), "{html}");
    }

    #[test]
    fn an_empty_chart_is_drawn_too() {
        let html = stacked_bars(Chart { id: "none", says: "Nothing", days: &[] }, &[]).into_string();
        assert!(html.contains("viewBox=\"0 0 1 100\""), "{html}");
    }

    #[test]
    fn the_scale_ends_on_a_round_number() {
        assert_eq!([0, 3, 5, 11, 24, 47, 100, 101].map(round_up), [2, 4, 6, 12, 40, 60, 100, 120]);
    }
}
