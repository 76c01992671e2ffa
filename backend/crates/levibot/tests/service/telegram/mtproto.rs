//! A server that speaks `MTProto` over TCP, as far as a client with an agreed key needs it: framing,
//! encryption, containers, answers and pushes. What it answers is the [`World`]'s business.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use grammers_crypto::{DequeBuffer, aes};
use grammers_mtproto::transport::{Full, Transport};
use grammers_tl_types::{self as tl, Deserializable, Identifiable, Serializable};
use sha2::{Digest, Sha256};

use super::server::now_micros;
use crate::world::World;

/// The key that client and server agreed on.
pub(crate) const KEY: [u8; 256] = [0x5a; 256];
/// Bytes before a message's body: salt, session, message id, number, length.
const HEAD: usize = 32;
const CONTAINER: u32 = 0x73f1_f8dc;
const RPC_RESULT: u32 = 0xf35c_6d01;

/// The server; it lives as long as the test's process.
pub(crate) struct MtProto {
    pub(crate) address: SocketAddr,
    world: Arc<Mutex<World>>,
    /// Connections that are older than this are cut.
    generation: Arc<AtomicU64>,
}

impl MtProto {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let world = Arc::new(Mutex::new(World::new()));
        let generation = Arc::new(AtomicU64::new(0));
        let (shared, current) = (Arc::clone(&world), Arc::clone(&generation));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let born = current.fetch_add(1, Ordering::SeqCst) + 1;
                let (world, current) = (Arc::clone(&shared), Arc::clone(&current));
                let connection = Connection::new(stream.unwrap(), world);
                thread::spawn(move || connection.serve(|| current.load(Ordering::SeqCst) == born));
            }
        });
        Self { address, world, generation }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }
}

/// One client.
struct Connection {
    stream: TcpStream,
    framing: Full,
    world: Arc<Mutex<World>>,
    received: Vec<u8>,
    /// Key id and session of the client, from its first message on.
    client: Option<([u8; 8], [u8; 8])>,
    /// Telegram pushes after a first question only.
    has_asked: bool,
    last_id: AtomicI64,
}

impl Connection {
    fn new(stream: TcpStream, world: Arc<Mutex<World>>) -> Self {
        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        Self {
            stream,
            framing: Full::new(),
            world,
            received: Vec::new(),
            client: None,
            has_asked: false,
            last_id: AtomicI64::new(0),
        }
    }

    /// Until the client goes away or the connection is cut.
    fn serve(mut self, is_current: impl Fn() -> bool) {
        let mut chunk = [0; 4_096];
        while is_current() {
            match self.stream.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => self.received.extend_from_slice(&chunk[..count]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return,
            }
            while let Ok(found) = self.framing.unpack(&mut self.received) {
                let packet = self.received[found.data_range].to_vec();
                self.received.drain(..found.next_offset);
                self.take(&packet);
            }
            let pushed =
                if self.has_asked { self.world.lock().unwrap().pushes.pop_front() } else { None };
            if let Some(updates) = pushed {
                self.send(&updates.to_bytes());
            }
        }
    }

    fn take(&mut self, packet: &[u8]) {
        let plain = decrypt(packet);
        self.client = Some((packet[..8].try_into().unwrap(), plain[8..16].try_into().unwrap()));
        let id = i64::from_bytes(&plain[16..24]).unwrap();
        let length = usize::try_from(i32::from_bytes(&plain[28..32]).unwrap()).unwrap();
        self.take_message(id, &plain[HEAD..HEAD + length]);
    }

    fn take_message(&mut self, id: i64, body: &[u8]) {
        match u32::from_bytes(body).unwrap() {
            CONTAINER => {
                let mut rest = &body[8..];
                while rest.len() >= 16 {
                    let inner = i64::from_bytes(rest).unwrap();
                    let length = usize::try_from(i32::from_bytes(&rest[12..]).unwrap()).unwrap();
                    self.take_message(inner, &rest[16..16 + length]);
                    rest = &rest[16 + length..];
                }
            }
            tl::types::MsgsAck::CONSTRUCTOR_ID => {}
            tl::functions::PingDelayDisconnect::CONSTRUCTOR_ID => {
                let ping_id = i64::from_bytes(&body[4..]).unwrap();
                self.send(
                    &tl::enums::Pong::from(tl::types::Pong { msg_id: id, ping_id }).to_bytes(),
                );
            }
            0xda9b_0d0d => self.answer(id, Ok(config())),
            _ => {
                let answer = self.world.lock().unwrap().answer(body);
                self.has_asked = true;
                self.answer(id, answer);
            }
        }
    }

    fn answer(&mut self, id: i64, answer: Result<Vec<u8>, crate::world::Refusal>) {
        let mut body = RPC_RESULT.to_bytes();
        id.serialize(&mut body);
        match answer {
            Ok(bytes) => body.extend(bytes),
            Err((error_code, name, value)) => {
                let value = value.map_or_else(String::new, |value| format!("_{value}"));
                let error_message = format!("{name}{value}");
                let error = tl::types::RpcError { error_code, error_message };
                tl::enums::RpcError::from(error).serialize(&mut body);
            }
        }
        self.send(&body);
    }

    fn send(&mut self, body: &[u8]) {
        let Some((key, session)) = self.client else { return };
        // Message ids are times; each is later than the one before.
        let id = ((now_micros() << 12) | 1).max(self.last_id.load(Ordering::SeqCst) + 4);
        self.last_id.store(id, Ordering::SeqCst);
        let mut plain = vec![0; 8];
        plain.extend(session);
        id.serialize(&mut plain);
        1_i32.serialize(&mut plain);
        i32::try_from(body.len()).unwrap().serialize(&mut plain);
        plain.extend(body);
        let padding = 16 + (16 - plain.len() % 16);
        plain.resize(plain.len() + padding, 0);
        let mut packet = DequeBuffer::with_capacity(plain.len() + 64, 32);
        packet.extend(key);
        packet.extend(encrypt(plain));
        self.framing.pack(&mut packet);
        // The client may be gone; the next read shows it.
        let _ = self.stream.write_all(&packet[..]);
    }
}

/// Key and vector for a message key; `x` is 0 for what the client sends and 8 for what we send.
fn derived(message_key: &[u8], x: usize) -> ([u8; 32], [u8; 32]) {
    let hash = |first: &[u8], second: &[u8]| -> [u8; 32] {
        Sha256::new().chain_update(first).chain_update(second).finalize().into()
    };
    let a = hash(message_key, &KEY[x..x + 36]);
    let b = hash(&KEY[40 + x..76 + x], message_key);
    let mix = |a: &[u8; 32], b: &[u8; 32]| -> [u8; 32] {
        [&a[..8], &b[8..24], &a[24..]].concat().try_into().unwrap()
    };
    (mix(&a, &b), mix(&b, &a))
}

fn decrypt(packet: &[u8]) -> Vec<u8> {
    let (key, vector) = derived(&packet[8..24], 0);
    let mut plain = packet[24..].to_vec();
    aes::ige_decrypt(&mut plain, &key, &vector);
    let check = Sha256::new().chain_update(&KEY[88..120]).chain_update(&plain).finalize();
    assert_eq!(check[8..24], packet[8..24], "the client's message key");
    plain
}

/// Message key and encrypted message.
fn encrypt(mut plain: Vec<u8>) -> Vec<u8> {
    let whole = Sha256::new().chain_update(&KEY[96..128]).chain_update(&plain).finalize();
    let (key, vector) = derived(&whole[8..24], 8);
    aes::ige_encrypt(&mut plain, &key, &vector);
    [&whole[8..24], &plain[..]].concat()
}

/// `help.getConfig`'s answer: nothing in it that matters, and no other address.
fn config() -> Vec<u8> {
    let mut bytes = tl::types::Config::CONSTRUCTOR_ID.to_bytes();
    0_u32.serialize(&mut bytes);
    for number in [0_i32, i32::MAX] {
        number.serialize(&mut bytes);
    }
    false.serialize(&mut bytes);
    2_i32.serialize(&mut bytes);
    Vec::<tl::enums::DcOption>::new().serialize(&mut bytes);
    String::new().serialize(&mut bytes);
    (0..21).for_each(|_| 0_i32.serialize(&mut bytes));
    String::new().serialize(&mut bytes);
    (0..3).for_each(|_| 0_i32.serialize(&mut bytes));
    tl::enums::Config::from_bytes(&bytes).expect("a configuration");
    bytes
}
