//! Lost connections, restarts, refusals and the end of a session.

use std::time::Duration;

use grammers_tl_types as tl;
use telegram::user::SessionError;

use crate::scene::{ALPHA, Scene, now_seconds, says, until};
use crate::tl_text::Written;

#[tokio::test]
async fn what_was_posted_while_the_connection_was_lost_is_caught_up_with() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    scene.world().post(ALPHA, says("before"));
    scene.until_texts(&["before"]).await;
    scene.cut();
    scene.world().post_silently(ALPHA, says("meanwhile"));
    scene.until_texts(&["before", "meanwhile"]).await;
    scene.world().post(ALPHA, says("after"));
    scene.until_texts(&["before", "meanwhile", "after"]).await;
    assert_eq!(scene.metric("tg_user_reconnects_total"), "1");
}

#[tokio::test]
async fn what_was_posted_while_the_service_was_down_is_caught_up_with_in_parts() {
    let mut scene = Scene::new();
    let tasks = scene.start_live().await;
    scene.kill(tasks).await;
    scene.world().at_a_time = 3;
    let texts: Vec<String> = (0..10).map(|number| format!("missed {number}")).collect();
    for text in &texts {
        scene.world().post_silently(ALPHA, says(text));
    }
    let _tasks = scene.start_live().await;
    let expected: Vec<&str> = texts.iter().map(String::as_str).collect();
    scene.until_texts(&expected).await;
    assert_eq!(scene.keeper.journal().duplicates, 0);
}

#[tokio::test]
async fn a_kill_between_the_journal_and_the_file_delivers_again_and_never_loses() {
    for dies_after in 1..=4 {
        let mut scene = Scene::new();
        let tasks = scene.start_live().await;
        scene.keeper.journal().dies_after = Some(dies_after);
        for text in ["one", "two", "three", "four"] {
            scene.world().post(ALPHA, says(text));
        }
        until("the fatal message", || scene.keeper.texts().len() == dies_after).await;
        scene.kill(tasks).await;
        // What was pushed to the dead connection is gone with it.
        scene.world().pushes.clear();
        let _tasks = scene.start_live().await;
        scene.until_texts(&["one", "two", "three", "four"]).await;
        assert!(scene.keeper.journal().duplicates >= 1, "the last one came again");
    }
}

#[tokio::test]
async fn the_mark_is_saved_only_after_the_message_is_journalled() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    let mark = || scene.file.load().unwrap().marks[&ALPHA];
    let before = mark();
    scene.keeper.journal().busy = usize::MAX;
    scene.world().post(ALPHA, says("cannot be taken"));
    until("it was tried", || scene.keeper.journal().busy < usize::MAX - 3).await;
    assert_eq!(mark(), before);
    scene.keeper.journal().busy = 0;
    scene.until_texts(&["cannot be taken"]).await;
    until("the mark moves", || mark().pts == before.pts + 1).await;
}

#[tokio::test]
async fn a_channel_with_too_many_changes_is_read_from_its_history_back_to_what_is_too_old() {
    let mut scene = Scene::new();
    scene.world().post_silently(ALPHA, says("known"));
    let tasks = scene.start_live().await;
    scene.kill(tasks).await;
    let long_ago = now_seconds() - 3_600;
    for number in 0..250 {
        let text = format!("old {number}");
        scene.world().post_silently(ALPHA, Written { date: long_ago, ..says(&text) });
    }
    for number in 0..150 {
        scene.world().post_silently(ALPHA, says(&format!("fresh {number}")));
    }
    let pts = scene.world().pts(ALPHA);
    scene.world().channels.get_mut(&ALPHA).unwrap().forgotten = pts;
    let _tasks = scene.start_live().await;
    let texts = scene.keeper.texts();
    let fresh: Vec<&String> = texts.iter().filter(|text| text.starts_with("fresh")).collect();
    assert_eq!(fresh.len(), 150, "every message that may still be traded");
    assert_eq!((fresh[0].as_str(), fresh[149].as_str()), ("fresh 0", "fresh 149"), "in order");
    assert!(texts.len() < 300, "history is read no further than it matters: {}", texts.len());
    scene.world().post(ALPHA, says("and on"));
    until("live again", || scene.keeper.texts().last().unwrap() == "and on").await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_wait_is_kept_to_the_second() {
    let scene = Scene::new();
    scene.world().refusals.push_back((420, "FLOOD_WAIT", Some(300)));
    let _tasks = scene.start();
    tokio::time::sleep(Duration::from_secs(299)).await;
    assert_eq!(scene.world().asked.len(), 1, "nothing is asked during the pause");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(scene.metric("tg_user_up"), "1");
    assert_eq!(scene.metric("tg_flood_waits_total"), "1");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_connection_is_probed_and_every_channel_asked_now_and_then() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    scene.world().post_silently(ALPHA, says("its push was lost, and nothing follows"));
    tokio::time::sleep(Duration::from_mins(11)).await;
    assert_eq!(scene.keeper.texts().len(), 1);
    assert!(scene.world().times_asked::<tl::functions::updates::GetState>() >= 10);
}

#[tokio::test]
async fn a_revoked_session_is_an_alarm_once_and_not_tried_again() {
    let scene = Scene::new();
    let mut tasks = scene.start_live().await;
    scene.world().is_revoked = true;
    scene.cut();
    tasks.join_next().await.unwrap().unwrap();
    let alarms = scene.keeper.journal().alarms.clone();
    assert_eq!(alarms.len(), 1);
    assert!(alarms[0].details["reason"].contains("levibot telegram login"), "{alarms:?}");
    let condition = scene.shared.pulse.condition();
    assert!(condition.over.unwrap().contains("SESSION_REVOKED"));
    assert_eq!(scene.metric("tg_user_up"), "0");
    scene.file.lock().expect("free for signing in again");
}

#[tokio::test]
async fn a_channel_that_throws_the_account_out_is_an_alarm_and_the_others_go_on() {
    let mut scene = Scene::new();
    scene.follows = "-1001234567890,-1002000000000";
    let _tasks = scene.start_live().await;
    let lost = tl::types::UpdateChannelTooLong { channel_id: ALPHA, pts: None };
    scene.world().channels.get_mut(&ALPHA).unwrap().is_closed = true;
    scene.world().push_updates(vec![lost.into()]);
    scene.world().post(crate::scene::BETA, says("still here"));
    scene.until_texts(&["still here"]).await;
    let alarms = scene.keeper.journal().alarms.clone();
    assert_eq!(alarms[0].details["reason"], "CHANNEL_PRIVATE", "{alarms:?}");
    assert_eq!(alarms[0].details["channel"], "-1001234567890");
}

#[tokio::test]
async fn troubles_at_telegram_are_waited_out() {
    let scene = Scene::new();
    scene.world().refusals.extend([
        (500, "INTERNAL", None),
        (-503, "Timeout", None),
        (500, "RPC_CALL_FAIL", None),
    ]);
    let _tasks = scene.start_live().await;
    scene.world().refusals.push_back((400, "PERSISTENT_TIMESTAMP_OUTDATED", None));
    scene.world().post_silently(ALPHA, says("while Telegram was behind itself"));
    scene.world().push_updates(vec![
        tl::types::UpdateChannelTooLong { channel_id: ALPHA, pts: None }.into(),
    ]);
    scene.world().post(ALPHA, says("later"));
    scene.until_texts(&["while Telegram was behind itself", "later"]).await;
    assert_eq!(scene.metric("tg_user_reconnects_total"), "3");
}

#[tokio::test]
async fn without_a_signed_in_account_nothing_starts() {
    let scene = Scene::new();
    scene.file.save(&telegram::user::Session::fresh()).unwrap();
    let dial = |_: &telegram::user::Keys| -> Box<dyn telegram::user::Line> { unreachable!() };
    let service = std::sync::Arc::new(scene.keeper.clone());
    let started =
        telegram::user::start(Box::new(dial), service, scene.settings(), scene.shared.clone());
    assert!(matches!(started, Err(SessionError::Absent(_))));
}
