//! What a person asks for.

use domain::PolicyName;
use domain::event::KillMode;

/// A command as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Help,
    Status,
    Positions,
    Orders,
    Balance,
    Pnl,
    Channels,
    Signals,
    Why(String),
    Close(String),
    Policy(Option<PolicyName>),
    Pause,
    Resume,
    Kill(KillMode),
    /// Something is missing or wrong; the words say what.
    Wrong(String),
}

/// For the app's menu and `/help`.
pub(crate) const MENU: [(&str, &str); 14] = [
    ("status", "whether the service may trade, what it holds"),
    ("positions", "open positions with stop and targets"),
    ("orders", "orders that have not ended"),
    ("balance", "what the account holds"),
    ("pnl", "realised and open result"),
    ("channels", "which chats are followed, and their last messages"),
    ("signals", "the last signals and what came of them"),
    ("why", "explain a decision: /why <id>"),
    ("close", "sell a position: /close <id>"),
    ("policy", "show or switch the risk policy: /policy <name>"),
    ("pause", "no new entries, at once"),
    ("resume", "trade again"),
    ("kill", "no new entries, resting ones cancelled, at once; /kill flatten also sells"),
    ("help", "this list"),
];

/// A text that begins with a slash: its name, the bot it is meant for, the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    pub(crate) name: &'a str,
    pub(crate) bot: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Written<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let line = text.trim().strip_prefix('/')?;
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (name, bot) = match word.split_once('@') {
            Some((name, bot)) => (name, Some(bot)),
            None => (word, None),
        };
        Some(Self { name, bot, rest: rest.trim() })
    }

    pub(crate) fn ask(&self) -> Ask {
        match self.name.to_ascii_lowercase().as_str() {
            "help" | "start" => Ask::Help,
            "status" => Ask::Status,
            "positions" => Ask::Positions,
            "orders" => Ask::Orders,
            "balance" => Ask::Balance,
            "pnl" => Ask::Pnl,
            "channels" => Ask::Channels,
            "signals" => Ask::Signals,
            "why" => self.named("/why <id>: a trace, position or order id", Ask::Why),
            "close" => self.named("/close <id>: a position id, as /positions shows it", Ask::Close),
            "policy" => self.policy(),
            "pause" => Ask::Pause,
            "resume" => Ask::Resume,
            "kill" => self.kill(),
            _ => Ask::Wrong("this command is not known: /help lists them".to_owned()),
        }
    }

    fn named(&self, usage: &str, ask: fn(String) -> Ask) -> Ask {
        let of_ids = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (1..=64).contains(&self.rest.len()) && self.rest.chars().all(of_ids) {
            ask(self.rest.to_owned())
        } else {
            Ask::Wrong(format!("write {usage}"))
        }
    }

    fn policy(&self) -> Ask {
        if self.rest.is_empty() {
            return Ask::Policy(None);
        }
        match self.rest.parse() {
            Ok(policy) => Ask::Policy(Some(policy)),
            Err(_) => Ask::Wrong("write /policy conservative, moderate or aggressive".to_owned()),
        }
    }

    /// Whatever follows a /kill, trading stops.
    fn kill(&self) -> Ask {
        match self.rest.to_ascii_lowercase().as_str() {
            "flatten" => Ask::Kill(KillMode::Flatten),
            "entries" => Ask::Kill(KillMode::Entries),
            _ => Ask::Kill(KillMode::Cancel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str) -> Ask {
        Written::parse(text).unwrap().ask()
    }

    #[test]
    fn every_command_of_the_menu_is_understood() {
        for (name, _) in MENU {
            let text = format!("/{name} pos-1");
            let known = !matches!(ask(&text), Ask::Wrong(why) if why.contains("not known"));
            assert!(known, "{text}");
        }
    }

    #[test]
    fn commands_are_read_with_their_words() {
        let table = [
            ("/why 8d0c5e1f", Ask::Why("8d0c5e1f".into())),
            ("/CLOSE@levi_bot pos-ab12 ", Ask::Close("pos-ab12".into())),
            ("/policy", Ask::Policy(None)),
            ("/policy Aggressive", Ask::Policy(Some(PolicyName::Aggressive))),
            ("/kill", Ask::Kill(KillMode::Cancel)),
            ("/kill flatten", Ask::Kill(KillMode::Flatten)),
            ("/kill everything!", Ask::Kill(KillMode::Cancel)),
            ("/start x", Ask::Help),
        ];
        for (text, expected) in table {
            assert_eq!(ask(text), expected, "{text}");
        }
        for text in ["/why", "/close a b", "/close ../x", "/policy yolo", "/sell all", "/"] {
            assert!(matches!(ask(text), Ask::Wrong(_)), "{text}");
        }
        assert_eq!(Written::parse("/kill@other_bot").unwrap().bot, Some("other_bot"));
        assert_eq!(Written::parse("BUY /kill"), None);
    }
}
