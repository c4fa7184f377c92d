//! "4:05" in a comment on a video leads to that moment of it.

use std::ops::Range;

use maud::{Markup, html};

use crate::inbox::listing::{ContentItem, Interaction};
use crate::model::Platform;

/// A video whose moments can be opened.
#[derive(Clone, Copy)]
pub struct Video<'a> {
    platform: Platform,
    permalink: &'a str,
    seconds: i64,
}

impl<'a> Video<'a> {
    /// None where it is no video, or nobody knows how long it is.
    pub fn of(content: Option<&'a ContentItem>, item: &Interaction) -> Option<Self> {
        let content = content.filter(|content| Some(content.id) == item.content_id)?;
        Some(Self {
            platform: item.platform,
            permalink: content.permalink.as_deref()?,
            seconds: content.duration_seconds?,
        })
    }
}

/// A text, with a link at each time that lies in the video.
pub fn linked(text: &str, video: Option<Video<'_>>) -> Markup {
    let links = video.map(|video| links(text, video)).unwrap_or_default();
    let ends = std::iter::once(0).chain(links.iter().map(|(time, _)| time.end));
    let last = links.last().map_or(0, |(time, _)| time.end);
    html! {
        @for (end, (time, address)) in ends.zip(&links) {
            (text[end..time.start]) a href=(address) rel="noreferrer" { (text[time.clone()]) }
        }
        (text[last..])
    }
}

fn links(text: &str, video: Video<'_>) -> Vec<(Range<usize>, String)> {
    let of_time = |time: Range<usize>| {
        let at = seconds(&text[time.clone()]).filter(|at| *at <= video.seconds)?;
        Some((time, video.platform.moment(video.permalink, at)?))
    };
    times(text).into_iter().filter_map(of_time).collect()
}

/// Where digits and colons stand together.
fn times(text: &str) -> Vec<Range<usize>> {
    let belongs = |c: char| c.is_ascii_digit() || c == ':';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let end = text[start..].find(|c: char| !belongs(c)).map_or(text.len(), |at| start + at);
        // "4:05: here" ends with a colon of the sentence.
        let time = text[start..end].trim_end_matches(':');
        if text[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != ':' && c != '.') {
            found.push(start..start + time.len());
        }
        from = end;
    }
    found
}

/// Of `4:05` or `1:02:03`; none of what is no time.
fn seconds(time: &str) -> Option<i64> {
    let parts = time.split(':').collect::<Vec<_>>();
    let (first, rest) = parts.split_first()?;
    let is_time = first.len() <= 2 && (1..=2).contains(&rest.len()) && rest.iter().all(|part| part.len() == 2);
    let numbers = parts.iter().map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>().filter(|_| is_time)?;
    let are_sixtieths = numbers.iter().skip(1).all(|number| *number < 60);
    are_sixtieths.then(|| numbers.iter().fold(0, |sum, number| sum * 60 + number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_lies_in_the_video_leads_to_it() {
        let video =
            Video { platform: Platform::YouTube, permalink: "https://www.youtube.com/watch?v=a&b", seconds: 4_000 };
        let linked = |text: &str| linked(text, Some(video)).into_string();
        let link = |at: u32, text: &str| {
            format!("<a href=\"https://www.youtube.com/watch?v=a&amp;b&amp;t={at}s\" rel=\"noreferrer\">{text}</a>")
        };
        assert_eq!(linked("4:05 <3"), format!("{} &lt;3", link(245, "4:05")));
        assert_eq!(linked("(0:00), 1:02:03: wow"), format!("({}), {}: wow", link(0, "0:00"), link(3_723, "1:02:03")));
        assert_eq!(linked("это 1:25"), format!("это {}", link(85, "1:25")));
        for plain in ["", "59:59:59", "4:5", "4:65", "1:2:3:4", "a4:05", "2.4:05", "12", "::", "1:10:00", "٤:٠٥"] {
            assert_eq!(linked(plain), plain, "{plain}");
        }
    }
}
