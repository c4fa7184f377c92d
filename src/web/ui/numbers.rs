//! Numbers for people: thousands separators, shares, changes, durations.

use std::time::Duration;

/// `1,234,567`, with a real minus sign.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 3);
    if n < 0 {
        text.push('−');
    }
    for (i, digit) in digits.bytes().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(char::from(digit));
    }
    text
}

/// `+1,204`, `−3`, `±0`: a change.
pub fn signed(n: i64) -> String {
    match n {
        0 => "±0".to_owned(),
        1.. => format!("+{}", grouped(n)),
        _ => grouped(n),
    }
}

/// `12.3K`, `4.5M` where the exact number has no room; exact below ten thousand.
pub fn short(n: i64) -> String {
    let magnitude = n.unsigned_abs() as f64;
    let (scaled, unit) = match n.unsigned_abs() {
        0..10_000 => return grouped(n),
        10_000..999_950 => (magnitude / 1e3, "K"),
        999_950..999_950_000 => (magnitude / 1e6, "M"),
        _ => (magnitude / 1e9, "B"),
    };
    let text = format!("{scaled:.1}");
    format!("{}{}{unit}", if n < 0 { "−" } else { "" }, text.strip_suffix(".0").unwrap_or(&text))
}

/// One decimal: `6.7`.
pub fn decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    if text == "-0.0" { "0.0".to_owned() } else { text.replace('-', "−") }
}

/// `1 comment`, `2 comments`.
pub fn counted(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// The two largest units: `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let pair = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..86_400 => pair(hours, "h", minutes % 60, "min"),
        _ => pair(days, "d", hours % 24, "h"),
    }
}

/// The largest unit, in full: `20 days`, `1 hour`, `5 minutes`.
pub fn span(duration: Duration) -> String {
    let minutes = i64::try_from(duration.as_secs() / 60).unwrap_or(i64::MAX);
    match minutes {
        0..60 => counted(minutes, "minute", "minutes"),
        60..1_440 => counted(minutes / 60, "hour", "hours"),
        _ => counted(minutes / 1_440, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 7, 999, 1_000, 128_402, -1_204].map(grouped), ["0", "7", "999", "1,000", "128,402", "−1,204"]);
        assert_eq!([0, 1_204, -3].map(signed), ["±0", "+1,204", "−3"]);
        assert_eq!(
            [9_999, 10_000, 12_345, 999_949, 999_950, 4_500_000, -20_000].map(short),
            ["9,999", "10K", "12.3K", "999.9K", "1M", "4.5M", "−20K"]
        );
        assert_eq!([6.71, -0.04, -2.5].map(decimal), ["6.7", "0.0", "−2.5"]);
        assert_eq!(grouped(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn durations_show_their_two_largest_units() {
        let read = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!([45, 720, 7_500, 7_200, 273_600].map(read), ["45 s", "12 min", "2 h 5 min", "2 h", "3 d 4 h"]);
        let full = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([45, 60, 7_500, 1_728_000].map(full), ["0 minutes", "1 minute", "2 hours", "20 days"]);
    }
}
