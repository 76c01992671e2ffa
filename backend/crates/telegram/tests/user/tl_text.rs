//! Objects of Telegram's type language, written as the bytes the server would send: the fields that
//! matter are set, every optional one is absent.

use grammers_tl_types::{self as tl, Deserializable, Serializable};

/// Bytes of one object, built field by field.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn of(constructor: u32) -> Self {
        Self::default().with(&constructor)
    }

    fn with(mut self, field: &impl Serializable) -> Self {
        field.serialize(&mut self.0);
        self
    }

    fn maybe(self, field: Option<&impl Serializable>) -> Self {
        match field {
            Some(field) => self.with(field),
            None => self,
        }
    }

    fn read<T: Deserializable>(self) -> T {
        T::from_bytes(&self.0).expect("the bytes of an object")
    }
}

const fn flag(set: bool, bit: u32) -> u32 {
    if set { 1 << bit } else { 0 }
}

pub(crate) fn channel_peer(channel: i64) -> tl::enums::Peer {
    tl::types::PeerChannel { channel_id: channel }.into()
}

/// A message of a channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) id: i32,
    /// Seconds since the epoch.
    pub(crate) date: i32,
    pub(crate) text: String,
    /// Under a picture.
    pub(crate) is_caption: bool,
    /// The message of the same channel that it answers.
    pub(crate) answers: Option<i32>,
    /// Channel, message and date of the original.
    pub(crate) copied_from: Option<(i64, i32, i32)>,
}

pub(crate) fn message(channel: i64, written: &Written) -> tl::enums::Message {
    let copied = written.copied_from.map(|(from, message, date)| {
        Bytes::of(0x4e4d_f4bb)
            .with(&(flag(true, 0) | flag(true, 2)))
            .with(&channel_peer(from))
            .with(&date)
            .with(&message)
            .read::<tl::enums::MessageFwdHeader>()
    });
    let answers = written.answers.map(|message| {
        let header = Bytes::of(0x1b97_dd66).with(&flag(true, 4)).with(&message);
        header.read::<tl::enums::MessageReplyHeader>()
    });
    let flags = flag(true, 14)
        | flag(copied.is_some(), 2)
        | flag(answers.is_some(), 3)
        | flag(written.is_caption, 9);
    let media = written.is_caption.then_some(0x9f84_f49e_u32);
    Bytes::of(0x7600_b9d3)
        .with(&flags)
        .with(&0_u32)
        .with(&written.id)
        .with(&channel_peer(channel))
        .maybe(copied.as_ref())
        .maybe(answers.as_ref())
        .with(&written.date)
        .with(&written.text)
        .maybe(media.as_ref())
        .read()
}

pub(crate) fn channel(id: i64, title: &str, name: Option<&str>, is_group: bool) -> tl::enums::Chat {
    let flags = flag(!is_group, 5) | flag(is_group, 8) | flag(name.is_some(), 6) | flag(true, 13);
    let name = name.map(str::to_owned);
    Bytes::of(0xd49f_34c6)
        .with(&flags)
        .with(&0_u32)
        .with(&id)
        .with(&access_hash(id))
        .with(&title.to_owned())
        .maybe(name.as_ref())
        .with(&0x37c1_011c_u32)
        .with(&0_i32)
        .read()
}

/// What the account must know about a channel.
pub(crate) const fn access_hash(channel: i64) -> i64 {
    channel ^ 0x5eed
}

pub(crate) fn dialog(channel: i64, top_message: i32, pts: i32) -> tl::enums::Dialog {
    let bytes = Bytes::of(0xfc89_f7f3).with(&1_u32).with(&channel_peer(channel)).with(&top_message);
    let counted = (0..6).fold(bytes, |bytes, _| bytes.with(&0_i32));
    counted.with(&0x9962_2c0c_u32).with(&0_u32).with(&pts).read()
}

pub(crate) fn authorization(user: i64, name: &str) -> tl::enums::auth::Authorization {
    let user =
        Bytes::of(0xb1b8_cc83).with(&flag(true, 1)).with(&0_u32).with(&user).with(&name.to_owned());
    tl::types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: user.read(),
    }
    .into()
}
