//! Seventy-two hours on a disk that others fill: slowly once, then at once, again and again.

use std::time::Duration;

use domain::ids::Leg;
use domain::{Event, Timestamp};

use crate::space::Size;
use crate::world::World;
use crate::{Options, Outcome};

const MEGABYTE: u64 = 1 << 20;
/// As the service is configured unless told otherwise.
const DISK: Size =
    Size { capacity: 2_048 * MEGABYTE, wanted: 100 * MEGABYTE, reserve: 16 * MEGABYTE };
/// Rarer than in other schedules: the state grows with the days.
const CHECKPOINT_EVERY: usize = 5_000;
/// The service looks at the disk every few seconds.
const LOOKS_WITHIN: Duration = Duration::from_secs(10);
/// Between two acts of users, at most.
const PACE_MS: u64 = 600_000;
const LASTS: Duration = Duration::from_hours(72);
const FULL: Option<u64> = Some(0);
const EMPTY: Option<u64> = None;

/// From which minute on how many megabytes are left; all of the disk where none is named.
const STORY: [(u64, Option<u64>); 17] = [
    (12 * 60, Some(400)),
    (16 * 60, Some(200)),
    (20 * 60, Some(110)),
    (21 * 60, Some(95)),
    (22 * 60, Some(60)),
    (24 * 60, FULL),
    (36 * 60, Some(118)),
    (37 * 60, EMPTY),
    (45 * 60, FULL),
    (46 * 60, EMPTY),
    (50 * 60, FULL),
    (51 * 60, EMPTY),
    (55 * 60, FULL),
    (57 * 60, EMPTY),
    (60 * 60, Some(1)),
    (62 * 60, FULL),
    (64 * 60, EMPTY),
];

/// How the disk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is room.
    Ample,
    /// Less is free than is wanted, and the service has had time to see it.
    Short,
    /// The reserve is given up.
    OnReserve,
}

/// What was done under one condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Orders that buy.
    pub entries: u64,
    /// Orders that sell.
    pub exits: u64,
    /// Positions closed.
    pub closed: u64,
    /// Signals and direct orders turned down.
    pub blocked: u64,
    /// Alarms.
    pub alarms: u64,
    /// How often it began.
    pub spells: u64,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct ThreeDays {
    /// The schedule as any other.
    pub outcome: Outcome,
    counts: [Count; 3],
    /// Entries after the disk was full for the last time.
    pub entries_at_the_end: u64,
}

impl ThreeDays {
    /// What was done under a condition.
    pub const fn under(&self, condition: Condition) -> Count {
        self.counts[condition as usize]
    }
}

/// Follows the story.
struct Watch {
    counts: [Count; 3],
    entries_at_the_end: u64,
    told: usize,
    seen: u64,
    condition: Condition,
    short_since: Option<Timestamp>,
}

pub(crate) fn run(seed: u64, options: Options, reader: signal::Reader) -> ThreeDays {
    let mut world = World::planned(seed, options, reader, |plan| {
        plan.storm = LASTS;
        plan.pace_ms = PACE_MS;
        plan.most_steps = 10_000_000;
        plan.checkpoint_every = CHECKPOINT_EVERY;
        plan.disk = DISK;
    });
    // The story fills the disk; the service keeps looking.
    world.disk_full_until = Some(world.now.plus(LASTS * 2));
    let mut watch = Watch {
        counts: [Count::default(); 3],
        entries_at_the_end: 0,
        told: 0,
        seen: 0,
        condition: Condition::Ample,
        short_since: None,
    };
    let mut violation = None;
    while !world.is_done() && violation.is_none() {
        watch.tell_story(&world);
        violation = world.step().err();
        watch.look(&world);
    }
    ThreeDays {
        outcome: world.outcome(violation),
        counts: watch.counts,
        entries_at_the_end: watch.entries_at_the_end,
    }
}

impl Watch {
    fn tell_story(&mut self, world: &World) {
        let Some((minute, left)) = STORY.get(self.told) else { return };
        if world.age() >= Duration::from_mins(*minute) {
            let left = left.map_or(u64::MAX, |megabytes| megabytes * MEGABYTE);
            world.disk.space(|space| space.leave(left));
            self.told += 1;
        }
    }

    fn look(&mut self, world: &World) {
        let now = self.condition_now(world);
        if now != self.condition {
            self.condition = now;
            self.counts[now as usize].spells += 1;
        }
        let count = &mut self.counts[now as usize];
        let (seen, is_end) = (self.seen, self.told == STORY.len());
        let entries_before = count.entries;
        self.seen = world.disk.read(|records| {
            let fresh = records.iter().rev().take_while(|record| record.seq > seen);
            fresh.for_each(|record| note(count, &record.event));
            records.last().map_or(seen, |record| record.seq)
        });
        self.entries_at_the_end += if is_end { count.entries - entries_before } else { 0 };
    }

    fn condition_now(&mut self, world: &World) -> Condition {
        let (on_reserve, is_short) =
            world.disk.space(|space| (space.on_reserve(), space.is_short()));
        if !is_short {
            self.short_since = None;
            return Condition::Ample;
        }
        let since = *self.short_since.get_or_insert(world.now);
        match on_reserve {
            true => Condition::OnReserve,
            false if world.now.since(since) > LOOKS_WITHIN => Condition::Short,
            false => self.condition,
        }
    }
}

fn note(count: &mut Count, event: &Event) {
    match event {
        Event::OrderNew(new) if new.leg == Leg::Entry => count.entries += 1,
        Event::OrderNew(_) => count.exits += 1,
        Event::PositionClosed(_) => count.closed += 1,
        Event::OrderBlocked(_) => count.blocked += 1,
        Event::Alarm(_) => count.alarms += 1,
        _ => {}
    }
}
