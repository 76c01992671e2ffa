//! Reads variables one by one and collects what is wrong with them.

use std::time::Duration;

use domain::Notional;
use secrecy::SecretString;

use super::kind::{Default, Kind, Variable};
use super::mistake::{Mistake, shown};
use super::parse::{self, Parsed};
use super::sources::{Setting, Sources};

/// Hands out values; a wrong one counts as not set, so that the others can be read too.
pub(super) struct Reader<'a> {
    sources: &'a Sources,
    settings: Vec<(Variable, Option<Setting>)>,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, settings: Vec::new(), mistakes: Vec::new() }
    }

    /// What was read, and what was wrong.
    pub(super) fn finish(self) -> (Vec<(Variable, Option<Setting>)>, Vec<Mistake>) {
        (self.settings, self.mistakes)
    }

    /// The value, where there is one.
    pub(super) fn optional<T>(
        &mut self,
        variable: &Variable,
        parse: impl Fn(&str) -> Parsed<T>,
    ) -> Option<T> {
        let setting = self.sources.find(variable).unwrap_or_else(|mistake| {
            self.mistakes.push(mistake);
            None
        });
        self.settings.push((*variable, setting.clone()));
        let setting = setting?;
        match parse(setting.text()) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.mistakes.push(wrong(variable, &setting, problem));
                None
            }
        }
    }

    /// The value of a variable that has a default.
    #[expect(clippy::expect_used, reason = "a test reads every default")]
    pub(super) fn required<T>(
        &mut self,
        variable: &Variable,
        parse: impl Fn(&str) -> Parsed<T>,
    ) -> T {
        let value = self.optional(variable, &parse);
        value.unwrap_or_else(|| match variable.default {
            Default::Is(text) => parse(text).expect("the default is valid"),
            Default::Unset(_) => parse("").expect("a required variable has a default"),
        })
    }

    pub(super) fn switch(&mut self, variable: &Variable) -> bool {
        self.required(variable, parse::switch)
    }

    pub(super) fn whole<T: TryFrom<u64>>(&mut self, variable: &Variable) -> T {
        self.required(variable, |text| {
            let number = parse_whole(variable, text)?;
            T::try_from(number).map_err(|_| "is too large".to_owned())
        })
    }

    pub(super) fn millis(&mut self, variable: &Variable) -> Duration {
        Duration::from_millis(self.whole(variable))
    }

    pub(super) fn amount(&mut self, variable: &Variable) -> Notional {
        self.required(variable, |text| parse_amount(variable, text))
    }

    pub(super) fn optional_amount(&mut self, variable: &Variable) -> Option<Notional> {
        self.optional(variable, |text| parse_amount(variable, text))
    }

    pub(super) fn period(&mut self, variable: &Variable) -> Duration {
        self.required(variable, |text| parse_period(variable, text))
    }

    pub(super) fn optional_period(&mut self, variable: &Variable) -> Option<Duration> {
        self.optional(variable, |text| parse_period(variable, text))
    }

    pub(super) fn secret(&mut self, variable: &Variable) -> Option<SecretString> {
        self.optional(variable, parse::key)
    }

    /// The word of the table's list that was written, in the table's spelling, made a `T` by `of`.
    pub(super) fn choice<T>(&mut self, variable: &Variable, of: fn(&str) -> T) -> T {
        self.required(variable, |text| listed(variable, text).map(of))
    }

    pub(super) fn optional_choice<T>(
        &mut self,
        variable: &Variable,
        of: fn(&str) -> T,
    ) -> Option<T> {
        self.optional(variable, |text| listed(variable, text).map(of))
    }
}

fn wrong(variable: &Variable, setting: &Setting, problem: String) -> Mistake {
    let hidden = variable.is_secret();
    Mistake {
        variable: variable.name.to_owned(),
        value: Some(shown(variable, setting.text())),
        source: Some(setting.source.clone()),
        // What is wrong with a secret must not tell the secret.
        problem: if hidden { "is not of the right form".to_owned() } else { problem },
        allowed: format!("Allowed: {}", variable.kind.allowed()),
    }
}

fn parse_whole(variable: &Variable, text: &str) -> Parsed<u64> {
    match variable.kind {
        Kind::Whole { min, max, .. } => parse::whole(text, min, max),
        _ => parse::whole(text, 0, u64::MAX),
    }
}

fn parse_amount(variable: &Variable, text: &str) -> Parsed<Notional> {
    parse::amount(text, matches!(variable.kind, Kind::Amount { zero: true }))
}

fn parse_period(variable: &Variable, text: &str) -> Parsed<Duration> {
    match variable.kind {
        Kind::Period { min_s, max_s } => parse::period(text, min_s, max_s),
        _ => parse::period(text, 0, u64::MAX),
    }
}

fn listed(variable: &Variable, text: &str) -> Parsed<&'static str> {
    let words = if let Kind::Choice(words) = variable.kind { words } else { &[] };
    let found = words.iter().find(|word| word.eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| "is not known".to_owned())
}
