//! Every way to lose the answer to an order, on every leg of a position's life: at the exchange
//! there is one order, the position stays looked after, and the journal tells doubt and outcome.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::foreign::{Foreign, Manner, Order, Status, pico};
use crate::process::{Home, Process, against, eventually};

const SIGNAL: &str = "#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95";
/// The client waits ten seconds for an answer, then finds out for itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// The order whose answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leg {
    Entry,
    Target,
    Stop,
}

const LEGS: [Leg; 3] = [Leg::Entry, Leg::Target, Leg::Stop];

impl Leg {
    const fn code(self) -> &'static str {
        match self {
            Self::Entry => "e",
            Self::Target => "t1",
            Self::Stop => "s",
        }
    }
}

/// An exchange, a service on it, and what is done to them.
struct Scene {
    foreign: Foreign,
    service: Process,
    leg: Leg,
    manner: Manner,
    _home: Home,
}

impl Scene {
    /// Runs into the lost answer and out of it again.
    fn play(leg: Leg, manner: Manner) -> Self {
        let foreign = Foreign::start();
        let home = against(&foreign, &[]);
        let service = home.start_ready();
        let scene = Self { foreign, service, leg, manner, _home: home };
        match leg {
            Leg::Entry => scene.foreign.behave(&[manner]),
            Leg::Target => scene.foreign.behave(&[Manner::Orderly, manner]),
            Leg::Stop => scene.foreign.behave(&[Manner::Orderly, Manner::Orderly, manner]),
        }
        scene.post_signal();
        if leg == Leg::Stop {
            scene.until_the_target_rests();
            scene.foreign.set_price("BTCUSDT", "94");
        }
        scene
    }

    fn post_signal(&self) {
        let address = self.service.address;
        // The caller of an entry whose answer is lost waits; the service does not need it to.
        thread::spawn(move || crate::process::try_ingest(address, SIGNAL, "1"));
    }

    fn until_the_target_rests(&self) {
        eventually("the target rests", PATIENCE, || {
            self.service.positions().into_iter().find(|p| p["exit_order"].is_string())
        });
        let rests = |order: &Order| order.status == Status::New;
        eventually("at the exchange too", PATIENCE, || {
            self.foreign.orders_of("t1").iter().any(rests).then_some(())
        });
    }

    fn doubtful_orders(&self) -> Vec<String> {
        let events = self.service.events();
        let in_doubt = events.iter().filter(|event| event["event_type"] == "ORDER_IN_DOUBT");
        in_doubt.map(|event| client_order_id(event).to_owned()).collect()
    }

    /// Of one order: first in doubt, then reconciled.
    fn until_reconciled(&self) {
        let reconciled = eventually("the doubt is settled", PATIENCE, || {
            let events = self.service.events();
            events.into_iter().find(|event| event["event_type"] == "ORDER_RECONCILED")
        });
        let found = if self.foreign_took_it() { "found" } else { "never_placed" };
        assert_eq!(reconciled["payload"]["resolution"], found, "{self}");
        let doubts = self.doubtful_orders();
        assert_eq!(doubts, [client_order_id(&reconciled)], "{self}");
        assert!(doubts[0].starts_with(&format!("levi-{}a", self.leg.code())), "{self}");
    }

    const fn foreign_took_it(&self) -> bool {
        !matches!(self.manner, Manner::CutBefore | Manner::SilentBefore)
    }

    /// Looks at what is left of it all.
    fn check(&self) {
        self.until_reconciled();
        if self.leg == Leg::Stop {
            eventually("the position is sold", PATIENCE, || {
                self.service.positions().is_empty().then_some(())
            });
            assert_eq!(self.foreign.total("BTC"), 0, "{self}");
        } else {
            self.until_the_target_rests();
            let position = self.service.positions().remove(0);
            assert_eq!(position["protected"], true, "{self}");
            assert_eq!(position["plan"]["stop"].to_string(), "95", "{self}");
            assert_eq!(self.foreign.total("BTC"), pico(&position["qty"].to_string()), "{self}");
        }
        self.redeliver();
        for leg in LEGS.iter().take_while(|leg| **leg != Leg::Stop || self.leg == Leg::Stop) {
            assert_eq!(self.foreign.orders_of(leg.code()).len(), 1, "{leg:?} of {self}");
        }
        assert_eq!(self.foreign.faults(), Vec::<String>::new(), "{self}");
    }

    /// The same message again: nothing more comes of it.
    fn redeliver(&self) {
        let again = self.service.ingest(SIGNAL, "1");
        assert_eq!(again["routed"], false, "{self}: {again}");
    }
}

impl std::fmt::Display for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} of the {:?} order", self.manner, self.leg)
    }
}

fn client_order_id(event: &Value) -> &str {
    event["payload"]["client_order_id"].as_str().unwrap()
}

#[test]
fn an_answer_that_is_cut_off_or_unreadable_leaves_one_order_and_a_protected_position() {
    let manners = [
        Manner::ServerErrorAfter,
        Manner::CutAfter,
        Manner::CutBefore,
        Manner::HtmlAfter,
        Manner::HalfAfter,
    ];
    for manner in manners {
        in_parallel(LEGS.map(|leg| (leg, manner)).to_vec(), Scene::check);
    }
}

#[test]
fn an_answer_after_thirty_seconds_or_never_leaves_one_order_and_a_protected_position() {
    let manners = [Manner::LateAfter(30), Manner::SilentAfter, Manner::SilentBefore];
    let scenes = manners.iter().flat_map(|manner| LEGS.map(|leg| (leg, *manner)));
    in_parallel(scenes.collect(), |scene| {
        scene.check();
        if matches!(scene.manner, Manner::LateAfter(_)) {
            // What comes at last finds a connection that was given up, and changes nothing.
            eventually("the late answer was sent", Duration::from_secs(40), || {
                (scene.foreign.late_answers() == 1).then_some(())
            });
            scene.check();
        }
    });
}

/// Waiting costs nothing: all scenes are played at once.
fn in_parallel(scenes: Vec<(Leg, Manner)>, check: fn(&Scene)) {
    let played: Vec<_> = scenes
        .into_iter()
        .map(|(leg, manner)| thread::spawn(move || check(&Scene::play(leg, manner))))
        .collect();
    for scene in played {
        scene.join().unwrap();
    }
}
