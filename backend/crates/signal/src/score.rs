//! From evidence to an intent and a confidence: one table of weights, a softmax, and what the
//! fields still lack for trading.

use domain::Intent;

use crate::calibration::Terms;
use crate::fields::Fields;
use crate::intent::{Direction, Evidence};
use crate::items::Items;
use crate::model::Model;
use crate::traits;

/// The classes of the table; BUY and SELL share one and are told apart by the side.
pub const CLASSES: usize = 4;
pub(crate) type Weights = [f64; CLASSES];

/// What counts, and how much towards [trade, update, close, nothing].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    Bias,
    SideWord,
    SideSignOnly,
    EnterPhrase,
    LabelledEntry,
    NakedEntry,
    MarketEntry,
    Targets,
    Stop,
    Symbol,
    Leverage,
    /// Symbol, side, entry and target or stop.
    CompleteSetup,
    /// Levels on the wrong side of the entry.
    Contradiction,
    /// Targets or a stop, but neither side nor entry.
    LevelsAlone,
    /// A handful of words with a side and a coin.
    ShortOrder,
    /// A side, but no price at all.
    SideAlone,
    UpdatePhrase,
    Result,
    ProfitPercent,
    ClosePhrase,
    WaitPhrase,
    AnalysisPhrase,
    AdvertPhrase,
    ReportPhrase,
    ChatterPhrase,
    Question,
    ConditionalPhrase,
    PastPhrase,
    /// Cancelled, an example.
    Void,
    /// Above a layout stands that it is no order, or not yet, or not any more.
    TitleAgainst,
    /// Dozens of words outside the lexicon.
    Prose,
    /// No price, no phrase: nothing to act on.
    Empty,
}

/// Feature, its weights towards [trade, update, close, nothing].
pub(crate) const TABLE: [(Feature, Weights); 32] = [
    (Feature::Bias, [-2.0, -0.5, -0.8, 1.0]),
    (Feature::SideWord, [1.8, 0.0, 0.0, 0.0]),
    (Feature::SideSignOnly, [0.5, 0.0, 0.0, 0.0]),
    (Feature::EnterPhrase, [1.2, -0.3, 0.0, 0.0]),
    (Feature::LabelledEntry, [1.8, 0.0, -0.5, -0.8]),
    (Feature::NakedEntry, [1.5, 0.0, 0.0, 0.0]),
    (Feature::MarketEntry, [1.6, 0.0, 0.4, 0.0]),
    (Feature::Targets, [1.0, 0.4, -0.3, -0.7]),
    (Feature::Stop, [1.0, 0.4, -0.3, -0.7]),
    (Feature::Symbol, [0.6, 0.0, 0.0, 0.0]),
    (Feature::Leverage, [0.6, 0.0, 0.0, -0.3]),
    (Feature::CompleteSetup, [2.8, -0.8, -0.8, -1.0]),
    (Feature::Contradiction, [-1.0, 0.0, 0.0, 0.0]),
    (Feature::LevelsAlone, [-1.0, 2.6, 0.0, 0.0]),
    (Feature::ShortOrder, [3.0, 0.0, 0.0, 0.0]),
    (Feature::SideAlone, [-0.8, 0.0, 0.0, 0.3]),
    (Feature::UpdatePhrase, [-2.2, 2.6, 0.2, 0.0]),
    (Feature::Result, [-3.5, 3.5, 0.0, 0.0]),
    (Feature::ProfitPercent, [-1.2, 1.8, 0.3, 0.2]),
    (Feature::ClosePhrase, [-1.0, 0.2, 3.0, 0.0]),
    (Feature::WaitPhrase, [-2.4, 0.0, -0.2, 1.4]),
    (Feature::AnalysisPhrase, [-0.4, -0.1, -0.1, 0.5]),
    (Feature::AdvertPhrase, [-0.6, -0.2, -0.2, 1.0]),
    (Feature::ReportPhrase, [-0.8, 0.0, 0.0, 1.4]),
    (Feature::ChatterPhrase, [0.0, 0.0, 0.0, 0.2]),
    (Feature::Question, [-0.4, -0.2, -0.4, 0.8]),
    (Feature::ConditionalPhrase, [-2.6, -0.2, -0.4, 1.6]),
    (Feature::PastPhrase, [-1.8, 0.3, 0.2, 0.6]),
    (Feature::Void, [-6.5, 2.5, 0.0, 1.5]),
    (Feature::TitleAgainst, [-1.5, 0.3, 0.3, 0.6]),
    (Feature::Prose, [-0.3, -0.2, -0.2, 0.6]),
    (Feature::Empty, [-2.0, 0.0, 0.0, 1.2]),
];

/// At most so many words are named as reasons, and none that says less than this.
const MAX_WORDS: usize = 3;
const AUDIBLE: f64 = 0.25;
/// A trade of which a level is said to be reached must not trade by itself.
const PROGRESS: f64 = 0.7;
/// So many lines that begin with a field make the layout of a signal.
const CARD_LINES: u32 = 3;

/// A message judged.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) intent: Intent,
    /// 0 to 1.
    pub(crate) confidence: f64,
    /// Positions in the model of the words that spoke loudest for the intent.
    pub(crate) words: Vec<u32>,
    /// What the confidence comes from.
    pub(crate) terms: Terms,
}

/// What makes a trade less sure, however clearly it is wanted.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a term of the calibration")]
pub(crate) struct Reservations {
    /// How sure the coin is: 0 none, 4 a written pair.
    pub(crate) coin: u8,
    pub(crate) levels_against_side: bool,
    pub(crate) contradiction: bool,
    /// Neither target nor stop.
    pub(crate) no_bounds: bool,
    pub(crate) several_coins: bool,
    pub(crate) no_side_word: bool,
    pub(crate) no_stop: bool,
    pub(crate) no_target: bool,
    /// An entry price beside a side or coin, without a label.
    pub(crate) unlabelled_entry: bool,
    /// A price has its role from where it stands among the others.
    pub(crate) told_by_place: bool,
    /// Prices like those of the fields that no field took.
    pub(crate) unread_prices: u32,
    /// Coin, entry, side, and target or stop.
    pub(crate) complete_setup: bool,
    /// The part of the words that neither word lists nor model know, 0 to 1.
    pub(crate) strange_words: f64,
}

/// Judges a message.
pub(crate) fn judge(items: &Items, evidence: &Evidence, fields: &Fields, model: &Model) -> Verdict {
    let symbol = coin_strength(items);
    let mut logits = rule_logits(evidence, fields, symbol, model);
    let named = Contributions::gather(items, model);
    named.add_to(&mut logits, model);
    let probabilities = softmax(logits);
    let direction = evidence.direction();
    let class = likeliest(&probabilities, direction);
    let mut probability = probabilities.get(class).copied().unwrap_or_default();
    // What spoke for a trade speaks for the signal that is told again.
    let retold = class == 0 && evidence.tells_progress();
    let class = if retold { 1 } else { class };
    if retold {
        probability += probabilities.get(class).copied().unwrap_or_default();
    }
    let intent = match (class, direction) {
        (0, Some(Direction::Short)) => Intent::Sell,
        (0, _) => Intent::Buy,
        (1, _) => Intent::Update,
        (2, _) => Intent::Close,
        _ => Intent::NoTrade,
    };
    let reservations = Reservations {
        strange_words: named.strange_words,
        ..reservations(items, evidence, fields, symbol)
    };
    let terms = if class == 0 {
        Terms::of_trade(probability, reservations)
    } else {
        Terms::of_quiet(probability, class, reservations)
    };
    let sure = model.calibration().confidence(&terms);
    let confidence = if class == 0 && evidence.result.any() { sure.min(PROGRESS) } else { sure };
    let words = named.loudest(class, model);
    Verdict { intent, confidence, words, terms }
}

/// The likeliest class; without a side there is no trade.
fn likeliest(probabilities: &Weights, direction: Option<Direction>) -> usize {
    let mut best = 0;
    for class in 1..CLASSES {
        let beats = probabilities.get(class) > probabilities.get(best);
        if beats || (best == 0 && direction.is_none()) {
            best = class;
        }
    }
    best
}

/// How sure the message's coin is (0 none, 4 a written pair).
pub(crate) fn coin_strength(items: &Items) -> u8 {
    let primary = items.primary().and_then(|index| items.symbols.get(index));
    primary.map_or(0, |symbol| symbol.strength)
}

fn reservations(items: &Items, evidence: &Evidence, fields: &Fields, coin: u8) -> Reservations {
    let against = match (evidence.levels, evidence.direction()) {
        (Some(levels), Some(direction)) => levels != direction,
        _ => false,
    };
    let coins = items.symbols.iter().filter(|symbol| symbol.strength > 1).count();
    Reservations {
        coin,
        levels_against_side: against,
        contradiction: evidence.contradiction,
        no_bounds: !has_bounds(fields),
        several_coins: coins > 1,
        no_side_word: !evidence.long.any() && !evidence.short.any(),
        no_stop: fields.sl.is_none() && fields.sl_pct.is_none(),
        no_target: fields.tps.is_empty() && fields.tp_pcts.is_empty(),
        unlabelled_entry: !fields.entries.is_empty() && !fields.is_labelled(),
        told_by_place: fields.told_by_place > 0,
        unread_prices: u32::try_from(fields.unread.len()).unwrap_or(u32::MAX),
        complete_setup: is_complete(evidence, fields, coin),
        strange_words: 0.0,
    }
}

/// Whether a target or a stop is named, as a price or in percent.
const fn has_bounds(fields: &Fields) -> bool {
    !fields.tps.is_empty()
        || fields.sl.is_some()
        || !fields.tp_pcts.is_empty()
        || fields.sl_pct.is_some()
}

/// The value of each of the rules' features in a message.
pub(crate) fn features(evidence: &Evidence, fields: &Fields, symbol: u8) -> [f64; TABLE.len()] {
    let facts = Facts::of(evidence, fields, symbol);
    TABLE.map(|(feature, _)| value(feature, evidence, fields, facts))
}

fn rule_logits(evidence: &Evidence, fields: &Fields, symbol: u8, model: &Model) -> Weights {
    let mut logits = [0.0; CLASSES];
    for (rule, value) in model.rules().iter().zip(features(evidence, fields, symbol)) {
        if value != 0.0 {
            add(&mut logits, &rule.weights, value);
        }
    }
    logits
}

fn add(logits: &mut Weights, weights: &Weights, value: f64) {
    for (logit, weight) in logits.iter_mut().zip(weights) {
        *logit += weight * value;
    }
}

/// The named features of a message that the model knows, each once.
struct Contributions {
    positions: Vec<u32>,
    each: f64,
    /// The part of the words that the model does not know.
    strange_words: f64,
}

impl Contributions {
    fn gather(items: &Items, model: &Model) -> Self {
        let (mut positions, mut count) = (Vec::with_capacity(64), 0);
        let (mut words, mut strange) = (0_u32, 0_u32);
        traits::visit(items, |named| {
            count += 1;
            let known = model.find(named.key());
            if named.is_single_word() {
                words += 1;
                strange += u32::from(known.is_none());
            }
            positions.extend(known);
        });
        positions.sort_unstable();
        positions.dedup();
        let strange_words = f64::from(strange) / f64::from(words.max(1));
        Self { positions, each: traits::weight_of_each(count), strange_words }
    }

    fn add_to(&self, logits: &mut Weights, model: &Model) {
        for named in self.positions.iter().filter_map(|at| model.named(*at)) {
            add(logits, &named.weights, self.each);
        }
    }

    /// The words that spoke for `class` against the others, the loudest first.
    fn loudest(&self, class: usize, model: &Model) -> Vec<u32> {
        let voice = |at: &u32| {
            let named = model.named(*at).filter(|named| named.name.starts_with("word "))?;
            let sum: f64 = named.weights.iter().sum();
            let own = named.weights.get(class)?;
            Some(self.each * (own - (sum - own) / 3.0)).filter(|voice| *voice >= AUDIBLE)
        };
        let mut loud: Vec<(f64, u32)> =
            self.positions.iter().filter_map(|at| Some((voice(at)?, *at))).collect();
        loud.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        loud.into_iter().take(MAX_WORDS).map(|(_, at)| at).collect()
    }
}

/// A softmax that cannot overflow.
fn softmax(logits: Weights) -> Weights {
    let largest = logits.iter().copied().fold(f64::MIN, f64::max);
    let powers = logits.map(|logit| (logit - largest).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// What several features depend on.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "facts that hold or not, each by itself")]
struct Facts {
    side_word: bool,
    entry: bool,
    targets: bool,
    stop: bool,
    structure: bool,
    told: bool,
    complete: bool,
    symbol: bool,
    short_order: bool,
    prose: f64,
    told_weight: f64,
}

impl Facts {
    fn of(evidence: &Evidence, fields: &Fields, symbol: u8) -> Self {
        let entry = !fields.entries.is_empty();
        let targets = !fields.tps.is_empty() || !fields.tp_pcts.is_empty();
        let stop = fields.sl.is_some() || fields.sl_pct.is_some();
        let complete = is_complete(evidence, fields, symbol);
        let prose = prose_weight(evidence, fields, symbol);
        Self {
            side_word: evidence.long.any() || evidence.short.any(),
            entry,
            targets,
            stop,
            structure: entry || targets || stop || fields.market,
            told: evidence.update.any()
                || evidence.result.any()
                || evidence.close.any()
                || evidence.profit.any(),
            complete,
            symbol: symbol > 0,
            short_order: is_short_order(evidence, fields, symbol),
            prose,
            // A complete setup in running text is more often told, planned or over than one laid out.
            told_weight: if complete && evidence.field_lines < CARD_LINES { 2.0 } else { prose },
        }
    }
}

fn value(feature: Feature, evidence: &Evidence, fields: &Fields, facts: Facts) -> f64 {
    let Facts { side_word, entry, targets, stop, structure, told, complete, .. } = facts;
    let Facts { prose, told_weight, .. } = facts;
    match feature {
        Feature::Bias => 1.0,
        Feature::SideWord => flag(side_word),
        Feature::SideSignOnly => flag(!side_word && evidence.signs_up != evidence.signs_down),
        Feature::EnterPhrase => flag(evidence.enter.any()),
        Feature::LabelledEntry => flag(entry && fields.is_labelled()),
        Feature::NakedEntry => flag(entry && !fields.is_labelled()),
        Feature::MarketEntry => flag(fields.market),
        Feature::ShortOrder => flag(facts.short_order),
        Feature::Targets => flag(targets),
        Feature::Stop => flag(stop),
        Feature::Symbol => flag(facts.symbol),
        Feature::Leverage => flag(fields.leverage.is_some()),
        Feature::CompleteSetup => flag(complete),
        Feature::Contradiction => flag(evidence.contradiction),
        Feature::LevelsAlone => flag(
            (targets || stop) && !entry && !fields.market && !side_word && !evidence.enter.any(),
        ),
        Feature::SideAlone => flag(side_word && !structure),
        Feature::UpdatePhrase => capped(evidence.update.count, 3) * told_weight,
        Feature::Result => capped(evidence.result.count, 2),
        Feature::ProfitPercent => flag(evidence.profit.any()) * prose,
        Feature::ClosePhrase => {
            capped(evidence.close.count, 2) * if complete { prose } else { 1.0 }
        }
        Feature::WaitPhrase => capped(evidence.wait.count, 3) * told_weight,
        Feature::AnalysisPhrase => capped(evidence.analysis.count, 6) * prose,
        Feature::AdvertPhrase => capped(evidence.advert.count, 4) * prose,
        Feature::ReportPhrase => capped(evidence.report.count, 3) * prose,
        Feature::ChatterPhrase => capped(evidence.chatter.count, 3) * prose,
        Feature::Question => capped(evidence.question.count, 2) * prose,
        Feature::ConditionalPhrase => capped(evidence.conditional.count, 2) * told_weight,
        Feature::PastPhrase => capped(evidence.past.count, 2) * told_weight,
        Feature::Void => flag(evidence.void.any()),
        Feature::TitleAgainst => {
            capped(evidence.title.count, 2) * flag(evidence.field_lines >= CARD_LINES)
        }
        Feature::Prose => capped(evidence.unknown_words / 10, 4) * prose,
        Feature::Empty => flag(!structure && !told && !facts.short_order),
    }
}

/// In a message laid out as a signal the reasoning below it is prose too, and says little against
/// it; in a running text every word counts.
fn prose_weight(evidence: &Evidence, fields: &Fields, symbol: u8) -> f64 {
    let side = evidence.long.any() || evidence.short.any();
    let laid_out = evidence.field_lines >= CARD_LINES;
    if laid_out && is_complete(evidence, fields, symbol) {
        0.35
    } else if laid_out && fields.is_labelled() && side && symbol > 0 {
        0.5
    } else {
        1.0
    }
}

/// "Long BTC", "taking it here": an order without prices.
fn is_short_order(evidence: &Evidence, fields: &Fields, symbol: u8) -> bool {
    let bare = fields.entries.is_empty() && fields.tps.is_empty() && fields.sl.is_none();
    let told = evidence.update.any()
        || evidence.result.any()
        || evidence.close.any()
        || evidence.profit.any();
    let side = evidence.long.any() || evidence.short.any();
    let brief = side && symbol > 0 && evidence.words <= 8;
    let entering =
        evidence.enter.any() && (side || evidence.words <= 5) && evidence.unknown_words <= 20;
    bare && !told && !evidence.question.any() && (brief || entering)
}

fn is_complete(evidence: &Evidence, fields: &Fields, symbol: u8) -> bool {
    let priced = !fields.entries.is_empty() || fields.market;
    let bounded = !fields.tps.is_empty()
        || fields.sl.is_some()
        || !fields.tp_pcts.is_empty()
        || fields.sl_pct.is_some();
    symbol > 0 && priced && bounded && evidence.direction().is_some()
}

const fn flag(condition: bool) -> f64 {
    if condition { 1.0 } else { 0.0 }
}

fn capped(count: u32, most: u32) -> f64 {
    f64::from(count.min(most))
}
