//! The journal's disk fills up.

use domain::Room;
use domain::event::Event;
use engine::Input;

use crate::world::World;

const WANTED: u64 = 100 << 20;

fn room(free_mb: u64, on_reserve: bool) -> Input {
    Input::Room(Room { free: free_mb << 20, wanted: WANTED, on_reserve })
}

/// What was told, as (entries, alarm).
fn told(world: &World) -> Vec<(String, bool)> {
    let mut told: Vec<(String, bool)> = Vec::new();
    for record in &world.journal {
        match &record.event {
            Event::JournalRoom(notice) => told.push((notice.details["entries"].clone(), false)),
            Event::Alarm(_) => told.last_mut().unwrap().1 = true,
            _ => {}
        }
    }
    told
}

#[test]
fn a_person_is_told_once_when_it_becomes_short_and_once_when_it_is_over() {
    let mut world = World::new();
    let looks = [
        room(5_000, false),
        room(100, false),
        room(99, false),
        room(98, false),
        room(0, true),
        room(0, true),
        room(110, false),
        // At the brim it does not come and go.
        room(124, false),
        room(125, false),
        room(100, false),
    ];
    for look in looks {
        world.step(look);
    }
    let (stopped, on) = ("stopped".to_owned(), "go on".to_owned());
    assert_eq!(told(&world), [(stopped.clone(), true), (stopped, true), (on, false)]);
}

#[test]
fn entries_stop_and_exits_go_on() {
    let mut world = World::new();
    world.candles("BTCUSDT", "100", "1");
    world.bought("25", "0.25");
    let target = world.one_placed();
    world.accept(&target.client_order_id);
    for look in [room(99, false), room(0, true)] {
        world.step(look);
        let reply = world.buy("ETHUSDT", "25");
        let blocked = world.last("ORDER_BLOCKED");
        let Event::OrderBlocked(blocked) = &blocked.event else { panic!("{blocked:?}") };
        assert!(blocked.reason.contains("MB free on the journal's disk"), "{}", blocked.reason);
        assert!(world.placed().is_empty(), "{reply:?}");
    }
    world.quote("BTCUSDT", "50");
    assert_eq!(world.count("POSITION_CLOSING"), 1);
    assert!(!world.effects.is_empty());

    world.step(room(500, false));
    world.buy("ETHUSDT", "25");
    assert_eq!(world.count("ORDER_NEW"), 3);
}
