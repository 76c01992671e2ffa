//! `/stream`: the journal, live and from where the listener left off.

use std::time::Duration;

use engine::Input;
use tokio::sync::oneshot;

use crate::client;
use crate::desk;
use crate::service::Service;

fn listen(
    service: &Service,
    target: &'static str,
    headers: &'static str,
    count: usize,
) -> (tokio::task::JoinHandle<Vec<(u64, String)>>, oneshot::Receiver<()>) {
    let (started, has_started) = oneshot::channel();
    let at = service.at;
    let task =
        tokio::spawn(async move { client::events(at, target, headers, count, started).await });
    (task, has_started)
}

fn notice(service: &Service, text: &str) {
    service.bench.step(Input::Report(desk::notice(text)));
}

#[tokio::test]
async fn a_listener_hears_what_is_written_from_now_on() {
    let service = Service::start().await;
    notice(&service, "before");
    let (task, started) = listen(&service, "/stream", "", 2);
    started.await.unwrap();
    notice(&service, "one");
    notice(&service, "two");
    let heard = task.await.unwrap();
    assert_eq!(heard.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3]);
    let record = domain::Record::parse(&heard[0].1).unwrap();
    assert!(record.seq == 2 && record.event.event_type() == "ALARM");
}

#[tokio::test]
async fn a_listener_that_comes_back_misses_nothing() {
    for (target, headers) in [
        ("/stream", "Last-Event-ID: 2\r\n"),
        ("/stream?last_event_id=2", ""),
        ("/stream?from=3", ""),
        // A browser that comes back keeps the address it began with.
        ("/stream?from=1", "Last-Event-ID: 2\r\n"),
    ] {
        let service = Service::start().await;
        for number in 1..=5 {
            notice(&service, &number.to_string());
        }
        let (task, started) = listen(&service, target, headers, 4);
        started.await.unwrap();
        notice(&service, "live");
        let ids: Vec<u64> = task.await.unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [3, 4, 5, 6], "{target}");
    }
}

#[tokio::test]
async fn a_listener_that_was_too_slow_catches_up_from_the_journal() {
    let service = Service::start().await;
    let (task, started) = listen(&service, "/stream", "", 1_200);
    started.await.unwrap();
    // More than the live channel holds, in one go.
    for number in 1..=1_200 {
        notice(&service, &number.to_string());
    }
    let ids: Vec<u64> = task.await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, (1..=1_200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stream_can_be_filtered() {
    let service = Service::start().await;
    let (task, started) = listen(&service, "/stream?type=ORDER_FILLED", "", 1);
    started.await.unwrap();
    notice(&service, "unwanted");
    service.buy("BTCUSDT").await.success();
    let heard = task.await.unwrap();
    assert!(heard[0].1.contains("ORDER_FILLED"));
}

#[tokio::test]
async fn prices_of_what_is_held_and_health_come_beside_the_journal_without_ids() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    let wanted = ["event: quotes\ndata: {\"BTCUSDT\":{\"bid\":43250.4,", "event: health\ndata: [{"];
    let text = client::stream_text(service.at, "/stream?beside=true", &wanted).await;
    assert!(!text.contains("id:"), "{text}");
}

#[tokio::test]
async fn only_who_asks_hears_what_is_not_in_the_journal() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    let text =
        client::stream_text(service.at, "/stream?last_event_id=0", &["POSITION_OPENED"]).await;
    assert!(!text.contains("event: "), "{text}");
}

#[tokio::test]
async fn a_listener_of_another_journal_is_told_so() {
    let service = Service::start().await;
    notice(&service, "one");
    let answer = service.get("/stream?last_event_id=2").await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "ahead_of_journal"));
}

#[tokio::test]
async fn the_stream_of_a_session_ends_with_it() {
    let setup = crate::service::Setup { keys: vec!["k"], ..Default::default() };
    let service = Service::with(setup).await;
    let answer = service.send("POST", "/session", r#"{"key":"k"}"#).await;
    let token = answer.success()["csrf_token"].as_str().unwrap().to_owned();
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let headers =
        [("Host", "localhost"), ("Cookie", cookie.as_str()), ("X-CSRF-Token", token.as_str())];
    let (started, has_started) = oneshot::channel();
    let (at, cookies) = (service.at, format!("Connection: close\r\nCookie: {cookie}\r\n"));
    let task =
        tokio::spawn(async move { client::events(at, "/stream", &cookies, 2, started).await });
    has_started.await.unwrap();
    notice(&service, "heard");
    client::raw(service.at, "DELETE", "/session", &headers, b"").await.success();
    // The stream closes: fewer than the two events it waits for.
    assert_eq!(task.await.unwrap().len(), 1);
}

/// Reads to the end, without parsing.
async fn rest(mut socket: tokio::net::TcpStream) -> String {
    use tokio::io::AsyncReadExt;
    let mut bytes = Vec::new();
    let read = socket.read_to_end(&mut bytes);
    tokio::time::timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn ask(service: &Service, head: &str) -> tokio::net::TcpStream {
    use tokio::io::AsyncWriteExt;
    let mut socket = tokio::net::TcpStream::connect(service.at).await.unwrap();
    let request = format!("GET {head}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

fn ids(text: &str) -> Vec<u64> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")?.trim().parse().ok()).collect()
}

/// Reads until the event with this id is there.
async fn until(mut socket: tokio::net::TcpStream, id: u64) -> String {
    use tokio::io::AsyncReadExt;
    let (mut text, mut buffer) = (String::new(), vec![0_u8; 64 * 1024]);
    let wanted = format!("id: {id}\n");
    let read = async {
        loop {
            let n = socket.read(&mut buffer).await.unwrap();
            // The line may lie across two reads.
            let from = text.len().saturating_sub(wanted.len());
            text.push_str(&String::from_utf8_lossy(&buffer[..n]));
            if n == 0 || text[from..].contains(&wanted) {
                return text;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.unwrap()
}

async fn until_nobody_listens(service: &Service) {
    for _ in 0..400 {
        if service.get("/metrics/prom").await.body.contains("levibot_http_streams 0\n") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("somebody still listens");
}

#[tokio::test]
async fn a_listener_that_takes_nothing_is_let_go_with_a_reason_and_can_come_back() {
    let service = Service::start().await;
    // More than the system holds for a connection.
    let long = "x".repeat(50_000);
    for _ in 0..300 {
        notice(&service, &long);
    }
    let deaf = ask(&service, "/stream?from=1 HTTP/1.1").await;
    let (task, started) = listen(&service, "/stream", "Connection: close\r\n", 1);
    started.await.unwrap();
    notice(&service, "live");
    assert_eq!(task.await.unwrap().len(), 1, "others are not held up");
    until_nobody_listens(&service).await;
    let text = rest(deaf).await;
    let heard = ids(&text);
    let last = *heard.last().unwrap();
    assert!(text.contains("event: end\ndata: too slow"), "{last} events");
    assert_eq!(heard, (1..=last).collect::<Vec<_>>());
    let head = format!("/stream HTTP/1.1\r\nLast-Event-ID: {last}");
    let again = ids(&until(ask(&service, &head).await, 301).await);
    assert_eq!(again, (last + 1..=301).collect::<Vec<_>>());
}
