//! The port to the shared state, and its words.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use super::protocol::{Ask, Reply, SCOPE_OF, StoreError};
use crate::Lane;
use crate::core::{Charges, Micros, SECOND, SHARES, WINDOWS};

/// How long to wait before asking again when what is missing is held by somebody.
const PATIENCE: Micros = 10_000;
/// How many numbers an answer has.
const REPLY: usize = USED + WINDOWS + Lane::COUNT * WINDOWS;
/// Where the windows' use begins in it.
const USED: usize = 8;

/// Longest wait that an answer may name: more than the exchange's longest ban.
const FAR: Micros = 4 * 24 * 3_600 * SECOND;
/// Most start times in an answer; the questions ask for far fewer.
const MOST_SLOTS: u64 = 1_000;

/// What a store's call becomes.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<i64>, StoreError>> + Send + 'a>>;

/// Where the shared state is: runs the script atomically. A call that is late or fails must say so
/// soon, since everybody waits for it.
pub trait Store: Send + Sync + 'static {
    /// Runs the script with `question` as its argument.
    fn ask(&self, question: String) -> Answer<'_>;
}

#[derive(Serialize)]
struct Words<'a> {
    process: &'a str,
    number: u64,
    epochs: [u64; 2],
    windows: [WindowWords; WINDOWS],
    spacing: Micros,
    shares: u32,
    patience: Micros,
    holding: Charges,
    spent: Vec<(usize, Micros, u32)>,
    pause: Micros,
    wants: Vec<(usize, Charges)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<ExtraWords>,
    slots_held: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<Micros>,
}

#[derive(Serialize)]
struct WindowWords {
    /// Counted from one, as Lua does.
    scope: usize,
    span: Micros,
    limit: u32,
    ceilings: [u32; 3],
}

#[derive(Serialize)]
struct ExtraWords {
    charges: Charges,
    slots: usize,
}

/// The question as the script reads it. Only a test sets the time.
pub(crate) fn question(ask: &Ask, now: Option<Micros>) -> String {
    let windows = std::array::from_fn(|index| {
        let rule = ask.plan.rule(index);
        WindowWords {
            scope: SCOPE_OF[index] + 1,
            span: rule.span,
            limit: rule.limit(),
            ceilings: rule.ceilings,
        }
    });
    let words = Words {
        process: &ask.process,
        number: ask.number,
        epochs: ask.epochs,
        windows,
        spacing: ask.plan.spacing,
        shares: SHARES,
        patience: PATIENCE,
        holding: ask.holding,
        spent: ask.spent.iter().map(|spent| (spent.window, spent.ago, spent.amount)).collect(),
        pause: ask.pause,
        wants: ask.wants.iter().map(|(lane, charges)| (lane.index(), *charges)).collect(),
        extra: ask.extra.map(|extra| ExtraWords { charges: extra.charges, slots: extra.slots }),
        slots_held: ask.slots_held,
        now,
    };
    // Numbers and a name: there is nothing in it that has no JSON.
    serde_json::to_string(&words).unwrap_or_default()
}

/// The script's answer.
pub(crate) fn reply(numbers: &[i64]) -> Result<Reply, StoreError> {
    let numbers: Vec<u64> =
        numbers.iter().map(|number| u64::try_from(*number).unwrap_or(0)).collect();
    let numbers: [u64; REPLY] = numbers.try_into().map_err(|numbers: Vec<u64>| {
        StoreError::Failed(format!("the script answered {} numbers, not {REPLY}", numbers.len()))
    })?;
    let waits = USED + WINDOWS;
    let far = [numbers[5], numbers[7]].iter().chain(&numbers[waits..]).any(|wait| *wait > FAR);
    if far || numbers[6] > MOST_SLOTS {
        return Err(StoreError::Failed(format!("the script's answer makes no sense: {numbers:?}")));
    }
    Ok(Reply {
        moved: numbers[0] == 1,
        epochs: [numbers[1], numbers[2]],
        granted: numbers[3],
        extra: numbers[4] == 1,
        first_slot: numbers[5],
        slots: usize::try_from(numbers[6]).unwrap_or(0),
        pause: numbers[7],
        used: std::array::from_fn(|index| numbers[USED + index]),
        waits: std::array::from_fn(|lane| {
            std::array::from_fn(|index| numbers[waits + lane * WINDOWS + index])
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_that_makes_no_sense_is_none() {
        let usual = [0; REPLY];
        assert!(reply(&usual).is_ok());
        for (index, number) in [(5, i64::MAX), (6, 1_001), (7, i64::MAX), (REPLY - 1, i64::MAX)] {
            let mut numbers = usual;
            numbers[index] = number;
            assert!(reply(&numbers).is_err(), "{index}");
        }
        assert!(reply(&usual[1..]).is_err());
        assert!(reply(&[]).is_err());
    }

    proptest! {
        #[test]
        fn whatever_the_store_answers_waits_and_start_times_stay_within_bounds(
            numbers in prop::collection::vec(
                prop_oneof![any::<i64>(), -10..10_000_000_i64], REPLY - 1..=REPLY + 1,
            ),
        ) {
            if let Ok(reply) = reply(&numbers) {
                prop_assert!(reply.slots <= 1_000);
                prop_assert!(reply.waits.iter().flatten().all(|wait| *wait <= FAR));
                prop_assert!(reply.first_slot <= FAR && reply.pause <= FAR);
            }
        }
    }
}
