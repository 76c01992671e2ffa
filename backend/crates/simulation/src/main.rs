//! Runs seeds and tells what was found.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use simulation::{Fault, FaultSet, Options, Sabotage, Simulator, Tally, run_all};

/// Runs seeded schedules of faults against the engine and checks the promises at every step.
#[derive(Debug, Parser)]
#[command(name = "simulation")]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print the last events of a seed that breaks a promise, or of a single seed.
    #[arg(long)]
    trace: bool,
    /// How many events to print.
    #[arg(long, default_value_t = 30)]
    lines: usize,
    /// Leave out a kind of fault; may be repeated. See the report for their names.
    #[arg(long, value_parser = fault)]
    without: Vec<Fault>,
    /// Plant a deliberate bug, by name; `all` tries each and prints a table.
    #[arg(long)]
    sabotage: Option<String>,
    /// Stop after this many broken seeds.
    #[arg(long, default_value_t = 1)]
    stop_after: u64,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Report::Full)]
    report: Report,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Report {
    /// Rates, sums and faults.
    Full,
    /// Broken seeds only.
    Violations,
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::named(name).ok_or_else(|| {
        let names: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        format!("no such fault; there are {}", names.join(", "))
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let faults = arguments.without.iter().fold(FaultSet::ALL, |set, fault| set.without(*fault));
    match arguments.sabotage.as_deref() {
        Some("all") => try_every_sabotage(&arguments, faults),
        Some(name) => {
            let Some(sabotage) = Sabotage::named(name) else {
                let names: Vec<&str> = Sabotage::ALL.iter().map(|known| known.name()).collect();
                eprintln!("no sabotage {name:?}; there are all, {}", names.join(", "));
                return ExitCode::from(2);
            };
            campaign(&arguments, faults, Some(sabotage))
        }
        None => campaign(&arguments, faults, None),
    }
}

fn campaign(arguments: &Arguments, faults: FaultSet, sabotage: Option<Sabotage>) -> ExitCode {
    let options = Options { faults, sabotage, trace: 0 };
    let simulator = Simulator::new(options);
    let started = Instant::now();
    let tally = run_all(&simulator, arguments.from, arguments.seeds, arguments.stop_after);
    if arguments.report == Report::Full {
        report(&tally, started.elapsed());
    }
    for (seed, violation) in &tally.violations {
        println!("seed {seed}: {violation}");
    }
    match tally.violations.first() {
        None => {
            if arguments.trace && arguments.seeds == 1 {
                print_trace(arguments, options, arguments.from);
            }
            ExitCode::SUCCESS
        }
        Some((seed, _)) => {
            explain(arguments, options, *seed);
            ExitCode::FAILURE
        }
    }
}

fn report(tally: &Tally, took: Duration) {
    let millis = took.as_millis().max(1);
    let rate = |count: u64| u128::from(count) * 1_000 / millis;
    println!(
        "{} seeds in {:.1} s: {} seeds/s, {} steps/s",
        tally.seeds,
        took.as_secs_f64(),
        rate(tally.seeds),
        rate(tally.steps)
    );
    println!(
        "{} steps (at least {} a seed), {} orders sent (at least {} a seed), {} taken by the \
         exchange, {} records, {} starts and crashes",
        tally.steps,
        tally.fewest_steps.unwrap_or(0),
        tally.orders,
        tally.fewest_orders.unwrap_or(0),
        tally.accepted,
        tally.records,
        tally.starts
    );
    let faults: Vec<String> =
        tally.faults_by_name().map(|(name, count)| format!("{name} {count}")).collect();
    println!("faults: {}", faults.join(", "));
    println!("violations: {}", tally.violations.len());
}

/// Runs the seed again for its last events and its smallest set of faults.
fn explain(arguments: &Arguments, options: Options, seed: u64) {
    let outcome = print_trace(arguments, options, seed);
    println!("broken at step {outcome}");
    let fewest = Simulator::new(options).shrink(seed);
    let needed: Vec<&str> =
        Fault::ALL.iter().filter(|fault| fewest.has(**fault)).map(|fault| fault.name()).collect();
    let needed = if needed.is_empty() { "none".to_owned() } else { needed.join(", ") };
    println!("faults it needs: {needed}");
    let sabotage =
        arguments.sabotage.as_ref().map(|name| format!(" --sabotage {name}")).unwrap_or_default();
    let without: Vec<String> =
        arguments.without.iter().map(|fault| format!(" --without {}", fault.name())).collect();
    let without = without.concat();
    println!(
        "again: cargo run -p simulation --release -- --seeds 1 --from {seed} --trace{without}{sabotage}"
    );
}

fn print_trace(arguments: &Arguments, options: Options, seed: u64) -> u64 {
    let outcome = Simulator::new(Options { trace: arguments.lines, ..options }).run(seed);
    for line in &outcome.trace {
        println!("{line}");
    }
    if let Some(violation) = &outcome.violation {
        println!("{violation}");
    }
    outcome.steps
}

fn try_every_sabotage(arguments: &Arguments, faults: FaultSet) -> ExitCode {
    let mut all_found = true;
    for sabotage in Sabotage::ALL {
        let options = Options { faults, sabotage: Some(*sabotage), trace: 0 };
        let simulator = Simulator::new(options);
        let found = (arguments.from..arguments.from + arguments.seeds)
            .find_map(|seed| simulator.run(seed).violation.map(|violation| (seed, violation)));
        all_found &= found.is_some();
        let told = found.map_or_else(
            || format!("not within {} | ", arguments.seeds),
            |(seed, violation)| format!("{} | {}", seed - arguments.from + 1, violation.checker),
        );
        println!("| `{}` | {told} |", sabotage.name());
    }
    if all_found { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
