//! Signals laid out line by line, in the styles of many channels, and what such a layout becomes
//! when its targets are ticked off, it is quoted, announced or called off.

use domain::{Decimal, Intent};
use fastrand::Rng;

use super::Made;
use super::levels::Levels;
use super::phrases::{Language, Writer};
use crate::example::LabelledFields;

/// What a layout is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Signal,
    /// Targets ticked off, a profit told.
    Result,
    /// Closed at a price, with a result.
    Closed,
    /// Yesterday's, an example, an advert's.
    Told,
    /// Not yet.
    Announced,
}

impl Use {
    fn draw(rng: &mut Rng) -> Self {
        match rng.u8(0..10) {
            0 => Self::Result,
            1 => Self::Told,
            2 if rng.bool() => Self::Closed,
            2 => Self::Announced,
            _ => Self::Signal,
        }
    }

    fn intent(self, long: bool) -> Intent {
        match self {
            Self::Signal if long => Intent::Buy,
            Self::Signal => Intent::Sell,
            Self::Result => Intent::Update,
            Self::Closed => Intent::Close,
            Self::Told | Self::Announced => Intent::NoTrade,
        }
    }
}

/// How one channel lays out its signals.
struct Layout {
    colon: &'static str,
    bullet: &'static str,
    side_place: u8,
    target_style: u8,
    blank: bool,
    leverage: bool,
    stop_first: bool,
}

impl Layout {
    fn draw(rng: &mut Rng) -> Self {
        const COLONS: [&str; 7] = [": ", ": ", " : ", " - ", " = ", " ", ":- "];
        const BULLETS: [&str; 8] = ["", "", "", "▪️ ", "• ", "➡️ ", "📌 ", "🔹"];
        Self {
            colon: COLONS[rng.usize(0..COLONS.len())],
            bullet: BULLETS[rng.usize(0..BULLETS.len())],
            side_place: rng.u8(0..5),
            target_style: rng.u8(0..6),
            blank: rng.bool(),
            leverage: rng.u8(0..3) == 0,
            stop_first: rng.u8(0..3) == 0,
        }
    }
}

/// Writes one.
pub(crate) fn write(language: &Language, rng: &mut Rng) -> Made {
    let long = rng.bool();
    let levels = Levels::draw(long, rng);
    let (layout, purpose) = (Layout::draw(rng), Use::draw(rng));
    let mut writer = Writer::new(language, &levels, rng);
    let mut lines = frame(&mut writer, language, purpose);
    lines.extend(head(&mut writer, language, &layout, long));
    let stop = stop_line(&mut writer, language, &layout);
    let entry = entry_line(&mut writer, language, &layout);
    let targets = target_lines(&mut writer, language, &layout, &levels, purpose);
    let leverage = leverage_line(&mut writer, language, &layout);
    lines.extend(entry);
    if layout.stop_first {
        lines.push(stop);
        lines.extend(targets);
    } else {
        lines.extend(targets);
        lines.push(stop);
    }
    lines.extend(leverage);
    lines.extend(ending(&mut writer, language, purpose));
    let fields = writer.into_fields();
    let text = lines.join(if layout.blank { "\n\n" } else { "\n" });
    let fields = if purpose == Use::Signal { fields } else { LabelledFields::default() };
    Made { text, intent: purpose.intent(long), fields }
}

/// What stands above a layout.
fn frame(writer: &mut Writer<'_>, language: &Language, purpose: Use) -> Vec<String> {
    let key = match purpose {
        Use::Told => "told",
        Use::Announced => "soon",
        Use::Closed => "closed",
        Use::Signal if writer.rng().u8(0..3) == 0 => "head",
        Use::Signal | Use::Result => return Vec::new(),
    };
    let phrase = language.word(key, writer.rng());
    vec![writer.write(phrase)]
}

fn head(writer: &mut Writer<'_>, language: &Language, layout: &Layout, long: bool) -> Vec<String> {
    let side = language.word(if long { "long" } else { "short" }, writer.rng());
    let coin = writer.symbol();
    let colour = if long { "🟢" } else { "🔴" };
    let colon = layout.colon;
    match layout.side_place {
        0 => vec![format!("{coin} {side}")],
        1 => vec![format!("{colour} {side} {coin}")],
        2 => {
            let (label, direction) =
                (language.word("coin", writer.rng()), language.word("direction", writer.rng()));
            let labelled = format!("{}{label}{colon}{coin}", layout.bullet);
            vec![labelled, format!("{}{direction}{colon}{side}", layout.bullet)]
        }
        3 => vec![coin, format!("{side} {colour}")],
        _ => vec![format!("{side} {coin}")],
    }
}

fn entry_line(writer: &mut Writer<'_>, language: &Language, layout: &Layout) -> Vec<String> {
    let label = language.word("entry", writer.rng());
    let style = writer.rng().u8(0..10);
    let value = match style {
        0 => writer.write("{market}"),
        1..=4 => writer.write("{r}"),
        _ => writer.write("{e}"),
    };
    vec![format!("{}{label}{}{value}", layout.bullet, layout.colon)]
}

fn stop_line(writer: &mut Writer<'_>, language: &Language, layout: &Layout) -> String {
    let label = language.word("stop", writer.rng());
    let sign = if layout.target_style == 4 { "🛑 " } else { layout.bullet };
    format!("{sign}{label}{}{}", layout.colon, writer.write("{s}"))
}

fn leverage_line(writer: &mut Writer<'_>, language: &Language, layout: &Layout) -> Option<String> {
    let label = language.word("lev", writer.rng());
    layout
        .leverage
        .then(|| format!("{}{label}{}{}", layout.bullet, layout.colon, writer.write("{lev}")))
}

fn target_lines(
    writer: &mut Writer<'_>,
    language: &Language,
    layout: &Layout,
    levels: &Levels,
    purpose: Use,
) -> Vec<String> {
    let label = language.word("target", writer.rng());
    let colon = layout.colon;
    if layout.target_style == 0 && purpose != Use::Result {
        return vec![format!("{}{label}{colon}{}", layout.bullet, writer.targets())];
    }
    let done = 1 + writer.rng().usize(0..levels.targets.len());
    let mut lines = Vec::new();
    if matches!(layout.target_style, 1 | 2) {
        lines.push(format!("{}{label}{}", layout.bullet, colon.trim_end()));
    }
    let numbered: Vec<(usize, Decimal)> = (1..).zip(levels.targets.iter().copied()).collect();
    for (number, target) in numbered {
        let price =
            writer.write(if number <= 3 { ["{t1}", "{t2}", "{t3}"][number - 1] } else { "" });
        let price = if price.is_empty() { rest_target(writer, target) } else { price };
        let tick = if purpose == Use::Result && number <= done { " ✅" } else { "" };
        lines.push(match layout.target_style {
            1 => format!("{number}) {price}{tick}"),
            2 => format!("{number}️⃣ {price}{tick}"),
            3 => format!("TP{number}{colon}{price}{tick}"),
            4 => format!("🎯 {price}{tick}"),
            _ => format!("{label} {number}{colon}{price}{tick}"),
        });
    }
    lines
}

/// A target behind the third.
fn rest_target(writer: &mut Writer<'_>, target: Decimal) -> String {
    writer.add_target(target);
    writer.price(target)
}

fn ending(writer: &mut Writer<'_>, language: &Language, purpose: Use) -> Vec<String> {
    let key = match purpose {
        Use::Result => "profit",
        Use::Closed => "outcome",
        Use::Told => "toldend",
        Use::Signal if writer.rng().u8(0..3) == 0 => "foot",
        Use::Signal | Use::Announced => return Vec::new(),
    };
    let phrase = language.word(key, writer.rng());
    vec![writer.write(phrase)]
}
