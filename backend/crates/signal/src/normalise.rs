//! Writing without its costume: full-width forms, look-alike letters, accents, Markdown, HTML and
//! invisible characters are folded away, and every character remembers where it stood.

use std::sync::LazyLock;

/// Only this much of a text is read; real messages end far before it.
pub(crate) const READ_LIMIT: usize = 64 * 1024;

/// Keycap emoji (`1️⃣`) become the private characters `KEYCAP_ZERO` + digit.
const KEYCAP_ZERO: u32 = 0xE000;
/// The longest HTML tag that is taken for one.
const MAX_HTML_TAG: usize = 120;

/// The characters of a text, folded, each with the byte offset it came from.
pub(crate) struct Folded {
    /// Folded characters, letter case kept.
    pub(crate) chars: Vec<char>,
    /// Byte offset in the original of each character.
    pub(crate) starts: Vec<u32>,
    /// Byte offset behind each character, its invisible companions included.
    pub(crate) ends: Vec<u32>,
}

impl Folded {
    /// Folds the first [`READ_LIMIT`] bytes of `text`.
    pub(crate) fn new(text: &str) -> Self {
        let text = readable_part(text);
        let mut folded = Self {
            chars: Vec::with_capacity(text.len()),
            starts: Vec::with_capacity(text.len()),
            ends: Vec::with_capacity(text.len()),
        };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            let used = folded.take(rest, first, at);
            rest = rest.get(used..).unwrap_or_default();
        }
        folded.unmix_scripts();
        folded
    }

    /// The character at `index`, or NUL behind the end.
    pub(crate) fn at(&self, index: usize) -> char {
        #[cfg(test)]
        crate::linear::step();
        self.chars.get(index).copied().unwrap_or('\0')
    }

    /// Folds what `rest` begins with and returns how many bytes that was.
    fn take(&mut self, rest: &str, first: char, at: usize) -> usize {
        match first {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '\n' => {
                self.push(first, at, 1);
                1
            }
            '<' => {
                if let Some((used, breaks)) = html_tag(rest) {
                    if breaks {
                        self.push('\n', at, used);
                    }
                    return used;
                }
                self.push('<', at, 1);
                1
            }
            '&' => {
                let (folded, used) = html_entity(rest);
                self.push(folded, at, used);
                used
            }
            '\u{20E3}' => {
                self.make_keycap(at + first.len_utf8());
                first.len_utf8()
            }
            _ => {
                if !is_invisible(first) {
                    self.push(fold(first), at, first.len_utf8());
                }
                first.len_utf8()
            }
        }
    }

    fn push(&mut self, folded: char, at: usize, len: usize) {
        self.chars.push(folded);
        self.starts.push(offset(at));
        self.ends.push(offset(at + len));
    }

    /// The enclosing keycap follows its digit: the digit becomes a list mark.
    fn make_keycap(&mut self, end: usize) {
        let (Some(last), Some(last_end)) = (self.chars.last_mut(), self.ends.last_mut()) else {
            return;
        };
        if let Some(mark) = last.to_digit(10).and_then(|digit| char::from_u32(KEYCAP_ZERO + digit))
        {
            *last = mark;
            *last_end = offset(end);
        }
    }

    /// A word of one script that borrows look-alikes from another gets them back.
    fn unmix_scripts(&mut self) {
        let mut start = 0;
        while start < self.chars.len() {
            let mut end = start;
            while end < self.chars.len() && is_lookalike_script(self.at(end)) {
                end += 1;
            }
            if let Some(word) = self.chars.get_mut(start..end) {
                unmix(word);
            }
            start = end.max(start) + 1;
        }
    }
}

/// The digit of a keycap list mark.
pub(crate) fn keycap_digit(character: char) -> Option<u32> {
    u32::from(character).checked_sub(KEYCAP_ZERO).filter(|digit| *digit < 10)
}

/// A letter as the lexicon writes it: lower case, without accents.
pub(crate) fn lower(character: char) -> char {
    let small = match character {
        other if other.is_ascii() => return other.to_ascii_lowercase(),
        'а'..='я' | '\u{3041}'..='\u{D7A3}' => return character,
        'А'..='Я' => return char::from_u32(u32::from(character) + 0x20).unwrap_or(character),
        'İ' | 'ı' => 'i',
        other => other.to_lowercase().next().unwrap_or(other),
    };
    match small {
        'à'..='å' | 'ă' | 'ą' | '\u{1EA0}'..='\u{1EB7}' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ę' | 'ě' | '\u{1EB8}'..='\u{1EC7}' => 'e',
        'ì'..='ï' | '\u{1EC8}'..='\u{1ECB}' => 'i',
        'ñ' | 'ń' => 'n',
        'ò'..='ö' | 'ø' | 'ơ' | '\u{1ECC}'..='\u{1EE3}' => 'o',
        'ù'..='ü' | 'ů' | 'ư' | '\u{1EE4}'..='\u{1EF1}' => 'u',
        'ş' | 'ś' | 'š' | 'ș' => 's',
        'ğ' => 'g',
        'ł' => 'l',
        'ž' | 'ź' | 'ż' => 'z',
        'ё' => 'е',
        'đ' => 'd',
        'ý' | 'ÿ' | '\u{1EF2}'..='\u{1EF9}' => 'y',
        // Arabic letters that are written in several ways.
        'أ' | 'إ' | 'آ' => 'ا',
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        'ة' => 'ه',
        other => other,
    }
}

/// A letter of any script; the common ones are told without a table.
pub(crate) fn is_letter(character: char) -> bool {
    match character {
        _ if character.is_ascii() => character.is_ascii_alphabetic(),
        '\u{0400}'..='\u{0481}' | '\u{4E00}'..='\u{9FA5}' | '\u{AC00}'..='\u{D7A3}' => true,
        '\u{2000}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{1F300}'..='\u{1FAFF}' => false,
        other => other.is_alphabetic(),
    }
}

/// Ideographs and Japanese syllables, which are written without spaces.
pub(crate) const fn is_han(character: char) -> bool {
    matches!(
        character,
        '\u{3041}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
    )
}

fn readable_part(text: &str) -> &str {
    let mut end = text.len().min(READ_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "offsets stay below READ_LIMIT")]
const fn offset(at: usize) -> u32 {
    at as u32
}

/// Zero-width characters, direction marks, variation selectors, combining accents, Markdown stars.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}' | '\u{0300}'..='\u{036F}' | '\u{061C}' | '\u{0640}' | '\u{064B}'..='\u{0652}' | '\u{093C}' | '\u{094D}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}' | '\u{1F3FB}'..='\u{1F3FF}' | '*' | '`' | '\r'
    )
}

fn fold(character: char) -> char {
    if character.is_ascii() {
        return if character == '\t' { ' ' } else { character };
    }
    match character {
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        // Between the prices of a list, and never inside one.
        '、' | '،' => ';',
        '。' | '٫' | '\u{2024}' => '.',
        '【' | '「' | '《' | '〔' => '[',
        '】' | '」' | '》' | '〕' => ']',
        '→' | '➡' | '⟶' | '➔' | '➜' | '⇒' | '►' | '▶' | '▸' | '»' | '›' => '>',
        '’' | '‘' | 'ʼ' | '´' | '٬' => '\'',
        '“' | '”' | '«' => '"',
        '–' | '—' | '‒' | '―' | '−' | '‑' | '‐' | '﹣' | '〜' | '➖' | '•' | '·' | '●' | '▪'
        | '▫' | '◦' | '‣' | '■' | '└' | '├' | '─' | '~' => '-',
        '×' | '✕' | '✖' => 'x',
        '\u{2028}' | '\u{2029}' | '\u{0085}' => '\n',
        '٪' => '%',
        '🈳' => '空',
        other => fold_rare(other),
    }
}

/// Digits of other scripts, mathematical and enclosed letters, traditional Chinese.
fn fold_rare(character: char) -> char {
    let code = u32::from(character);
    let ascii = |base: u32, first: char| char::from_u32(u32::from(first) + code - base);
    let folded = match code {
        0x0660..=0x0669 => ascii(0x0660, '0'),
        0x06F0..=0x06F9 => ascii(0x06F0, '0'),
        0x0966..=0x096F => ascii(0x0966, '0'),
        0x1D7CE..=0x1D7FF => char::from_digit((code - 0x1D7CE) % 10, 10),
        0x1D400..=0x1D6A3 => letter((code - 0x1D400) % 52),
        0x1F130..=0x1F149 => ascii(0x1F130, 'A'),
        0x1F170..=0x1F189 => ascii(0x1F170, 'A'),
        0x24B6..=0x24CF => ascii(0x24B6, 'A'),
        0x24D0..=0x24E9 => ascii(0x24D0, 'a'),
        // Circled digits serve as list marks.
        0x2460..=0x2468 => char::from_u32(KEYCAP_ZERO + code - 0x245F),
        0x2776..=0x277E => char::from_u32(KEYCAP_ZERO + code - 0x2775),
        0x278A..=0x2792 => char::from_u32(KEYCAP_ZERO + code - 0x2789),
        _ if is_han(character) => return simplified(character),
        _ => None,
    };
    folded.unwrap_or(character)
}

fn letter(index: u32) -> Option<char> {
    let first = if index < 26 { 'A' } else { 'a' };
    char::from_u32(u32::from(first) + index % 26)
}

/// Traditional Chinese characters of the trade's vocabulary, beside their simplified form.
const TRADITIONAL: &str = "進进場场損损價价輕轻倉仓補补標标點点現现設设單单餅饼減减護护壓压關关續续約约個个\
間间這这擇择機机沒没慮虑槓杠桿杆開开買买賣卖撐撑繼继為为達达動动調调產产報报幣币觀观離离掛挂發发獲获贏赢條条\
當当後后時时對对無无們们穩稳內内轉转漲涨檔档區区見见綫线線线風风險险預预計计畫画塊块漲涨據据盤盘佔占於于從从還还";

fn simplified(character: char) -> char {
    let found = SIMPLIFIED.binary_search_by_key(&character, |(old, _)| *old);
    found.ok().and_then(|at| SIMPLIFIED.get(at)).map_or(character, |(_, new)| *new)
}

/// [`TRADITIONAL`] in the order of the traditional characters.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut characters = TRADITIONAL.chars();
    let mut pairs = Vec::with_capacity(TRADITIONAL.len() / 6);
    while let (Some(old), Some(new)) = (characters.next(), characters.next()) {
        pairs.push((old, new));
    }
    pairs.sort_unstable();
    pairs.dedup_by_key(|(old, _)| *old);
    pairs
});

/// Tags that message formats use.
const HTML_TAGS: [&str; 14] =
    ["a", "b", "i", "u", "s", "em", "strong", "code", "pre", "span", "br", "p", "div", "li"];

/// The length of the HTML tag that `rest` begins with, and whether it breaks the line.
fn html_tag(rest: &str) -> Option<(usize, bool)> {
    let bytes = rest.as_bytes();
    let closing = usize::from(bytes.get(1) == Some(&b'/'));
    if !bytes.get(1 + closing)?.is_ascii_alphabetic() {
        return None;
    }
    let end = bytes.iter().take(MAX_HTML_TAG).position(|byte| *byte == b'>')?;
    let inside = rest.get(1 + closing..end)?;
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let known = HTML_TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name));
    let breaks = matches!(name.to_ascii_lowercase().as_str(), "br" | "p" | "div" | "li");
    known.then_some((end + 1, breaks))
}

fn html_entity(rest: &str) -> (char, usize) {
    const ENTITIES: [(&str, char); 7] = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&nbsp;", ' '),
    ];
    let found = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
    found.map_or(('&', 1), |(name, folded)| (*folded, name.len()))
}

/// Letters drawn alike, Latin beside Cyrillic.
const LOOKALIKES: [(char, char); 27] = [
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('J', 'Ј'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('k', 'к'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('h', 'һ'),
];

const fn is_cyrillic(character: char) -> bool {
    matches!(character, '\u{0400}'..='\u{052F}')
}

const fn is_lookalike_script(character: char) -> bool {
    character.is_ascii_alphabetic() || is_cyrillic(character)
}

fn unmix(word: &mut [char]) {
    let latin = word.iter().any(char::is_ascii_alphabetic);
    let cyrillic = word.iter().any(|c| is_cyrillic(*c));
    if !(latin && cyrillic) {
        return;
    }
    let own_cyrillic = |c: &char| is_cyrillic(*c) && !LOOKALIKES.iter().any(|(_, twin)| twin == c);
    let to_cyrillic = word.iter().any(own_cyrillic);
    for character in word {
        for (latin, cyrillic) in LOOKALIKES {
            let (from, to) = if to_cyrillic { (latin, cyrillic) } else { (cyrillic, latin) };
            if *character == from {
                *character = to;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Folded::new(text).chars.into_iter().collect()
    }

    #[test]
    fn folds_costumes_away() {
        let cases = [
            ("ＢＴＣ １２３．４５", "BTC 123.45"),
            ("**Entry:** `1.5`", "Entry: 1.5"),
            ("<b>SL</b>: 2<br>x", "SL: 2\nx"),
            ("a &lt; b &amp; c", "a < b & c"),
            ("BТС", "BTC"),
            ("СПOT", "СПОТ"),
            ("𝟭𝟮.𝟱", "12.5"),
            ("進場", "进场"),
            ("1 – 2", "1 - 2"),
        ];
        for (text, expected) in cases {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn a_keycap_is_a_list_mark_and_no_digit() {
        let folded = Folded::new("1️⃣1.07");
        assert_eq!(keycap_digit(folded.at(0)), Some(1));
        assert_eq!(folded.chars.iter().skip(1).collect::<String>(), "1.07");
    }

    #[test]
    fn offsets_point_into_the_original() {
        let text = "é＄*x";
        let folded = Folded::new(text);
        let last = folded.chars.len() - 1;
        assert_eq!(folded.at(last), 'x');
        assert_eq!(text.get(folded.starts[last] as usize..folded.ends[last] as usize), Some("x"));
    }
}
