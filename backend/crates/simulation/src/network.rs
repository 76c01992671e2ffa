//! Effects become requests; requests arrive, or not; answers come back, or not.

use std::time::Duration;

use domain::{CancelOutcome, ClientOrderId, PlaceOrder, PlaceOutcome, QueryOutcome};
use engine::Effect;

use crate::check::Verdict;
use crate::fault::Fault;
use crate::house::Treatment;
use crate::news::{Doing, Happening, News, Passage, Question, Seen};
use crate::sabotage::{Sabotage, other_id};
use crate::world::World;

/// The client gives up on an answer.
const TIME_OUT: Duration = Duration::from_secs(10);

impl World {
    /// Carries out an effect as the service does.
    pub(crate) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Place { order, revocable } => self.queue_order(order, revocable),
            Effect::Cancel { symbol, client_order_id, .. } => {
                let passage = self.passage(true);
                let (epoch, left_at) = (self.epoch, self.now);
                match passage.there {
                    Some(there) => self.after(
                        there,
                        Happening::CancelArrives {
                            epoch,
                            symbol,
                            id: client_order_id,
                            passage,
                            left_at,
                        },
                    ),
                    None => self.hear_after(TIME_OUT, failed_cancel(client_order_id, "timed out")),
                }
            }
            Effect::Query { symbol, client_order_id, search_lists, .. } => {
                let passage = self.passage(false);
                let question = Question {
                    symbol,
                    id: client_order_id,
                    search: search_lists,
                    server_time_ms: None,
                    passage,
                    left_at: self.now,
                };
                self.ask(question);
            }
            Effect::FetchCandles { symbol, .. } => {
                let candles = self.candles(&symbol);
                let takes = self.network.millis(30..=3_000);
                self.hear_after(takes, News::Candles(symbol, candles));
            }
            Effect::FetchBalances => self.want_balances(),
            Effect::RevokeQueued => self.revoke(),
        }
    }

    fn queue_order(&mut self, order: PlaceOrder, revocable: bool) {
        self.count_order();
        let wait = if self.faults().strikes(Fault::Queued) {
            self.faults().details(Fault::Queued).millis(50..=9_000)
        } else {
            self.network.millis(0..=3)
        };
        let generation = self.generation();
        self.process_after(wait, Doing::Leave { order, revocable, generation });
    }

    /// The order's turn: the last look before its bytes leave.
    pub(crate) fn leave(
        &mut self,
        mut order: PlaceOrder,
        revocable: bool,
        generation: u64,
    ) -> Verdict {
        let id = order.client_order_id.clone();
        let estimate = self.client_clock_ms();
        if estimate > order.acceptable_until_ms() {
            self.hear_after(Duration::ZERO, not_sent(id, "its window is over"));
            return Ok(());
        }
        let ignored = self.options.sabotage == Some(Sabotage::KillIgnored);
        if revocable && generation != self.generation() && !ignored {
            self.hear_after(Duration::ZERO, not_sent(id, "revoked before it left"));
            return Ok(());
        }
        if self.cannot_connect() {
            let takes = self.network.millis(1..=5_000);
            self.hear_after(takes, not_sent(id, "no connection"));
            return Ok(());
        }
        self.checks.leaves(&id)?;
        if let Some(sabotage) = self.options.sabotage {
            let bought = self.bought_for(&id);
            sabotage.order(&mut order, bought);
        }
        let passage = self.passage(true);
        let (epoch, left_at) = (self.epoch, self.now);
        if let Some(there) = passage.there {
            self.after(there, Happening::PlaceArrives { epoch, order, passage, left_at });
            return Ok(());
        }
        let at_once = self.network.percent(50);
        let takes = if at_once { self.network.millis(20..=9_000) } else { TIME_OUT };
        self.retry_elsewhere(&order);
        self.hear_after(takes, in_doubt(id, "timed out"));
        Ok(())
    }

    /// The bug of sending an order again under a new id.
    fn retry_elsewhere(&mut self, order: &PlaceOrder) {
        if self.options.sabotage != Some(Sabotage::RetryWithNewId) {
            return;
        }
        let client_order_id = other_id(&order.client_order_id);
        let order = PlaceOrder { client_order_id, ..order.clone() };
        let passage = Passage {
            there: Some(Duration::from_millis(50)),
            back: None,
            twice: None,
            seen: Seen::Plain,
        };
        let (epoch, left_at) = (self.epoch, self.now);
        let at = Duration::from_millis(100);
        self.after(at, Happening::PlaceArrives { epoch, order, passage, left_at });
    }

    /// An order arrives at the exchange.
    pub(crate) fn place_arrives(
        &mut self,
        (epoch, order): (u32, PlaceOrder),
        passage: Passage,
        left_at: domain::Timestamp,
    ) -> Verdict {
        let id = order.client_order_id.clone();
        let done = !matches!(passage.seen, Seen::ErrorBefore | Seen::TooMany) && !self.is_out();
        let outcome = if done {
            let treatment = self.treatment();
            let outcome = self.house.place(&order, treatment, self.now);
            self.note(|| format!("exchange: {id} -> {outcome:?}"));
            outcome
        } else {
            PlaceOutcome::InDoubt { seen: "5xx".to_owned() }
        };
        let outcome = match passage.seen {
            Seen::Plain => outcome,
            Seen::ErrorAfter | Seen::ErrorBefore => {
                PlaceOutcome::InDoubt { seen: "5xx".to_owned() }
            }
            Seen::TooMany => PlaceOutcome::InDoubt { seen: "429".to_owned() },
        };
        let lost = || in_doubt(id.clone(), "timed out");
        if epoch == self.epoch {
            if matches!(outcome, PlaceOutcome::InDoubt { .. }) || passage.back.is_none() {
                self.retry_elsewhere(&order);
            }
            self.answer(passage, left_at, News::Placed(id.clone(), outcome), lost());
        }
        self.check_exchange()
    }

    pub(crate) fn cancel_arrives(
        &mut self,
        epoch: u32,
        (symbol, id): (&domain::Symbol, &ClientOrderId),
        passage: Passage,
        left_at: domain::Timestamp,
    ) -> Verdict {
        let fails = self.faults().strikes(Fault::CancelFails);
        let done = passage.seen != Seen::ErrorBefore && passage.seen != Seen::TooMany && !fails;
        let outcome = if done && !self.is_out() {
            let outcome = self.house.cancel(symbol, id, self.now);
            self.note(|| format!("exchange: cancel {id} -> {outcome:?}"));
            outcome
        } else {
            CancelOutcome::Failed { seen: "5xx".into() }
        };
        let outcome = match passage.seen {
            Seen::Plain => outcome,
            _ => CancelOutcome::Failed { seen: "5xx".into() },
        };
        if epoch == self.epoch {
            let lost = failed_cancel(id.clone(), "timed out");
            self.answer(passage, left_at, News::Cancelled(id.clone(), outcome), lost);
        }
        self.check_exchange()
    }

    /// Sends a question, or its next stage.
    fn ask(&mut self, question: Question) {
        let epoch = self.epoch;
        match question.passage.there {
            Some(there) => self.after(there, Happening::QuestionArrives { epoch, question }),
            None => self.hear_after(TIME_OUT, failed_question(question.id, "timed out")),
        }
    }

    /// A question arrives: the order itself, the exchange's time, then the lists.
    pub(crate) fn question_arrives(&mut self, epoch: u32, question: Question) {
        if epoch != self.epoch {
            return;
        }
        let (passage, left_at) = (question.passage, question.left_at);
        let lost = failed_question(question.id.clone(), "timed out");
        if passage.seen != Seen::Plain || self.is_out() {
            let news = failed_question(question.id, "5xx");
            return self.answer(passage, left_at, news, lost);
        }
        let found = self.house.snapshot(&question.symbol, &question.id, self.now);
        self.note(|| {
            format!(
                "exchange: asked for {} -> {:?}",
                question.id,
                found.as_ref().map(|f| (f.0.status, f.0.executed_qty))
            )
        });
        let outcome = match (found, question.server_time_ms) {
            (Some((order, fills)), _) => QueryOutcome::Found { order, fills },
            (None, Some(server_time_ms)) => {
                QueryOutcome::NotFound { server_time_ms, searched_lists: true }
            }
            (None, None) => {
                let server_time_ms = self.house.clock_ms(self.now);
                if question.search {
                    let passage = self.passage(false);
                    let server_time_ms = Some(server_time_ms);
                    let next = Question { server_time_ms, passage, left_at: self.now, ..question };
                    return self.ask(next);
                }
                QueryOutcome::NotFound { server_time_ms, searched_lists: false }
            }
        };
        self.answer(passage, left_at, News::Queried(question.id, outcome), lost);
    }

    /// Brings an answer back within the client's patience, once or twice, or its loss.
    fn answer(&mut self, passage: Passage, left_at: domain::Timestamp, news: News, lost: News) {
        let given_up = left_at.plus(TIME_OUT).since(self.now);
        match passage.back {
            Some(back) if back <= given_up => {
                if let Some(again) = passage.twice {
                    self.hear_after(back + again, news.clone());
                }
                self.hear_after(back, news);
            }
            _ => self.hear_after(given_up, lost),
        }
    }

    /// Draws how a request travels. `writes` says whether it changes anything at the exchange.
    fn passage(&mut self, writes: bool) -> Passage {
        let mut there = Some(self.network.millis(2..=120));
        let mut back = Some(self.network.millis(2..=120));
        if self.is_out() && self.network.percent(80) {
            there = None;
        }
        let mut faults = self.faults();
        if faults.strikes(Fault::RequestLost) {
            there = None;
        } else if writes && faults.strikes(Fault::RequestLate) {
            there = Some(faults.details(Fault::RequestLate).millis(1_000..=40_000));
        }
        if faults.strikes(Fault::AnswerLost) {
            back = None;
        } else if faults.strikes(Fault::AnswerSlow) {
            back = Some(faults.details(Fault::AnswerSlow).millis(100..=9_000));
        }
        let twice = faults.strikes(Fault::AnswerTwice);
        let twice = twice.then(|| faults.details(Fault::AnswerTwice).millis(0..=20_000));
        let seen = if faults.strikes(Fault::ErrorAfter) {
            Seen::ErrorAfter
        } else if faults.strikes(Fault::ErrorBefore) {
            Seen::ErrorBefore
        } else if faults.strikes(Fault::TooMany) {
            Seen::TooMany
        } else {
            Seen::Plain
        };
        Passage { there, back, twice, seen }
    }

    fn treatment(&mut self) -> Treatment {
        let mut faults = self.faults();
        let mut treatment =
            Treatment { comes_back: faults.strikes(Fault::ComesBack), ..Treatment::default() };
        if faults.strikes(Fault::OrderHidden) {
            treatment.hidden_for = faults.details(Fault::OrderHidden).millis(100..=8_000);
        }
        if faults.strikes(Fault::TradesHidden) {
            treatment.trades_hidden_for = faults.details(Fault::TradesHidden).millis(100..=4_000);
        }
        treatment
    }

    fn cannot_connect(&mut self) -> bool {
        let outage = self.is_out() && self.network.percent(50);
        self.faults().strikes(Fault::NotConnected) || outage
    }
}

fn not_sent(id: ClientOrderId, why: &str) -> News {
    News::Placed(id, PlaceOutcome::NotSent { why: why.to_owned() })
}

fn in_doubt(id: ClientOrderId, seen: &str) -> News {
    News::Placed(id, PlaceOutcome::InDoubt { seen: seen.to_owned() })
}

fn failed_cancel(id: ClientOrderId, seen: &str) -> News {
    News::Cancelled(id, CancelOutcome::Failed { seen: seen.into() })
}

fn failed_question(id: ClientOrderId, seen: &str) -> News {
    News::Queried(id, QueryOutcome::Failed { seen: seen.into() })
}
