//! Which events are news, how much they matter, and what is said.

use domain::event::{Notice, OrderBlocked, RiskSltp};
use domain::{CheckResult, Event, Record, Side};

use crate::settings::Level;
use crate::words;

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    /// How much it matters.
    pub(super) level: Level,
    /// What is not told again soon; [`None`] is told each time.
    pub(super) once: Option<String>,
    /// What is said.
    pub(super) text: String,
}

/// The news in an event, if there is any.
pub(super) fn of(record: &Record) -> Option<News> {
    let symbol = record.symbol.as_ref().map_or("", domain::Symbol::as_str);
    let (level, once, text) = match &record.event {
        Event::Alarm(notice) => (Level::Alarms, Some(notice.message.clone()), alarm(notice)),
        Event::MexcError(notice) => {
            (Level::Alarms, Some("exchange".to_owned()), format!("🚨 exchange: {}", notice.message))
        }
        Event::MexcConnected(notice) => (Level::Alarms, None, format!("✅ {}", notice.message)),
        Event::OrderInDoubt(doubt) => {
            let id = doubt.client_order_id.to_string();
            let text = format!(
                "🚨 {symbol}: order {id} is in doubt ({}); it is being asked for",
                doubt.seen
            );
            (Level::Alarms, Some(id), text)
        }
        Event::KillSwitch(_) => (Level::Alarms, None, format!("🛑 {}", words::sentence(record))),
        Event::AccessRefused(notice) => {
            let text = format!("⚠️ turned away: {}", notice.message);
            (Level::Alarms, Some(notice.message.clone()), text)
        }
        Event::RiskPolicyChanged(_) => (Level::Trades, None, words::sentence(record)),
        Event::OrderError(error) => {
            let text = format!("⚠️ {symbol}: order refused: {}", error.refusal.message);
            (Level::Trades, Some(format!("{symbol}{}", error.refusal.message)), text)
        }
        Event::RiskSltp(plan) => planned(symbol, plan),
        Event::PositionClosed(closed) => {
            let mark = if closed.realised_pnl.get().is_sign_negative() { "🔴" } else { "🟢" };
            (Level::Trades, None, format!("{mark} {symbol} {}", words::closed_at(closed)))
        }
        Event::OrderReconciled(_) => {
            (Level::Trades, None, format!("{symbol}: {}", words::sentence(record)))
        }
        Event::OrderFilled(progress) if progress.side == Side::Sell => {
            (Level::All, None, format!("{symbol} {}", words::sentence(record)))
        }
        Event::OrderBlocked(blocked) => {
            let text = format!("✋ {symbol}: not bought: {}", blocked.reason);
            (Level::All, Some(format!("{symbol}{}", blocking_check(blocked))), text)
        }
        Event::MexcBudget(notice) => {
            (Level::All, Some(notice.message.clone()), notice.message.clone())
        }
        Event::ServiceStarted(notice)
        | Event::ServiceStopped(notice)
        | Event::JournalRepaired(notice)
        | Event::JournalRoom(notice) => (Level::All, None, alarm_less(notice)),
        _ => return None,
    };
    Some(News { level, once, text })
}

fn alarm(notice: &Notice) -> String {
    format!("🚨 {}", alarm_less(notice))
}

fn alarm_less(notice: &Notice) -> String {
    let details = notice.details.iter().map(|(name, value)| format!("{name} {value}"));
    let details = details.collect::<Vec<_>>().join(", ");
    if details.is_empty() {
        notice.message.clone()
    } else {
        format!("{} ({details})", notice.message)
    }
}

fn planned(symbol: &str, sltp: &RiskSltp) -> (Level, Option<String>, String) {
    let plan = words::plan(&sltp.plan);
    if sltp.revision == 1 {
        let text = format!("🔵 {symbol} bought at {}: {plan}", sltp.entry_price);
        return (Level::Trades, None, text);
    }
    let why = sltp.reason.as_deref().unwrap_or("changed");
    (Level::All, None, format!("{symbol} plan: {why}; {plan}"))
}

/// The first check that blocked: the same one for the same pair is told once.
fn blocking_check(blocked: &OrderBlocked) -> String {
    let blocks = blocked.checks.iter().find(|check| check.result == CheckResult::Block);
    blocks.map_or_else(|| blocked.reason.clone(), |check| check.name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::{KillMode, KillSwitch};
    use domain::{Symbol, Timestamp};

    fn record(event: Event) -> Record {
        let symbol = Some(Symbol::from_exchange("BTCUSDT"));
        Record { seq: 1, ts: Timestamp::EPOCH, symbol, trace_id: None, event }
    }

    fn notice(message: &str) -> Notice {
        Notice { message: message.to_owned(), details: [("file".into(), "x".into())].into() }
    }

    #[test]
    fn what_needs_a_person_is_an_alarm() {
        let kill = KillSwitch {
            mode: Some(KillMode::Cancel),
            reason: "panic".into(),
            by: "telegram:1".into(),
        };
        for event in [
            Event::Alarm(notice("help")),
            Event::MexcError(notice("gone")),
            Event::KillSwitch(kill),
            Event::AccessRefused(notice("no")),
        ] {
            let news = of(&record(event)).unwrap();
            assert_eq!(news.level, Level::Alarms, "{news:?}");
        }
        let news = of(&record(Event::Alarm(notice("help")))).unwrap();
        assert_eq!(news.text, "🚨 help (file x)");
    }

    #[test]
    fn most_events_are_no_news() {
        assert_eq!(of(&record(Event::MexcReconciled(notice("x")))), None);
        assert_eq!(of(&record(Event::OperatorCommand(notice("/status")))), None);
    }
}
