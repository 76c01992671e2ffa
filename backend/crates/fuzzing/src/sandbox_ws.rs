//! What a client tells the sandbox's WebSocket.

use futures_util::{SinkExt, StreamExt};
use mexc_wire::ws::{Meaning, PushDataV3ApiWrapper, Reply};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::sandbox_server::with_server;

/// Whose answer says that everything before it was read.
const LAST: &str = r#"{"method":"PING","id":770077007}"#;
const LAST_ID: i64 = 770_077_007;

/// Each line is a text frame. All of them leave the connection alive, and every frame that comes
/// back can be read.
pub fn sandbox_ws(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    with_server(|server| {
        let addr = server.sandbox.addr();
        server.runtime.block_on(async {
            let stream = TcpStream::connect(addr).await.expect("a connection");
            stream.set_nodelay(true).expect("small frames leave at once");
            let opened = client_async(format!("ws://{addr}/ws"), stream).await;
            let (mut socket, _) = opened.expect("a stream");
            for line in text.lines() {
                socket.send(Message::text(line)).await.expect("sent");
            }
            socket.send(Message::text(LAST)).await.expect("sent");
            while !is_last(&socket.next().await.expect("alive").expect("a frame")) {}
        });
    });
}

fn is_last(frame: &Message) -> bool {
    match frame {
        Message::Text(text) => {
            let reply = Reply::from_text(text).expect("a reply");
            reply.id == LAST_ID && reply.meaning() == Meaning::Pong
        }
        Message::Binary(bytes) => {
            PushDataV3ApiWrapper::from_frame(bytes).expect("a push");
            false
        }
        Message::Close(_) => panic!("closed"),
        _ => false,
    }
}
