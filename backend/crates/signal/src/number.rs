//! Reading numbers: separators, units, and everything made of digits that is no price (dates,
//! times, phone numbers, ratios, identifiers).

use domain::Decimal;

use crate::normalise::{Folded, is_han};
use crate::opaque::opaque_end;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing named: it may be a price.
    Plain,
    /// Hundredths: `12.5%`.
    Percent,
    /// A multiple: `10x`.
    Leverage,
}

/// How the digits were grouped, where that leaves two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One reading only.
    Certain,
    /// `27,400`: thousands, or a decimal comma.
    CommaGroup,
    /// `91.250`: decimals, or thousands.
    DotGroup,
    /// `0,415`: certainly a decimal comma.
    DecimalComma,
}

/// A number in a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: Decimal,
    pub(crate) unit: Unit,
    pub(crate) form: Form,
}

/// What a run of digits turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Digits {
    /// A number.
    Number(Number),
    /// The mark of a list item: `1)`, `2nd`.
    Index(u32),
    /// A date, time, phone number, ratio, duration or identifier.
    Opaque,
}

/// More digits than this before the point are an identifier, not a price.
const MAX_PRICE_DIGITS: usize = 8;
/// Longest number read; what follows is dropped.
const MAX_DIGITS: usize = 28;

/// Where a run of digits stands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// At the beginning of a line, bullets and emoji aside.
    pub(crate) line_start: bool,
    /// Directly behind a word for a target, entry or stop: `TP1:33` is no time of day.
    pub(crate) after_label: bool,
    /// Where one price begins, so that a space inside it can part thousands: `Entry: 1 977.63`.
    pub(crate) opens_price: bool,
}

/// Reads the digits at `start` and returns what they are and the index behind them.
pub(crate) fn scan(text: &Folded, start: usize, place: Place) -> (Digits, usize) {
    if let Some(end) = opaque_end(text, start, place) {
        return (Digits::Opaque, end);
    }
    let raw = Raw::scan(text, start, place);
    if let Some(end) = index_end(text, start, &raw, place) {
        return (Digits::Index(raw.small().unwrap_or(0)), end);
    }
    unit(text, start, &raw)
}

/// The digits of one number before their meaning is known.
struct Raw {
    value: Decimal,
    form: Form,
    whole_digits: usize,
    integer: bool,
    leading_zero: bool,
    end: usize,
}

impl Raw {
    fn scan(text: &Folded, start: usize, place: Place) -> Self {
        let groups = Groups::scan(text, start, place);
        let (form, used, decimals_from) = groups.interpret();
        let mut plain = String::with_capacity(MAX_DIGITS + 2);
        for (index, group) in groups.list.iter().take(used).enumerate() {
            if index == decimals_from && index > 0 {
                plain.push('.');
            }
            plain.extend((group.start..group.end).map(|at| text.at(at)));
        }
        let mut end = groups.list.get(used.saturating_sub(1)).map_or(start + 1, |group| group.end);
        let whole_digits = groups.list.iter().take(used.min(decimals_from)).map(Group::len).sum();
        let mut value = if whole_digits > MAX_PRICE_DIGITS { None } else { decimal(&plain) };
        if let Some((exponent, exponent_end)) = exponent(text, end) {
            value = value.and_then(|number| scale(number, exponent));
            end = exponent_end;
        }
        Self {
            value: value.unwrap_or_default(),
            form,
            whole_digits,
            integer: decimals_from >= used,
            leading_zero: text.at(start) == '0' && groups.list.first().is_some_and(|g| g.len() > 1),
            end,
        }
    }

    /// The value when it is a whole number below 100.
    fn small(&self) -> Option<u32> {
        (self.integer && self.whole_digits <= 2).then(|| u32::try_from(self.value).ok())?
    }
}

/// Digits between separators.
#[derive(Debug, Clone, Copy)]
struct Group {
    separator: char,
    start: usize,
    end: usize,
}

impl Group {
    const fn len(&self) -> usize {
        self.end - self.start
    }
}

struct Groups {
    list: Vec<Group>,
    /// The whole part is a bare `0`.
    zero_whole: bool,
}

impl Groups {
    fn scan(text: &Folded, start: usize, place: Place) -> Self {
        let mut list = Vec::with_capacity(2);
        let (mut at, mut separator) = (start, '\0');
        loop {
            let end = digits_end(text, at);
            list.push(Group { separator, start: at, end });
            separator = text.at(end);
            let joins = matches!(separator, '.' | ',' | '\'' | '\u{A0}' | '\u{202F}' | '\u{2009}');
            let joins = joins || (list.len() == 1 && parts_thousands(text, start, end, place));
            if !joins || !text.at(end + 1).is_ascii_digit() || list.len() >= 8 {
                let zero_whole =
                    text.at(start) == '0' && list.first().is_some_and(|g| g.len() == 1);
                return Self { list, zero_whole };
            }
            at = end + 1;
        }
    }

    /// The form, how many groups belong to the number, and from which on they are decimals.
    fn interpret(&self) -> (Form, usize, usize) {
        let separators = self.list.iter().skip(1).map(|group| group.separator);
        let mut spaced = separators.clone().take_while(|s| !matches!(s, '.' | ',')).count();
        if !self.thousands(1, spaced) {
            spaced = 0;
            if separators.clone().next().is_some_and(|s| !matches!(s, '.' | ',')) {
                return (Form::Certain, 1, 1);
            }
        }
        let first = spaced + 1;
        let Some(separator) = self.list.get(first).map(|group| group.separator) else {
            return (Form::Certain, first, first);
        };
        let same = self.list.iter().skip(first).take_while(|g| g.separator == separator).count();
        match (separator, same) {
            ('.' | ',', 1) => self.one_separator(first, separator),
            ('.' | ',', _) if self.thousands(first, same) => {
                let used = first + same;
                let decimal = self.list.get(used).is_some_and(|g| matches!(g.separator, '.' | ','));
                (Form::Certain, used + usize::from(decimal), used)
            }
            // `1.06.1.04`: nothing sensible; `22,25,27`: a list, of which this is the first.
            _ => (Form::Certain, first, first),
        }
    }

    fn one_separator(&self, first: usize, separator: char) -> (Form, usize, usize) {
        let whole = self.list.first().map_or(0, Group::len);
        let after = self.list.get(first).map_or(0, Group::len);
        let next = self.list.get(first + 1);
        let grouped = whole <= 3 && after == 3;
        if let Some(next) = next.filter(|n| grouped && n.separator != separator) {
            let another = self.list.get(first + 2).is_some();
            // `1,234.5`, and `91.250,50` unless a further price hangs on (`1.060,1.040`).
            if separator == ',' || (next.len() <= 2 && !another) {
                return (Form::Certain, first + 2, first + 1);
            }
        }
        match separator {
            '.' if grouped && !self.zero_whole => (Form::DotGroup, first + 1, first),
            '.' => (Form::Certain, first + 1, first),
            _ if next.is_some() => (Form::Certain, first, first),
            _ if grouped && !self.zero_whole => (Form::CommaGroup, first + 1, first + 1),
            _ if whole > 3 && after > 2 => (Form::Certain, first, first),
            _ => (Form::DecimalComma, first + 1, first),
        }
    }

    fn thousands(&self, from: usize, count: usize) -> bool {
        let first = self.list.first().map_or(0, Group::len);
        count > 0
            && first <= 3
            && self.list.iter().skip(from).take(count).all(|group| group.len() == 3)
    }
}

/// Whether the plain space at `end` parts thousands: `1 977.63`, `62 000`, and no list of prices.
fn parts_thousands(text: &Folded, start: usize, end: usize, place: Place) -> bool {
    if text.at(end) != ' ' || text.at(start) == '0' || end - start > 3 {
        return false;
    }
    let next_end = digits_end(text, end + 1);
    let behind = text.at(next_end);
    let decimals = matches!(behind, '.' | ',') && text.at(next_end + 1).is_ascii_digit();
    let listed = behind == ' ' && text.at(next_end + 1).is_ascii_digit();
    // No price begins with `00`.
    let zeros = text.at(end + 1) == '0' && text.at(end + 2) == '0';
    let whole = next_end == end + 4 && !behind.is_alphanumeric() && behind != '%';
    let alone = end - start < 3 && !listed && !climbs_past_hundred(text, start, end);
    whole && (zeros || (place.opens_price && (decimals || alone)))
}

/// Whether two prices stand there: `Targets: 90 110`. Nobody's next target is ten times as far.
fn climbs_past_hundred(text: &Folded, start: usize, end: usize) -> bool {
    end - start == 2 && text.at(start) >= '5' && text.at(end + 1) == '1'
}

/// The index behind the digits at `start`.
pub(crate) fn digits_end(text: &Folded, start: usize) -> usize {
    let mut end = start;
    while text.at(end).is_ascii_digit() {
        end += 1;
    }
    end
}

fn decimal(plain: &str) -> Option<Decimal> {
    let short = plain.get(..plain.len().min(MAX_DIGITS)).unwrap_or(plain);
    short.parse().ok()
}

/// `E-5` behind the digits.
fn exponent(text: &Folded, at: usize) -> Option<(i32, usize)> {
    if !matches!(text.at(at), 'e' | 'E') || !matches!(text.at(at + 1), '-' | '+') {
        return None;
    }
    let end = digits_end(text, at + 2);
    let digits: String = (at + 2..end.min(at + 4)).map(|index| text.at(index)).collect();
    let size: i32 = digits.parse().ok()?;
    Some((if text.at(at + 1) == '-' { -size } else { size }, end))
}

fn scale(number: Decimal, exponent: i32) -> Option<Decimal> {
    let power = u32::try_from(exponent.abs()).ok().filter(|size| *size <= 18)?;
    let factor = Decimal::from_i128_with_scale(10_i128.pow(power), 0);
    if exponent < 0 { number.checked_div(factor) } else { number.checked_mul(factor) }
}

/// `1)`, `1.` before anything but a digit, `2nd`.
fn index_end(text: &Folded, start: usize, raw: &Raw, place: Place) -> Option<usize> {
    raw.small()?;
    let opened = matches!(
        start.checked_sub(1).map(|at| text.at(at)),
        Some('(' | '{' | '[' | 'x' | 'X' | 'х' | 'Х')
    );
    let (next, after) = (text.at(raw.end), text.at(raw.end + 1));
    let listed = match next {
        ')' | ']' => !opened,
        '.' => place.line_start && !after.is_ascii_digit(),
        _ => false,
    };
    if listed {
        return Some(raw.end + 1);
    }
    let ordinal = ["st", "nd", "rd", "th"].iter().any(|suffix| {
        suffix.chars().enumerate().all(|(i, c)| text.at(raw.end + i).eq_ignore_ascii_case(&c))
            && !text.at(raw.end + 2).is_alphanumeric()
    });
    ordinal.then_some(raw.end + 2)
}

/// The unit behind (or the `%` before) the digits decides what the number is.
fn unit(text: &Folded, start: usize, raw: &Raw) -> (Digits, usize) {
    let number = |unit, value| Digits::Number(Number { value, unit, form: raw.form });
    let before = start.checked_sub(1).map_or('\0', |at| text.at(at));
    let (glued, spaced) = (text.at(raw.end), after_spaces(text, raw.end));
    if text.at(spaced) == '%' {
        return (number(Unit::Percent, raw.value), spaced + 1);
    }
    if before == '%' {
        return (number(Unit::Percent, raw.value), raw.end);
    }
    if let Some(end) = leverage_end(text, raw.end, spaced) {
        return (number(Unit::Leverage, raw.value), end);
    }
    let identifier = raw.whole_digits > MAX_PRICE_DIGITS
        || (raw.leading_zero && raw.integer)
        || matches!(before, '#' | '№');
    if identifier {
        let index = raw.small().filter(|_| matches!(before, '#' | '№'));
        return (index.map_or(Digits::Opaque, Digits::Index), raw.end);
    }
    let ends_there = !text.at(raw.end + 1).is_alphanumeric();
    let times = |factor: u32| raw.value.checked_mul(Decimal::from(factor)).unwrap_or_default();
    match glued {
        'k' | 'K' | 'к' | 'К' if ends_there => (number(Unit::Plain, times(1000)), raw.end + 1),
        '万' => (number(Unit::Plain, times(10_000)), raw.end + 1),
        '亿' => (Digits::Opaque, raw.end + 1),
        _ if is_short_unit(text, raw.end) => (Digits::Opaque, raw.end),
        _ => (number(Unit::Plain, raw.value), raw.end),
    }
}

/// `10x`, `10.0X`, `50-x`, `10 X`; in `10xEntry` the word begins behind the x.
fn leverage_end(text: &Folded, end: usize, spaced: usize) -> Option<usize> {
    let is_times = |at: usize| matches!(text.at(at), 'x' | 'X' | 'х' | 'Х');
    let at = if text.at(end) == '-' { end + 1 } else { spaced };
    let next = text.at(at + 1);
    let word_follows = next.is_uppercase() && at == end;
    (is_times(at) && (!next.is_alphanumeric() || is_han(next) || word_follows)).then_some(at + 1)
}

/// `15m`, `4h`, `1D`, `2R`, `30s`, `4ч`, `5min`: durations and ratios glued to the digits.
fn is_short_unit(text: &Folded, at: usize) -> bool {
    const UNITS: [&str; 20] = [
        "m", "h", "d", "w", "s", "r", "b", "t", "min", "mins", "hr", "hrs", "h", "sec", "ч", "м",
        "д", "мин", "ms", "tf",
    ];
    let mut end = at;
    while text.at(end).is_alphabetic() && end < at + 5 {
        end += 1;
    }
    let word: String = (at..end).flat_map(|index| text.at(index).to_lowercase()).collect();
    UNITS.contains(&word.as_str())
}

fn after_spaces(text: &Folded, at: usize) -> usize {
    if text.at(at) == ' ' { at + 1 } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Digits {
        scan(&Folded::new(text), 0, Place::default()).0
    }

    fn value(text: &str) -> Option<(String, Unit)> {
        match read(text) {
            Digits::Number(number) => Some((number.value.normalize().to_string(), number.unit)),
            _ => None,
        }
    }

    #[test]
    fn separators_units_and_suffixes() {
        let cases = [
            ("45,000", "45000", Unit::Plain),
            ("0,415", "0.415", Unit::Plain),
            ("12,5", "12.5", Unit::Plain),
            ("1,234.5", "1234.5", Unit::Plain),
            ("1.234,5", "1234.5", Unit::Plain),
            ("1.234.567", "1234567", Unit::Plain),
            ("1'000.5", "1000.5", Unit::Plain),
            ("62\u{A0}000", "62000", Unit::Plain),
            ("22,25,27", "22", Unit::Plain),
            ("1.060,1.040", "1.06", Unit::Plain),
            ("7.16E-5", "0.0000716", Unit::Plain),
            ("61.5k", "61500", Unit::Plain),
            ("12.5%", "12.5", Unit::Percent),
            ("12 %", "12", Unit::Percent),
            ("10x", "10", Unit::Leverage),
            ("10.0XEntry", "10", Unit::Leverage),
            ("50-x)", "50", Unit::Leverage),
        ];
        for (text, expected, unit) in cases {
            assert_eq!(value(text), Some((expected.to_owned(), unit)), "{text}");
        }
    }

    #[test]
    fn dates_times_phones_ratios_and_identifiers_are_no_numbers() {
        let opaque = [
            "2026-2-27",
            "27.02.2026 13:00",
            "10/01/2026",
            "19/01",
            "14:30",
            "3/5",
            "70/100",
            "15m",
            "1R",
            "1:2",
            "123456789",
            "0212",
            "8 (800) 555-35-35",
            "2026-02-27T08:00:01Z",
        ];
        for text in opaque {
            assert_eq!(read(text), Digits::Opaque, "{text}");
        }
        let phone = Folded::new("+90 532 123 45 67");
        assert_eq!(scan(&phone, 1, Place::default()), (Digits::Opaque, 17));
    }

    #[test]
    fn list_marks() {
        assert_eq!(read("1) 5"), Digits::Index(1));
        assert_eq!(read("2nd entry"), Digits::Index(2));
        let start = Place { line_start: true, ..Place::default() };
        assert_eq!(scan(&Folded::new("3. x"), 0, start), (Digits::Index(3), 2));
    }
}
