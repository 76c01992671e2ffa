//! Random schedules, played in virtual time against an exchange that counts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use proptest::prelude::*;

use crate::core::{Charges, Kind, Meter, Micros, Plan, SECOND};
use crate::queue::{Next, Queue};
use crate::{BudgetSettings, Cost, Lane};

const START: Micros = 3_600 * SECOND;
const MS: Micros = 1_000;

/// A request: when it is made, what it is, how long until the exchange sees it and how long from
/// there until its answer is back.
#[derive(Debug, Clone, Copy)]
struct Request {
    at: Micros,
    lane: Lane,
    cost: Cost,
    there: Micros,
    back: Micros,
}

/// What became of one.
#[derive(Debug, Clone, Copy)]
struct Played {
    request: Request,
    started: Micros,
}

impl Played {
    fn seen(&self) -> Micros {
        self.started + self.request.there
    }
}

/// Plays the schedule to its end.
fn play(meter: &mut Meter, requests: &[Request]) -> Vec<Played> {
    let mut queue = Queue::default();
    let mut arrivals: Vec<Request> = requests.to_vec();
    arrivals.sort_by_key(|request| Reverse(request.at));
    let mut answers: BinaryHeap<Reverse<(Micros, Charges)>> = BinaryHeap::new();
    let (mut now, mut played) = (START, Vec::new());
    loop {
        while arrivals.last().is_some_and(|request| request.at <= now) {
            let Some(request) = arrivals.pop() else { break };
            let charges = meter.plan().charges(request.lane, request.cost);
            queue.join(request.lane, charges, request);
        }
        while answers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((at, charges))) = answers.pop() else { break };
            meter.finish(at, &charges);
        }
        let next = queue.next_by(meter, now);
        if let Next::Start(place) = next {
            let waiting = queue.take(place).unwrap();
            meter.start(now, &waiting.charges);
            let request = waiting.caller;
            answers.push(Reverse((now + request.there + request.back, waiting.charges)));
            played.push(Played { request, started: now });
            continue;
        }
        let known = if let Next::At(at) = next { Some(at) } else { None };
        let events = [known, arrivals.last().map(|r| r.at), answers.peek().map(|a| a.0.0)];
        match events.into_iter().flatten().min() {
            Some(at) => now = at.max(now + 1),
            None => break,
        }
    }
    assert!(queue.is_empty(), "somebody waits for ever");
    played
}

/// The largest sum that falls into any window of this length.
fn most_within(span: Micros, mut seen: Vec<(Micros, u32)>) -> u32 {
    seen.sort_unstable();
    let (mut first, mut sum, mut most) = (0, 0, 0);
    for (at, amount) in &seen {
        sum += amount;
        while seen[first].0 + span <= *at {
            sum -= seen[first].1;
            first += 1;
        }
        most = most.max(sum);
    }
    most
}

fn sums(played: &[Played], of: impl Fn(&Request) -> u32) -> Vec<(Micros, u32)> {
    played.iter().map(|played| (played.seen(), of(&played.request))).collect()
}

fn settings(spacing_ms: u64) -> BudgetSettings {
    BudgetSettings::with_spacing(Duration::from_millis(spacing_ms))
}

fn requests(most: usize) -> impl Strategy<Value = Vec<Request>> {
    let kind = prop_oneof![
        2 => Just((Lane::Exit, 1, true, false)),
        1 => Just((Lane::Entry, 1, true, false)),
        1 => Just((Lane::Entry, 2, false, false)),
        3 => prop::sample::select(vec![1, 3, 10, 25]).prop_map(|w| (Lane::Query, w, false, false)),
        1 => Just((Lane::Query, 10, false, true)),
    ];
    let one =
        (0..15_000_u64, kind, 0..2_000_u64, 0..300_u64).prop_map(|(at, kind, there, back)| {
            let (lane, weight, order, account) = kind;
            let cost = Cost { ip_weight: weight, uid_weight: weight, order, account };
            let at = START + at * MS;
            Request { at, lane, cost, there: there * MS, back: back * MS }
        });
    prop::collection::vec(one, 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_exchange_never_sees_more_than_it_allows(
        requests in requests(250), full: bool, spacing in prop::sample::select(vec![0_u64, 50]),
    ) {
        let plan = Plan::whole(&settings(spacing));
        let mut meter = if full { Meter::full(plan) } else { Meter::empty(plan, START) };
        let played = play(&mut meter, &requests);
        prop_assert_eq!(played.len(), requests.len());
        let orders = sums(&played, |request| u32::from(request.cost.order));
        let entries = sums(&played, |r| u32::from(r.cost.order && r.lane == Lane::Entry));
        prop_assert!(most_within(10 * SECOND, sums(&played, |r| r.cost.ip_weight)) <= 300);
        prop_assert!(most_within(10 * SECOND, sums(&played, |r| r.cost.uid_weight)) <= 500);
        prop_assert!(most_within(SECOND, orders) <= 12);
        prop_assert!(most_within(SECOND, entries) <= 6);
        prop_assert!(most_within(SECOND, sums(&played, |r| u32::from(r.cost.account))) <= 2);
        let starts: Vec<_> = played.iter().map(|played| played.started).collect();
        prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= spacing * MS));
    }

    #[test]
    fn an_exit_starts_no_later_for_all_the_questions_in_the_world(
        mut requests in requests(150), spacing in prop::sample::select(vec![0_u64, 50]),
    ) {
        // Answers at once: what is on its way is no question of lanes.
        for request in &mut requests {
            (request.there, request.back) = (0, 0);
        }
        let plan = Plan::whole(&settings(spacing));
        let exits = |played: &[Played]| {
            let exits = played.iter().filter(|played| played.request.lane == Lane::Exit);
            exits.map(|played| (played.request.at, played.started)).collect::<Vec<_>>()
        };
        let alone: Vec<_> =
            requests.iter().copied().filter(|request| request.lane == Lane::Exit).collect();
        let alone = exits(&play(&mut Meter::full(plan), &alone));
        let crowded = exits(&play(&mut Meter::full(plan), &requests));
        for ((_, alone), (_, crowded)) in alone.iter().zip(&crowded) {
            // A start that has just happened holds it up for one spacing; entries may have used up
            // to half of a second's orders; and beyond the reserve it waits for weight to return.
            let bound = if crowded_weight(&requests) { 3 * SECOND } else { SECOND };
            prop_assert!(crowded.saturating_sub(*alone) <= bound + spacing * MS, "{alone} {crowded}");
        }
    }

    #[test]
    fn processes_that_lose_the_others_stay_within_the_whole(
        before in prop::collection::vec(requests(120), 4), after in prop::collection::vec(requests(120), 4),
    ) {
        let settings = settings(0);
        let lost_at = START + 15 * SECOND;
        let mut seen = Vec::new();
        // Before: one budget for all, so each of four has a part of what one meter lets through.
        let mut shared = Meter::full(Plan::shared(&settings));
        let played = play(&mut shared, &before.concat());
        let played: Vec<_> =
            played.into_iter().filter(|p| p.started + p.request.there + p.request.back < lost_at).collect();
        for (process, after) in after.iter().enumerate() {
            let mut meter = Meter::full(Plan::share(&settings));
            for (_, own) in played.iter().enumerate().filter(|(n, _)| n % 4 == process) {
                let charges = meter.plan().charges(own.request.lane, own.request.cost);
                meter.start(own.started, &charges);
                meter.finish(own.seen() + own.request.back, &charges);
            }
            meter.assume_the_rest(lost_at);
            let after: Vec<_> =
                after.iter().map(|r| Request { at: r.at + 15 * SECOND, ..*r }).collect();
            seen.extend(play(&mut meter, &after));
        }
        seen.extend(played);
        let weight = most_within(10 * SECOND, sums(&seen, |request| request.cost.ip_weight));
        prop_assert!(weight <= 300, "{weight}");
        prop_assert!(most_within(SECOND, sums(&seen, |r| u32::from(r.cost.order))) <= 12);
    }
}

fn crowded_weight(requests: &[Request]) -> bool {
    requests.iter().map(|request| request.cost.ip_weight).sum::<u32>() > 290
}

fn question(at: Micros, weight: u32) -> Request {
    let cost = Cost { ip_weight: weight, ..Cost::default() };
    Request { at, lane: Lane::Query, cost, there: 0, back: 0 }
}

fn exit(at: Micros) -> Request {
    let cost = Cost { ip_weight: 1, uid_weight: 1, order: true, account: false };
    Request { at, lane: Lane::Exit, cost, there: 0, back: 0 }
}

fn waits(played: &[Played], lane: Lane) -> Vec<Micros> {
    let of_lane = played.iter().filter(|played| played.request.lane == lane);
    of_lane.map(|played| (played.started - played.request.at) / MS).collect()
}

#[test]
fn a_flood_of_questions_leaves_exits_their_part() {
    let mut requests: Vec<_> = (0..1_000).map(|_| question(START, 1)).collect();
    requests.extend((0..30).map(|n| exit(START + n * 500 * MS)));
    let played = play(&mut Meter::full(Plan::whole(&settings(0))), &requests);
    assert_eq!(waits(&played, Lane::Exit), [0; 30]);
}

#[test]
fn a_flood_of_questions_uses_nearly_all_of_the_budget() {
    let requests: Vec<_> = (0..2_500).map(|_| question(START, 1)).collect();
    let played = play(&mut Meter::full(Plan::whole(&settings(0))), &requests);
    let within = played.iter().filter(|p| p.started < START + 60 * SECOND).count();
    assert!(within >= 6 * 285, "{within}");
}

#[test]
fn after_a_start_the_first_exit_leaves_in_a_moment_and_the_service_is_up_in_some_two_seconds() {
    let mut requests = vec![exit(START)];
    requests.extend([1, 1, 1, 1, 1, 25, 10, 10].map(|weight| question(START, weight)));
    let played = play(&mut Meter::empty(Plan::whole(&settings(50)), START), &requests);
    let exit = waits(&played, Lane::Exit)[0];
    let last = *waits(&played, Lane::Query).iter().max().unwrap();
    assert!(exit <= 120, "{exit} ms");
    assert!(last <= 2_200, "{last} ms");
}

#[test]
fn a_service_that_crashes_for_ever_spends_no_more_than_one_that_runs() {
    for life_ms in [300, 1_000, 3_000] {
        let mut seen = Vec::new();
        for life in 0..30_000 / life_ms {
            let born = START + life * life_ms * MS;
            let requests: Vec<_> = (0..200).map(|_| question(born, 1)).collect();
            let played = play(&mut Meter::empty(Plan::whole(&settings(0)), born), &requests);
            let lived = played.into_iter().filter(|p| p.started < born + life_ms * MS);
            seen.extend(lived);
        }
        let most = most_within(10 * SECOND, sums(&seen, |request| request.cost.ip_weight));
        assert!(most <= 300, "{most} when it lives for {life_ms} ms");
    }
}

#[test]
fn what_waits_for_one_window_holds_up_nobody_in_another() {
    let account = Cost { ip_weight: 10, uid_weight: 10, order: false, account: true };
    let balance = |at| Request { cost: account, ..question(at, 10) };
    let mut requests: Vec<_> = (0..6).map(|_| balance(START)).collect();
    requests.push(question(START, 10));
    let played = play(&mut Meter::full(Plan::whole(&settings(0))), &requests);
    let of = |is_account: bool| {
        let found = played.iter().filter(|played| played.request.cost.account == is_account);
        found.map(|played| (played.started - START) / SECOND).collect::<Vec<_>>()
    };
    assert_eq!((of(true), of(false)), (vec![0, 0, 1, 1, 2, 2], vec![0]));
}

#[test]
fn a_request_heavier_than_its_window_waits_for_an_empty_one() {
    let plan = Plan::whole(&BudgetSettings { orders_per_sec: 1, ..settings(0) });
    let heavy = Cost { ip_weight: 9_000, ..Cost::default() };
    assert_eq!(plan.charges(Lane::Query, heavy)[Kind::Ip.index()], 291);
}
