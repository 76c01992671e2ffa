//! `/stream`: the journal, live and from where the listener left off.

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
    for (target, headers) in [("/stream", "Last-Event-ID: 2\r\n"), ("/stream?last_event_id=2", "")]
    {
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
