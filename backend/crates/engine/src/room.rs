//! What a disk that fills up means: nothing new is begun while it is short of room, so that what is
//! open can be journalled to its end.

use std::collections::BTreeMap;

use domain::Room;
use domain::event::{Event, Notice};

use crate::step::Step;

/// Bytes in the megabyte of messages and settings.
const MEGABYTE: u64 = 1 << 20;

impl Step<'_> {
    /// Takes a look at the disk. A person is told when room becomes short, when the reserve is
    /// given up, and when there is room again.
    pub(crate) fn on_room(&mut self, room: Room) {
        let was_short = self.desk.room_is_short;
        let before = self.desk.room.replace(room);
        let is_short = room.is_short() || was_short && !room.is_ample();
        self.desk.room_is_short = is_short;
        let reserve_given_up = room.on_reserve && before.is_none_or(|before| !before.on_reserve);
        if is_short != was_short || reserve_given_up {
            self.tell_room(room, is_short);
        }
    }

    fn tell_room(&mut self, room: Room, is_short: bool) {
        let message = told(room, is_short);
        let details = BTreeMap::from([
            ("free_bytes".to_owned(), room.free.to_string()),
            ("wanted_bytes".to_owned(), room.wanted.to_string()),
            ("on_reserve".to_owned(), room.on_reserve.to_string()),
            ("entries".to_owned(), if is_short { "stopped" } else { "go on" }.to_owned()),
        ]);
        self.emit(None, None, Event::JournalRoom(Notice { message: message.clone(), details }));
        if is_short {
            self.alarm(None, None, message);
        }
    }
}

/// Megabytes, rounded down.
pub(crate) const fn megabytes(bytes: u64) -> u64 {
    bytes / MEGABYTE
}

fn told(room: Room, is_short: bool) -> String {
    let (free, wanted) = (megabytes(room.free), megabytes(room.wanted));
    if room.on_reserve {
        return format!(
            "the disk of LOG_DIR is full and the journal lives on its reserve ({free} MB left): no \
             new entries, exits go on as long as it lasts. Free some room now"
        );
    }
    if is_short {
        return format!(
            "the disk of LOG_DIR has {free} MB left, less than DISK_MIN_FREE_MB ({wanted} MB): no \
             new entries, exits go on. Free some room"
        );
    }
    format!("the disk of LOG_DIR has {free} MB free again: entries go on")
}
