//! Digits that are no number: dates, times of day, ratios, phone numbers.

use crate::normalise::Folded;
use crate::number::{Place, digits_end};

/// Shortest international phone number, in digits.
const MIN_PHONE_DIGITS: usize = 9;

/// The end of a date, time, ratio or phone number that begins at `start`.
pub(crate) fn opaque_end(text: &Folded, start: usize, place: Place) -> Option<usize> {
    phone_end(text, start)
        .or_else(|| dashed_phone_end(text, start))
        .or_else(|| date_end(text, start))
        .or_else(|| if place.after_label { None } else { clock_end(text, start) })
}

/// `+90 532 123 45 67`, `8 (800) 555-35-35`.
fn phone_end(text: &Folded, start: usize) -> Option<usize> {
    let plus = start > 0 && text.at(start - 1) == '+';
    let (mut at, mut digits, mut parentheses, mut groups) = (start, 0, false, 1);
    loop {
        let end = digits_end(text, at);
        if end == at || end - at > 12 {
            return None;
        }
        digits += end - at;
        at = end;
        let mut gap = 0;
        while matches!(text.at(at), ' ' | '-' | '(' | ')') && gap < 3 {
            parentheses |= text.at(at) == '(';
            at += 1;
            gap += 1;
        }
        if !text.at(at).is_ascii_digit() || digits > 15 {
            let shaped =
                (plus && groups > 1) || (parentheses && groups > 2) || (plus && digits > 9);
            let whole =
                !matches!(text.at(end), '.' | ',' | '%') || !text.at(end + 1).is_ascii_digit();
            return (shaped && whole && (MIN_PHONE_DIGITS..=15).contains(&digits)).then_some(end);
        }
        groups += 1;
    }
}

/// `555-123-4567`, unless the three could be prices of one coin.
fn dashed_phone_end(text: &Folded, start: usize) -> Option<usize> {
    let mut groups = [0_u32; 3];
    let mut at = start;
    for (index, (group, digits)) in groups.iter_mut().zip([3, 3, 4]).enumerate() {
        let end = digits_end(text, at);
        let joined = index == 2 || text.at(end) == '-';
        if end - at != digits || !joined {
            return None;
        }
        *group = (at..end)
            .filter_map(|digit| text.at(digit).to_digit(10))
            .fold(0, |sum, digit| 10 * sum + digit);
        at = end + usize::from(index < 2);
    }
    let [first, second, third] = groups;
    let ordered = (first < second) == (second < third);
    let near = third / 4 < first && first / 4 < third;
    (!(ordered && near)).then_some(at)
}

/// `2026-2-27`, `27.02.2026`, `10/01/2026`, `19/01`, `70/100`, with a time behind it.
fn date_end(text: &Folded, start: usize) -> Option<usize> {
    let first_end = digits_end(text, start);
    let separator = text.at(first_end);
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let second_end = digits_end(text, first_end + 1);
    let (first, second) = (first_end - start, second_end - first_end - 1);
    if second == 0 || second > 2 && separator != '/' || first > 4 {
        return None;
    }
    let third_end = digits_end(text, second_end + 1);
    let third = if text.at(second_end) == separator { third_end - second_end - 1 } else { 0 };
    let full = match (first, second, third) {
        (4, 1 | 2, 1 | 2) => matches!(text.at(start), '1' | '2'),
        (1 | 2, 1 | 2, 4) => true,
        (1 | 2, 1 | 2, 2) => separator != '-',
        _ => false,
    };
    if full {
        return Some(skip_iso_time(text, third_end));
    }
    let decimal =
        matches!(text.at(second_end), '.' | ',') && text.at(second_end + 1).is_ascii_digit();
    let ratio = separator == '/' && !decimal && third == 0 && first <= 2 && second <= 3;
    ratio.then_some(second_end)
}

fn skip_iso_time(text: &Folded, at: usize) -> usize {
    let mut end = at;
    if text.at(at) == 'T' && text.at(at + 1).is_ascii_digit() {
        while text.at(end).is_ascii_digit() || matches!(text.at(end), 'T' | 'Z' | ':' | '.' | '+') {
            end += 1;
        }
    }
    end
}

/// `14:30`, `23:59:0`, `1:2`.
fn clock_end(text: &Folded, start: usize) -> Option<usize> {
    let first_end = digits_end(text, start);
    if text.at(first_end) != ':' || first_end - start > 2 {
        return None;
    }
    let mut end = digits_end(text, first_end + 1);
    if end == first_end + 1 || end - first_end > 3 {
        return None;
    }
    if text.at(end) == '.' && text.at(end + 1).is_ascii_digit() {
        return None;
    }
    if text.at(end) == ':' && text.at(end + 1).is_ascii_digit() {
        end = digits_end(text, end + 1);
    }
    Some(end)
}
