//! LeviBot: the binary. Parses the command line and hands over.

mod archiving;
mod cli;
mod clock;
mod commands;
mod config;
mod logging;
mod market_list;
mod mirror;
mod service;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use cli::{Cli, Command, Document, MexcCommand};
use config::{Config, JournalPlace, Loaded, Mistake};
use service::Operator;

/// Exit status for a mistake of the caller: configuration or arguments.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match Cli::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => with_config(serve),
        Command::Config { json } => with_config(|loaded| show_config(&loaded, json)),
        Command::Check { json } => check(json),
        Command::Sandbox(args) => {
            start_plain_logging();
            block_on(commands::sandbox::run(args))
        }
        Command::Events(mut args) => with_journal(|mut place| {
            if let Some(dir) = args.dir.take() {
                place.dir = dir;
            }
            ended(commands::events::run(&args, &place))
        }),
        Command::Archive(args) => with_journal(|place| {
            start_plain_logging();
            block_on(commands::archive::run(args, place))
        }),
        Command::Remote(command) => {
            with_config(|loaded| block_on(commands::remote::run(command, &loaded.config)))
        }
        Command::Score(args) => ended(commands::score::run(&args)),
        Command::Train(args) => ended(commands::train::run(&args)),
        Command::Mexc(MexcCommand::Decode(args)) => ended(commands::decode::run(&args)),
        Command::Mexc(MexcCommand::Get(args)) => with_config(|loaded| {
            start_plain_logging();
            block_on(commands::get::run(loaded.config, args))
        }),
        Command::Telegram(command) => {
            with_config(|loaded| block_on(commands::telegram::run(command, &loaded.config)))
        }
        Command::Document { which } => {
            match which {
                Document::Configuration => print!("{}", config::render_markdown()),
                Document::EnvExample => print!("{}", config::render_env_example()),
            }
            ExitCode::SUCCESS
        }
    }
}

fn with_config(run: impl FnOnce(Loaded) -> ExitCode) -> ExitCode {
    Config::load_here().map_or_else(refused, run)
}

/// For commands that need the journal and no other setting.
fn with_journal(run: impl FnOnce(JournalPlace) -> ExitCode) -> ExitCode {
    JournalPlace::load_here().map_or_else(refused, run)
}

fn refused(mistakes: Vec<Mistake>) -> ExitCode {
    eprintln!("levibot cannot start: {} mistake(s) in the configuration", mistakes.len());
    for mistake in mistakes {
        eprintln!("  {mistake}");
    }
    ExitCode::from(USAGE)
}

fn serve(loaded: Loaded) -> ExitCode {
    let logging = Arc::new(logging::start(&loaded.config.log));
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let operator = Operator { settings: config::settings(&loaded), logging };
    block_on(service::serve(loaded.config, operator))
}

fn show_config(loaded: &Loaded, json: bool) -> ExitCode {
    for warning in &loaded.warnings {
        eprintln!("warning: {warning}");
    }
    print!("{}", if json { config::report_json(loaded) } else { config::report(loaded) });
    ExitCode::SUCCESS
}

fn check(json: bool) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(commands::check::run(Config::load_here(), json)),
        Err(error) => ended(Err(error)),
    }
}

fn start_plain_logging() {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr);
    lines.with_ansi(std::io::stderr().is_terminal()).init();
}

fn block_on<E: std::fmt::Display>(future: impl Future<Output = Result<(), E>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("levibot cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    ended(runtime.block_on(future))
}

fn ended<E: std::fmt::Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("levibot: {error}");
            ExitCode::FAILURE
        }
    }
}
