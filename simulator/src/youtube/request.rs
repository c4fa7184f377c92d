//! What a call asks for: parts, filters, pages, text format, in the provider's words and bounds.

use super::error::ApiError;
use crate::paging::Cursor;
use crate::params::Params;

/// Ids in one call.
pub const MOST_IDS: usize = 50;

pub struct Parts(Vec<String>);

impl Parts {
    /// `id` is always known; what no resource of this kind has is an error, as with the provider.
    pub fn parse(params: &Params, known: &[&str]) -> Result<Parts, ApiError> {
        let asked = params.list("part");
        if asked.is_empty() {
            return Err(ApiError::missing_part());
        }
        match asked.iter().find(|part| **part != "id" && !known.contains(part)) {
            Some(unknown) => Err(ApiError::unknown_part(unknown)),
            None => Ok(Parts(asked.into_iter().map(str::to_owned).collect())),
        }
    }

    pub fn has(&self, part: &str) -> bool {
        self.0.iter().any(|asked| asked == part)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextFormat {
    Html,
    PlainText,
}

impl TextFormat {
    pub fn parse(params: &Params) -> Result<TextFormat, ApiError> {
        match params.get("textFormat") {
            None | Some("html" | "textFormatUnspecified") => Ok(TextFormat::Html),
            Some("plainText") => Ok(TextFormat::PlainText),
            Some(other) => Err(invalid_value("textFormat", other, "html, plainText")),
        }
    }

    pub fn show(self, text: &str) -> String {
        match self {
            TextFormat::PlainText => text.to_owned(),
            TextFormat::Html => escaped(text),
        }
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>"),
            _ => html.push(letter),
        }
    }
    html
}

pub fn invalid_value(parameter: &str, value: &str, allowed: &str) -> ApiError {
    ApiError::invalid(parameter, format!("Invalid value '{}'. Values must match one of: {allowed}", shortened(value)))
}

fn shortened(value: &str) -> String {
    value.chars().take(100).collect()
}

/// `maxResults` within the provider's range for the method.
pub fn max_results(params: &Params, least: usize, most: usize, usual: usize) -> Result<usize, ApiError> {
    let Some(text) = params.get("maxResults") else { return Ok(usual) };
    text.parse().ok().filter(|count| (least..=most).contains(count)).ok_or_else(|| {
        let value = shortened(text);
        ApiError::invalid(
            "maxResults",
            format!("Invalid value '{value}'. Values must be within the range: [{least}, {most}]"),
        )
    })
}

/// Where the page begins; `query` is what it is a page of.
pub fn page(params: &Params, query: &str) -> Result<Option<Cursor>, ApiError> {
    params.get("pageToken").map(|token| Cursor::parse(token, query).ok_or_else(ApiError::page_token)).transpose()
}

/// Refuses any page of what has only one.
pub fn only_page(params: &Params) -> Result<(), ApiError> {
    if params.has("pageToken") { Err(ApiError::page_token()) } else { Ok(()) }
}

/// Refuses what a filter does not go together with.
pub fn without(params: &Params, filter: &str, forbidden: &[&str]) -> Result<(), ApiError> {
    match forbidden.iter().find(|name| params.has(name)) {
        Some(name) => Err(ApiError::incompatible(&format!("{name}, {filter}"))),
        None => Ok(()),
    }
}

pub fn ids<'a>(params: &'a Params, name: &str) -> Result<Vec<&'a str>, ApiError> {
    let ids = params.list(name);
    if ids.len() > MOST_IDS {
        return Err(ApiError::invalid(name, format!("At most {MOST_IDS} ids may be given.")));
    }
    Ok(ids)
}

/// Exactly one of the filters: which.
pub fn one_filter<'a>(params: &Params, filters: &[&'a str]) -> Result<&'a str, ApiError> {
    let given: Vec<&str> = filters.iter().copied().filter(|name| params.has(name)).collect();
    match given[..] {
        [only] => Ok(only),
        [] => Err(ApiError::no_filter(&filters.join(", "))),
        _ => Err(ApiError::incompatible(&given.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_shows_markup_as_text() {
        assert_eq!(
            TextFormat::Html.show("<b>1 & 2</b>\n\"it's\""),
            "&lt;b&gt;1 &amp; 2&lt;/b&gt;<br>&quot;it&#39;s&quot;"
        );
    }

    #[test]
    fn ranges_and_filters_are_the_providers() {
        let params = |text: &str| Params::parse(text.as_bytes());
        assert_eq!(max_results(&params(""), 1, 100, 20).unwrap(), 20);
        for bad in ["0", "101", "-1", "many", "99999999999999999999"] {
            assert_eq!(
                max_results(&params(&format!("maxResults={bad}")), 1, 100, 20).unwrap_err().reason,
                "invalidParameter"
            );
        }
        assert_eq!(one_filter(&params("id=a&mine="), &["mine", "id"]).unwrap(), "id");
        assert_eq!(one_filter(&params(""), &["mine", "id"]).unwrap_err().reason, "missingRequiredParameter");
        assert_eq!(
            one_filter(&params("id=a&mine=true"), &["mine", "id"]).unwrap_err().reason,
            "incompatibleParameters"
        );
    }
}
