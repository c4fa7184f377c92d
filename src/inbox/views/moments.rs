//! "4:05" in a comment on a video leads to that moment of it.

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
    let Some(video) = video else { return html! { (text) } };
    let mut rest = 0;
    html! {
        @for (start, end) in times(text) {
            @let address = seconds(&text[start..end]).filter(|at| *at <= video.seconds);
            @if let Some(address) = address.and_then(|at| video.platform.moment(video.permalink, at)) {
                (text[rest..start])
                a href=(address) rel="noreferrer" { (text[start..end]) }
                ({ rest = end; "" })
            }
        }
        (text[rest..])
    }
}

/// Where digits and colons stand together.
fn times(text: &str) -> Vec<(usize, usize)> {
    let belongs = |c: char| c.is_ascii_digit() || c == ':';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let end = text[start..].find(|c: char| !belongs(c)).map_or(text.len(), |at| start + at);
        // "4:05: here" ends with a colon of the sentence.
        let time = text[start..end].trim_end_matches(':');
        if text[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != ':' && c != '.') {
            found.push((start, start + time.len()));
        }
        from = end;
    }
    found
}

/// Of `4:05` or `1:02:03`; none of what is no time.
fn seconds(time: &str) -> Option<i64> {
    let parts = time.split(':').collect::<Vec<_>>();
    let are_two = |part: &&&str| part.len() == 2;
    let is_time =
        (2..=3).contains(&parts.len()) && parts[0].len() <= 2 && parts.iter().skip(1).all(|part| are_two(&part));
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
