//! The phrase files: one for each language, `key: text` a line. `[a|b]` is a choice, `{name}` a
//! part of a signal; what stands in them is what the message says.

use domain::{Decimal, EntryKind, Intent};
use fastrand::Rng;

use super::Kind;
use super::levels::Levels;
use crate::example::LabelledFields;

const FILES: [(&str, &str); 16] = [
    ("en", include_str!("phrases/en.txt")),
    ("ru", include_str!("phrases/ru.txt")),
    ("tr", include_str!("phrases/tr.txt")),
    ("es", include_str!("phrases/es.txt")),
    ("pt", include_str!("phrases/pt.txt")),
    ("de", include_str!("phrases/de.txt")),
    ("fr", include_str!("phrases/fr.txt")),
    ("it", include_str!("phrases/it.txt")),
    ("id", include_str!("phrases/id.txt")),
    ("vi", include_str!("phrases/vi.txt")),
    ("fa", include_str!("phrases/fa.txt")),
    ("ar", include_str!("phrases/ar.txt")),
    ("zh", include_str!("phrases/zh.txt")),
    ("ko", include_str!("phrases/ko.txt")),
    ("ja", include_str!("phrases/ja.txt")),
    ("hi", include_str!("phrases/hi.txt")),
];

/// A phrase of a file.
pub(crate) struct Phrase {
    pub(crate) kind: Kind,
    pub(crate) text: &'static str,
    /// Its place in the file.
    pub(crate) number: usize,
}

/// The words and phrases of a language.
pub(crate) struct Language {
    pub(crate) code: &'static str,
    pub(crate) phrases: Vec<Phrase>,
    words: Vec<(&'static str, Vec<&'static str>)>,
    /// Whether it is also written without capitals.
    pub(crate) lower: bool,
    /// Whether decimals may stand behind a comma.
    pub(crate) comma: bool,
}

impl Language {
    fn read(code: &'static str, file: &'static str) -> Self {
        let mut language = Self {
            code,
            phrases: Vec::new(),
            words: Vec::new(),
            lower: matches!(code, "en" | "ru" | "es" | "pt" | "de" | "fr" | "it" | "id"),
            comma: matches!(code, "ru" | "tr" | "es" | "pt" | "de" | "fr" | "it"),
        };
        for (key, text) in file.lines().filter_map(|line| line.split_once(": ")) {
            let kind = match key {
                "TRADE" => Kind::Trade,
                "UPDATE" => Kind::Other(Intent::Update),
                "CLOSE" => Kind::Other(Intent::Close),
                "NO_TRADE" => Kind::Other(Intent::NoTrade),
                word => {
                    language.words.push((word, text.split(" | ").map(str::trim).collect()));
                    continue;
                }
            };
            let number = language.phrases.len();
            language.phrases.push(Phrase { kind, text, number });
        }
        language
    }

    /// A word for `key`, drawn from those of the file.
    pub(crate) fn word(&self, key: &str, rng: &mut Rng) -> &'static str {
        let words = self.words.iter().find(|(name, _)| *name == key).map(|(_, words)| words);
        words.and_then(|words| rng.choice(words.iter().copied())).unwrap_or_default()
    }
}

/// Every language.
pub(crate) fn languages() -> Vec<Language> {
    FILES.iter().map(|(code, file)| Language::read(code, file)).collect()
}

/// Fills phrases and remembers what they say.
pub(crate) struct Writer<'a> {
    language: &'a Language,
    levels: &'a Levels,
    rng: &'a mut Rng,
    style: Style,
    fields: LabelledFields,
}

/// How one author writes prices and coins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    dollar: u8,
    comma: bool,
    thousands: bool,
    symbol: u8,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(language: &'a Language, levels: &'a Levels, rng: &'a mut Rng) -> Self {
        let style = Style {
            dollar: rng.u8(0..6),
            comma: language.comma && rng.u8(0..3) == 0,
            thousands: rng.u8(0..5) == 0,
            symbol: rng.u8(0..10),
        };
        Self { language, levels, rng, style, fields: LabelledFields::default() }
    }

    pub(crate) fn into_fields(self) -> LabelledFields {
        self.fields
    }

    /// Remembers a target that is written apart.
    pub(crate) fn add_target(&mut self, target: Decimal) {
        self.fields.tps.push(target);
    }

    pub(crate) fn rng(&mut self) -> &mut Rng {
        self.rng
    }

    /// Writes a phrase: choices drawn, parts filled in.
    pub(crate) fn write(&mut self, phrase: &str) -> String {
        let chosen = self.choose(&phrase.replace("\\n", "\n"));
        let mut text = String::new();
        let mut rest = chosen.as_str();
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, part)| Some((before, part.split_once('}')?)))
        {
            text.push_str(before);
            text.push_str(&self.part(name));
            rest = after;
        }
        text + rest
    }

    fn choose(&mut self, phrase: &str) -> String {
        let mut text = String::new();
        let mut rest = phrase;
        while let Some((before, (choices, after))) =
            rest.split_once('[').and_then(|(before, part)| Some((before, part.split_once(']')?)))
        {
            text.push_str(before);
            let choices: Vec<&str> = choices.split('|').collect();
            text.push_str(choices[self.rng.usize(0..choices.len())]);
            rest = after;
        }
        text + rest
    }

    fn part(&mut self, name: &str) -> String {
        let [entry, second] = self.levels.entries;
        match name {
            "c" => self.symbol(),
            "e" => self.entry(entry),
            "e2" => self.entry(second),
            "r" => format!("{}{}{}", self.entry(entry), self.joint(), self.entry(second)),
            "t1" | "t2" | "t3" => self.target(usize::from(name.as_bytes()[1] - b'1')),
            "ts" => self.targets(),
            "s" => {
                self.fields.sl = Some(self.levels.stop);
                self.price(self.levels.stop)
            }
            "market" => {
                self.fields.entry_kind = Some(EntryKind::Market);
                self.language.word("market", self.rng).to_owned()
            }
            "side" => {
                let key = if self.levels.long { "long" } else { "short" };
                self.language.word(key, self.rng).to_owned()
            }
            "p" => {
                let price = self.levels.targets[0];
                self.price(price)
            }
            "q" => self.price(self.levels.stop),
            "lev" => self.leverage(),
            "pct" => format!("{}%", self.percentage()),
            "n" => self.rng.u32(2..40).to_string(),
            "big" => format!("{},{:03}", self.rng.u32(2..90), self.rng.u32(0..1000)),
            "date" => format!("{:02}.{:02}.2026", self.rng.u32(1..29), self.rng.u32(1..13)),
            "time" => format!("{:02}:{:02}", self.rng.u32(0..24), self.rng.u32(0..60)),
            key => {
                let word = self.language.word(key, self.rng);
                debug_assert!(
                    !word.is_empty(),
                    "{key} is no part of a phrase in {}",
                    self.language.code
                );
                word.to_owned()
            }
        }
    }

    fn joint(&mut self) -> &'static str {
        const JOINTS: [&str; 5] = [" - ", "-", " – ", " to ", " / "];
        let joints = if self.language.code == "en" { 5 } else { 3 };
        JOINTS[self.rng.usize(0..joints)]
    }

    fn percentage(&mut self) -> String {
        let (whole, tenth) = (self.rng.u32(1..60), self.rng.u32(0..20));
        if tenth < 10 { format!("{whole}.{tenth}") } else { whole.to_string() }
    }

    fn leverage(&mut self) -> String {
        let times = *self.rng.choice(&[2, 3, 5, 10, 20, 25, 50]).unwrap_or(&10);
        self.fields.leverage = Some(times);
        if self.rng.u8(0..4) == 0 { format!("x{times}") } else { format!("{times}x") }
    }

    fn entry(&mut self, price: Decimal) -> String {
        self.fields.entries.push(price);
        self.price(price)
    }

    fn target(&mut self, at: usize) -> String {
        let target = self.levels.targets.get(at).or(self.levels.targets.last()).copied();
        let Some(target) = target else { return String::new() };
        self.fields.tps.push(target);
        self.price(target)
    }

    /// All targets on one line.
    pub(crate) fn targets(&mut self) -> String {
        const JOINTS: [&str; 5] = [" - ", ", ", " / ", " | ", "; "];
        let joint = JOINTS[self.rng.usize(0..JOINTS.len())];
        let joint = if self.style.comma && joint == ", " { " - " } else { joint };
        let targets = self.levels.targets.clone();
        self.fields.tps.extend(&targets);
        targets.iter().map(|target| self.price(*target)).collect::<Vec<_>>().join(joint)
    }

    /// The coin as this author writes it.
    pub(crate) fn symbol(&mut self) -> String {
        let coin = self.levels.coin;
        self.fields.symbol = Some(format!("{coin}USDT"));
        let style = if self.levels.is_word { self.style.symbol % 6 } else { self.style.symbol };
        match style {
            0 => format!("{coin}/USDT"),
            1 => format!("#{coin}/USDT"),
            2 => format!("{coin}USDT"),
            3 => format!("#{coin}"),
            4 => format!("${coin}"),
            5 => format!("#{coin}USDT"),
            6 => format!("{coin}-USDT"),
            _ => coin.to_owned(),
        }
    }

    /// A price as this author writes it.
    pub(crate) fn price(&mut self, price: Decimal) -> String {
        let plain = price.to_string();
        let written = match plain.split_once('.') {
            // Three decimals behind a comma read as thousands: nobody could tell.
            Some((whole, part)) if self.style.comma && part.len() != 3 => format!("{whole},{part}"),
            None if self.style.thousands && !self.style.comma && plain.len() > 3 => {
                let (thousands, rest) = plain.split_at(plain.len() - 3);
                format!("{thousands},{rest}")
            }
            _ => plain,
        };
        match self.style.dollar {
            0 => format!("${written}"),
            1 => format!("{written}$"),
            _ => written,
        }
    }
}
