//! The promises hold under seeded schedules of faults. See `docs/simulation.md`.

use simulation::{Condition, Fault, FaultSet, Options, Sabotage, Simulator, run_all};

/// Seeds that once found something, each with what it was.
const REGRESSIONS: [(u64, &str); 15] = [
    (7, "a stop sold the dust that old balances showed as free"),
    (12, "a target that the price leapt over was refused for good"),
    (26, "the same, in another pair"),
    (84, "a timer rang without end while a sale could not be made"),
    (383, "a target sold the user's own coins for a fee that was not known yet"),
    (619, "a sale took more than was held, for the same reason"),
    (1321, "a clock that was set back held an exit up for an hour"),
    (2622, "a lost answer ended the wait for fees"),
    (3805, "a further attempt broke the pause that another entry had begun"),
    (6080, "a position was closed before its fees were known"),
    (9005, "a sale took the fee's coins from the user"),
    (120_970, "nobody asked for the fees of an order that a list showed first"),
    (157_567, "the same, in another pair"),
    (198_296, "the same, after another start"),
    (384_392, "room for a fee shrank with each sale, and the user's own coins were sold"),
];

#[test]
fn ten_thousand_schedules_hold() {
    let tally = run_all(&Simulator::new(Options::default()), 0, 10_000, 1);
    let broken = tally.violations.first().map(|(seed, violation)| {
        format!("{violation}\nagain: cargo run -p simulation --release -- --seeds 1 --from {seed} --trace")
    });
    assert_eq!(broken, None);
    assert_eq!(tally.seeds, 10_000);
    assert!(tally.fewest_steps >= Some(200), "{:?} steps", tally.fewest_steps);
    assert!(tally.fewest_orders >= Some(3), "{:?} orders", tally.fewest_orders);
    for (name, count) in tally.faults_by_name() {
        assert!(count > 0, "{name} never struck");
    }
}

#[test]
fn seeds_that_once_found_something_hold() {
    // They were found before disks filled up, which changes a schedule.
    let faults = FaultSet::ALL.without(Fault::DiskFull);
    let simulator = Simulator::new(Options { faults, ..Options::default() });
    for (seed, story) in REGRESSIONS {
        assert_eq!(simulator.run(seed).violation, None, "seed {seed}: {story}");
    }
}

#[test]
fn a_seed_gives_the_same_schedule_every_time() {
    let simulator = Simulator::new(Options { trace: 200, ..Options::default() });
    for seed in [1, 2, 3] {
        let (first, second) = (simulator.run(seed), simulator.run(seed));
        assert_eq!(first.trace, second.trace);
        assert_eq!(first.faults, second.faults);
    }
}

#[test]
fn deliberate_bugs_are_found() {
    for sabotage in Sabotage::ALL {
        let options = Options { sabotage: Some(*sabotage), ..Options::default() };
        let simulator = Simulator::new(options);
        let found = (0..20_000).find(|seed| simulator.run(*seed).violation.is_some());
        assert!(found.is_some(), "{} was not found", sabotage.name());
    }
}

#[test]
fn a_broken_seed_shrinks_to_fewer_kinds_of_fault() {
    let options = Options { sabotage: Some(Sabotage::TimeoutIsRefusal), ..Options::default() };
    let simulator = Simulator::new(options);
    let seed = (0..20_000).find(|seed| simulator.run(*seed).violation.is_some()).unwrap_or(0);
    let fewest = simulator.shrink(seed);
    let left = Fault::ALL.iter().filter(|fault| fewest.has(**fault)).count();
    assert!(left < Fault::ALL.len() / 2, "{left} kinds left");
    assert!(Simulator::new(Options { faults: fewest, ..options }).run(seed).violation.is_some());
}

#[test]
fn entries_stop_before_a_full_disk_stops_the_journal_and_exits_go_on() {
    // Faults that stop the journal or the clock for other reasons would blur the picture.
    let blurring = [
        Fault::DiskFull,
        Fault::AppendFails,
        Fault::SyncFails,
        Fault::Sleep,
        Fault::ClockJump,
        Fault::ClockDrift,
    ];
    let faults = blurring.into_iter().fold(FaultSet::ALL, FaultSet::without);
    let simulator = Simulator::new(Options { faults, ..Options::default() });
    let days = simulator.three_days(1);
    assert_eq!(days.outcome.violation, None);
    let [ample, short, reserve] =
        [Condition::Ample, Condition::Short, Condition::OnReserve].map(|it| days.under(it));
    eprintln!("ample {ample:?}\nshort {short:?}\non the reserve {reserve:?}");
    assert!(ample.entries > 100, "{ample:?}");
    assert_eq!((short.entries, reserve.entries), (0, 0));
    assert!(short.blocked > 0 && reserve.blocked > 0, "{short:?} {reserve:?}");
    assert!(reserve.exits > 0 && reserve.closed > 0, "{reserve:?}");
    assert!(reserve.alarms >= reserve.spells && reserve.spells >= 5, "{reserve:?}");
    assert!(days.entries_at_the_end > 10, "{} entries", days.entries_at_the_end);
}
