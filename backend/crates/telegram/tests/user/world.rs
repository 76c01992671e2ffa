//! What Telegram knows: channels with their messages and counts of changes, and one account. It
//! answers requests from their bytes, honest about counts, gaps and histories, and things go wrong
//! when the test says so.

use std::collections::{BTreeMap, VecDeque};

use grammers_tl_types::{self as tl, Deserializable, Identifiable, Serializable, functions as f};

use crate::tl_text::{self, Written};

/// A refusal: code and name, with a number in it where there is one.
pub(crate) type Refusal = (i32, &'static str, Option<u32>);

/// A channel or supergroup.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    pub(crate) title: String,
    pub(crate) name: Option<String>,
    pub(crate) is_group: bool,
    pub(crate) messages: BTreeMap<i32, Written>,
    /// The message of each change, by the count after it; true for an edit.
    pub(crate) changes: BTreeMap<i32, (i32, bool)>,
    /// Older changes are not listed any more.
    pub(crate) forgotten: i32,
    /// The account was thrown out.
    pub(crate) is_closed: bool,
}

/// Everything.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) channels: BTreeMap<i64, Channel>,
    /// To be sent without being asked.
    pub(crate) pushes: VecDeque<tl::enums::Updates>,
    /// What is wrong with the next requests.
    pub(crate) refusals: VecDeque<Refusal>,
    /// The account's session was ended.
    pub(crate) is_revoked: bool,
    /// Constructors of all requests so far.
    pub(crate) asked: Vec<u32>,
    pub(crate) login: Login,
    /// Changes in one answer.
    pub(crate) at_a_time: usize,
    /// Chats on one page of the list.
    pub(crate) dialogs_at_a_time: usize,
}

/// What signing in takes.
#[derive(Default)]
pub(crate) struct Login {
    /// The data centre that knows the number, when it is another one.
    pub(crate) centre: Option<u32>,
    pub(crate) code: String,
    pub(crate) has_password: bool,
    /// Passwords that were tried.
    pub(crate) tried: Vec<tl::types::InputCheckPasswordSrp>,
    /// Which of the tries is right, from 0.
    pub(crate) right_try: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { at_a_time: 100, dialogs_at_a_time: 100, ..Self::default() }
    }

    pub(crate) fn open(&mut self, channel: i64, title: &str, name: Option<&str>) {
        let opened = Channel {
            title: title.to_owned(),
            name: name.map(str::to_owned),
            ..Channel::default()
        };
        self.channels.insert(channel, opened);
    }

    /// Posts a message and pushes it; gives its number.
    pub(crate) fn post(&mut self, channel: i64, written: Written) -> i32 {
        let id = self.post_silently(channel, written);
        let pts = self.pts(channel);
        self.push(channel, pts);
        id
    }

    /// Posts a message whose push is lost.
    pub(crate) fn post_silently(&mut self, channel: i64, mut written: Written) -> i32 {
        let found = self.channels.get_mut(&channel).unwrap();
        let id = found.messages.keys().last().unwrap_or(&0) + 1;
        written.id = id;
        found.messages.insert(id, written);
        found.change(id, false);
        id
    }

    /// Changes a message's text and pushes that.
    pub(crate) fn edit(&mut self, channel: i64, message: i32, text: &str) {
        let found = self.channels.get_mut(&channel).unwrap();
        text.clone_into(&mut found.messages.get_mut(&message).unwrap().text);
        found.change(message, true);
        let pts = self.pts(channel);
        self.push(channel, pts);
    }

    /// The channel's count.
    pub(crate) fn pts(&self, channel: i64) -> i32 {
        self.channels[&channel].pts()
    }

    /// Pushes the change with this count (again).
    pub(crate) fn push(&mut self, channel: i64, pts: i32) {
        let update = self.channels[&channel].update(channel, pts);
        self.push_updates(vec![update]);
    }

    pub(crate) fn push_updates(&mut self, updates: Vec<tl::enums::Update>) {
        let (users, chats) = (Vec::new(), Vec::new());
        let all = tl::types::Updates { updates, users, chats, date: 1, seq: 0 };
        self.pushes.push_back(all.into());
    }

    /// How often this was asked.
    pub(crate) fn times_asked<R: Identifiable>(&self) -> usize {
        self.asked.iter().filter(|asked| **asked == R::CONSTRUCTOR_ID).count()
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, request: &[u8]) -> Result<Vec<u8>, Refusal> {
        let constructor = u32::from_bytes(request).unwrap();
        self.asked.push(constructor);
        if let Some(refusal) = self.refusals.pop_front() {
            return Err(refusal);
        }
        if self.is_revoked {
            return Err((401, "SESSION_REVOKED", None));
        }
        match constructor {
            f::updates::GetState::CONSTRUCTOR_ID => Ok(state().to_bytes()),
            f::messages::GetDialogs::CONSTRUCTOR_ID => Ok(self.dialogs(&read(request)).to_bytes()),
            f::updates::GetChannelDifference::CONSTRUCTOR_ID => self.difference(&read(request)),
            f::messages::GetHistory::CONSTRUCTOR_ID => self.history(&read(request)),
            f::auth::SendCode::CONSTRUCTOR_ID => self.send_code(),
            f::auth::SignIn::CONSTRUCTOR_ID => self.sign_in(&read(request)),
            f::account::GetPassword::CONSTRUCTOR_ID => Ok(password().to_bytes()),
            f::auth::CheckPassword::CONSTRUCTOR_ID => self.check_password(read(request)),
            f::auth::LogOut::CONSTRUCTOR_ID => {
                self.is_revoked = true;
                let ended = tl::types::auth::LoggedOut { future_auth_token: None };
                Ok(tl::enums::auth::LoggedOut::from(ended).to_bytes())
            }
            other => panic!("{} was asked", tl::name_for_id(other)),
        }
    }

    fn dialogs(
        &self,
        request: &tl::functions::messages::GetDialogs,
    ) -> tl::enums::messages::Dialogs {
        let after = match &request.offset_peer {
            tl::enums::InputPeer::Channel(peer) => Some(peer.channel_id),
            _ => None,
        };
        let open = self.channels.iter().filter(|(_, channel)| !channel.is_closed);
        let rest = open.filter(|(id, _)| after.is_none_or(|after| **id > after));
        let page: Vec<_> = rest.take(self.dialogs_at_a_time).collect();
        let top = |channel: &Channel| channel.messages.keys().last().copied().unwrap_or(0);
        let slice = tl::types::messages::DialogsSlice {
            count: i32::try_from(self.channels.len()).unwrap(),
            dialogs: page.iter().map(|(id, c)| tl_text::dialog(**id, top(c), c.pts())).collect(),
            messages: page
                .iter()
                .filter_map(|(id, c)| Some(tl_text::message(**id, c.messages.values().last()?)))
                .collect(),
            chats: page
                .iter()
                .map(|(id, c)| tl_text::channel(**id, &c.title, c.name.as_deref(), c.is_group))
                .collect(),
            users: Vec::new(),
        };
        slice.into()
    }

    fn known(&self, channel: i64, hash: i64) -> Result<&Channel, Refusal> {
        let found = self.channels.get(&channel).filter(|_| hash == tl_text::access_hash(channel));
        let found = found.ok_or((400, "CHANNEL_INVALID", None))?;
        if found.is_closed { Err((400, "CHANNEL_PRIVATE", None)) } else { Ok(found) }
    }

    fn difference(
        &self,
        request: &tl::functions::updates::GetChannelDifference,
    ) -> Result<Vec<u8>, Refusal> {
        let tl::enums::InputChannel::Channel(input) = &request.channel else { unreachable!() };
        let (id, channel) = (input.channel_id, self.known(input.channel_id, input.access_hash)?);
        if request.pts < channel.forgotten {
            let top = channel.messages.values().last().unwrap();
            let long = tl::types::updates::ChannelDifferenceTooLong {
                r#final: true,
                timeout: None,
                dialog: tl_text::dialog(id, top.id, channel.pts()),
                messages: vec![tl_text::message(id, top)],
                chats: Vec::new(),
                users: Vec::new(),
            };
            return Ok(tl::enums::updates::ChannelDifference::from(long).to_bytes());
        }
        let missed: Vec<i32> = channel
            .changes
            .range(request.pts + 1..)
            .map(|(pts, _)| *pts)
            .take(self.at_a_time)
            .collect();
        let Some(last) = missed.last().copied() else {
            let none = tl::types::updates::ChannelDifferenceEmpty {
                r#final: true,
                pts: request.pts,
                timeout: None,
            };
            return Ok(tl::enums::updates::ChannelDifference::from(none).to_bytes());
        };
        let (edits, new): (Vec<i32>, Vec<i32>) =
            missed.into_iter().partition(|pts| channel.changes[pts].1);
        let some = tl::types::updates::ChannelDifference {
            r#final: last == channel.pts(),
            pts: last,
            timeout: None,
            new_messages: new.into_iter().map(|pts| channel.message(id, pts)).collect(),
            other_updates: edits.into_iter().map(|pts| channel.update(id, pts)).collect(),
            chats: Vec::new(),
            users: Vec::new(),
        };
        Ok(tl::enums::updates::ChannelDifference::from(some).to_bytes())
    }

    fn history(&self, request: &tl::functions::messages::GetHistory) -> Result<Vec<u8>, Refusal> {
        let tl::enums::InputPeer::Channel(peer) = &request.peer else { unreachable!() };
        let (id, channel) = (peer.channel_id, self.known(peer.channel_id, peer.access_hash)?);
        let before = if request.offset_id == 0 { i32::MAX } else { request.offset_id };
        let newest_first = channel.messages.range(request.min_id + 1..before).rev();
        let messages = newest_first.take(usize::try_from(request.limit).unwrap());
        let found = tl::types::messages::ChannelMessages {
            inexact: false,
            pts: channel.pts(),
            count: 0,
            offset_id_offset: None,
            messages: messages.map(|(_, written)| tl_text::message(id, written)).collect(),
            topics: Vec::new(),
            chats: Vec::new(),
            users: Vec::new(),
        };
        Ok(tl::enums::messages::Messages::from(found).to_bytes())
    }

    fn send_code(&mut self) -> Result<Vec<u8>, Refusal> {
        if let Some(centre) = self.login.centre.take() {
            return Err((303, "PHONE_MIGRATE", Some(centre)));
        }
        let sent = tl::types::auth::SentCode {
            r#type: tl::types::auth::SentCodeTypeApp { length: 5 }.into(),
            phone_code_hash: "hash-of-code".to_owned(),
            next_type: None,
            timeout: None,
        };
        Ok(tl::enums::auth::SentCode::from(sent).to_bytes())
    }

    fn sign_in(&self, request: &tl::functions::auth::SignIn) -> Result<Vec<u8>, Refusal> {
        if request.phone_code_hash != "hash-of-code"
            || request.phone_code.as_deref() != Some(self.login.code.as_str())
        {
            return Err((400, "PHONE_CODE_INVALID", None));
        }
        if self.login.has_password {
            return Err((401, "SESSION_PASSWORD_NEEDED", None));
        }
        Ok(tl_text::authorization(42, "Levi").to_bytes())
    }

    fn check_password(
        &mut self,
        request: tl::functions::auth::CheckPassword,
    ) -> Result<Vec<u8>, Refusal> {
        let tl::enums::InputCheckPasswordSrp::Srp(tried) = request.password else { unreachable!() };
        self.login.tried.push(tried);
        if self.login.tried.len() <= self.login.right_try {
            return Err((400, "PASSWORD_HASH_INVALID", None));
        }
        Ok(tl_text::authorization(42, "Levi").to_bytes())
    }
}

impl Channel {
    pub(crate) fn pts(&self) -> i32 {
        self.changes.keys().last().copied().unwrap_or(1)
    }

    fn change(&mut self, message: i32, is_edit: bool) {
        let pts = self.pts() + 1;
        self.changes.insert(pts, (message, is_edit));
    }

    fn message(&self, id: i64, pts: i32) -> tl::enums::Message {
        tl_text::message(id, &self.messages[&self.changes[&pts].0])
    }

    fn update(&self, id: i64, pts: i32) -> tl::enums::Update {
        let message = self.message(id, pts);
        if self.changes[&pts].1 {
            tl::types::UpdateEditChannelMessage { message, pts, pts_count: 1 }.into()
        } else {
            tl::types::UpdateNewChannelMessage { message, pts, pts_count: 1 }.into()
        }
    }
}

/// A request without its constructor.
fn read<T: Deserializable>(request: &[u8]) -> T {
    T::from_bytes(&request[4..]).unwrap()
}

fn state() -> tl::enums::updates::State {
    tl::types::updates::State { pts: 1, qts: 0, date: 1, seq: 1, unread_count: 0 }.into()
}

/// Parameters as Telegram gives them: the prime that it documents, and salts.
fn password() -> tl::enums::account::Password {
    let algorithm = tl::types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1: vec![1; 8],
        salt2: vec![2; 16],
        g: 3,
        p: hex::decode(PRIME).unwrap(),
    };
    tl::types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: true,
        current_algo: Some(algorithm.into()),
        srp_b: Some(vec![7; 256]),
        srp_id: Some(99),
        hint: Some("the usual".to_owned()),
        email_unconfirmed_pattern: None,
        new_algo: tl::enums::PasswordKdfAlgo::Unknown,
        new_secure_algo: tl::enums::SecurePasswordKdfAlgo::Unknown,
        secure_random: vec![0; 256],
        pending_reset_date: None,
        login_email_pattern: None,
    }
    .into()
}

const PRIME: &str = "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";
