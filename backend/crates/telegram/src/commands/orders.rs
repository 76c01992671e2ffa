//! Commands that change something.

use domain::event::KillMode;
use domain::{PolicyName, PositionId};
use engine::{Command, Reply};

use super::ask::Ask;
use super::confirm::Wish;
use super::{Operator, Sender};
use crate::port::read;

impl Operator {
    /// Does what may be done at once and asks again for the rest; gives the outcome for the
    /// journal.
    pub(super) async fn order(&self, sender: &Sender, ask: &Ask) -> String {
        match ask {
            Ask::Pause => self.stop(sender, KillMode::Entries).await,
            Ask::Kill(KillMode::Flatten) => {
                let outcome = self.stop(sender, KillMode::Cancel).await;
                self.ask_again(sender, "Sell every position at the market?", Wish::Flatten);
                outcome
            }
            Ask::Kill(mode) => self.stop(sender, *mode).await,
            Ask::Resume => self.asked(sender, "Trade again?", Wish::Resume),
            Ask::Close(id) => self.ask_to_close(sender, id).await,
            Ask::Policy(Some(policy)) => self.switch(sender, *policy).await,
            _ => "answered".to_owned(),
        }
    }

    fn asked(&self, sender: &Sender, question: &str, wish: Wish) -> String {
        self.ask_again(sender, question, wish);
        "asked for confirmation".to_owned()
    }

    /// A milder mode never replaces a harder one.
    async fn stop(&self, sender: &Sender, mode: KillMode) -> String {
        let service = &*self.service;
        let standing = read(service, |engine| engine.ledger().kill_mode()).await.ok().flatten();
        let outcome = match standing {
            Some(standing) if hardness(standing) >= hardness(mode) => {
                format!("already stopped (kill switch: {})", standing.as_str())
            }
            _ => {
                let reason = format!("asked for over Telegram by {}", sender.user.id);
                let done = format!("stopped: no new entries (kill switch: {})", mode.as_str());
                self.carry_out(Command::Kill { mode, reason, by: sender.by() }, done).await
            }
        };
        self.say(sender.chat, &format!("{outcome}. /resume trades again."));
        outcome
    }

    async fn ask_to_close(&self, sender: &Sender, id: &str) -> String {
        let id = PositionId::new(id);
        let wanted = id.clone();
        let symbol = read(&*self.service, move |engine| {
            engine.ledger().position(&wanted).map(|position| position.symbol.to_string())
        });
        match symbol.await {
            Ok(Some(symbol)) => {
                let question = format!("Sell all of {symbol} ({id}) at the market?");
                self.asked(sender, &question, Wish::Close(id))
            }
            Ok(None) => {
                let text = format!("no open position {id}: /positions lists them");
                self.say(sender.chat, &text);
                text
            }
            Err(error) => {
                self.say(sender.chat, &error.to_string());
                error.to_string()
            }
        }
    }

    async fn switch(&self, sender: &Sender, policy: PolicyName) -> String {
        let now = match read(&*self.service, |engine| engine.ledger().policy()).await {
            Ok(now) => now,
            Err(error) => {
                self.say(sender.chat, &error.to_string());
                return error.to_string();
            }
        };
        if boldness(policy) > boldness(now) {
            let question = format!("Switch from {now} to {policy}? It risks more.");
            return self.asked(sender, &question, Wish::Policy(policy));
        }
        let outcome = self.fulfil(sender, &Wish::Policy(policy)).await;
        self.say(sender.chat, &outcome);
        outcome
    }

    /// Does what was confirmed, or needs no confirmation.
    pub(super) async fn fulfil(&self, sender: &Sender, wish: &Wish) -> String {
        let by = sender.by();
        let (command, done) = match wish {
            Wish::Resume => (Command::Resume { by }, "trading resumes".to_owned()),
            Wish::Close(id) => {
                let done = format!("{id} is being sold: /positions shows when it is gone");
                (Command::ClosePosition { position_id: id.clone(), by }, done)
            }
            Wish::Policy(policy) => {
                (Command::SetPolicy { policy: *policy, by }, format!("the policy is {policy}"))
            }
            Wish::Flatten => {
                let reason = format!("asked for over Telegram by {}", sender.user.id);
                let command = Command::Kill { mode: KillMode::Flatten, reason, by };
                (command, "every position is being sold".to_owned())
            }
        };
        self.carry_out(command, done).await
    }

    async fn carry_out(&self, command: Command, done: String) -> String {
        match self.service.command(command).await {
            Ok(Reply::Done) => done,
            Ok(Reply::Refused(refusal)) => format!("not done: {refusal}"),
            Ok(_) => "not done: the engine answered another question".to_owned(),
            Err(error) => format!("not done: {error}"),
        }
    }
}

const fn hardness(mode: KillMode) -> u8 {
    match mode {
        KillMode::Entries => 1,
        KillMode::Cancel => 2,
        KillMode::Flatten => 3,
    }
}

fn boldness(policy: PolicyName) -> Option<usize> {
    PolicyName::ALL.iter().position(|known| *known == policy)
}
