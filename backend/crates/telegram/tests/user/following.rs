//! What is read of followed channels, and how.

use grammers_tl_types as tl;

use crate::scene::{ALPHA, BETA, Scene, now_seconds, says, until};
use crate::tl_text::Written;

#[tokio::test]
async fn posts_of_followed_channels_are_taken_under_the_bots_identity() {
    let mut scene = Scene::new();
    scene.follows = "@ALPHA_signals";
    let _tasks = scene.start_live().await;
    scene.world().post(BETA, says("of another channel"));
    let id = scene.world().post(ALPHA, says("BUY BTC now"));
    scene.until_texts(&["BUY BTC now"]).await;
    let message = scene.keeper.journal().messages[0].clone();
    assert_eq!(message.source, "telegram");
    assert_eq!(message.channel.as_deref(), Some("-1001234567890"), "as the Bot API writes it");
    assert_eq!(message.message_id, Some(id.to_string()));
    assert!(message.idempotency_key.is_none() && message.route);
    let heard = scene.shared.chats.all();
    assert_eq!((heard[0].title.as_str(), heard[0].followed), ("Alpha", true));
}

#[tokio::test]
async fn captions_answers_copies_and_short_texts_are_read_as_the_bot_reads_them() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    let first = scene.world().post(ALPHA, says("BUY BTC"));
    scene.world().post(ALPHA, Written { is_caption: true, ..says("under a picture") });
    scene.world().post(ALPHA, Written { answers: Some(first), ..says("close it") });
    scene.world().post(ALPHA, says("ok"));
    let copied_from = Some((BETA, 77, 1_600_000_000));
    scene.world().post(ALPHA, Written { copied_from, ..says("SELL ETH") });
    scene.until_texts(&["BUY BTC", "under a picture", "close it", "SELL ETH"]).await;
    let journal = scene.keeper.journal();
    assert_eq!(journal.messages[2].reply_to, Some(first.to_string()));
    let copy = &journal.messages[3];
    assert_eq!(copy.channel.as_deref(), Some("-1002000000000"));
    assert_eq!(copy.message_id.as_deref(), Some("77"));
    assert_eq!(copy.posted_at.unwrap().as_millis(), 1_600_000_000_000);
}

#[tokio::test]
async fn an_edit_is_the_same_message_and_a_first_long_text_is_a_new_one() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    let first = scene.world().post(ALPHA, says("BUY BTC"));
    scene.world().edit(ALPHA, first, "BUY BTC, stop 1");
    let short = scene.world().post(ALPHA, says("."));
    scene.world().edit(ALPHA, short, "BUY ETH");
    scene.until_texts(&["BUY BTC", "BUY ETH"]).await;
    until("the edit is a duplicate", || scene.keeper.journal().duplicates == 1).await;
}

#[tokio::test]
async fn a_push_that_comes_again_is_not_handed_in_again() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    scene.world().post(ALPHA, says("BUY BTC"));
    let pts = scene.world().pts(ALPHA);
    for _ in 0..3 {
        scene.world().push(ALPHA, pts);
    }
    scene.world().post(ALPHA, says("BUY ETH"));
    scene.until_texts(&["BUY BTC", "BUY ETH"]).await;
    assert_eq!(scene.keeper.journal().duplicates, 0, "the count says it is known");
}

#[tokio::test]
async fn a_gap_is_filled_in_order_and_once() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    scene.world().post_silently(ALPHA, says("lost on the way 1"));
    scene.world().post_silently(ALPHA, says("lost on the way 2"));
    scene.world().post(ALPHA, says("arrived"));
    scene.until_texts(&["lost on the way 1", "lost on the way 2", "arrived"]).await;
    scene.world().post(ALPHA, says("and on"));
    scene.until_texts(&["lost on the way 1", "lost on the way 2", "arrived", "and on"]).await;
    assert_eq!(scene.keeper.journal().duplicates, 0);
}

#[tokio::test]
async fn pushes_in_the_wrong_order_or_of_the_wrong_kind_lose_nothing() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    {
        let mut world = scene.world();
        world.post_silently(ALPHA, says("first"));
        world.post_silently(ALPHA, says("second"));
        let pts = world.pts(ALPHA);
        world.push(ALPHA, pts);
        world.push(ALPHA, pts - 1);
        let lost = tl::types::UpdateChannelTooLong { channel_id: ALPHA, pts: None };
        world.push_updates(vec![lost.into()]);
        world.pushes.push_back(tl::enums::Updates::TooLong);
    }
    scene.until_texts(&["first", "second"]).await;
    scene.world().post_silently(ALPHA, says("third, told of by a hint alone"));
    let hint = tl::types::UpdateChannelTooLong { channel_id: ALPHA, pts: None };
    scene.world().push_updates(vec![hint.into()]);
    scene.until_texts(&["first", "second", "third, told of by a hint alone"]).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_taken_yet_waits_and_keeps_its_place() {
    let scene = Scene::new();
    let _tasks = scene.start_live().await;
    scene.keeper.journal().busy = 5;
    for text in ["first", "second", "third"] {
        scene.world().post(ALPHA, says(text));
    }
    scene.until_texts(&["first", "second", "third"]).await;
    assert_eq!(scene.keeper.journal().busy, 0);
}

#[tokio::test]
async fn channels_are_found_on_every_page_and_missing_ones_are_named() {
    let mut scene = Scene::new();
    scene.follows = "-1001234567890,@nowhere_to_be_found,-1009000000007";
    scene.world().dialogs_at_a_time = 2;
    for number in 0..7 {
        scene.world().open(9_000_000_001 + number, "Other", None);
        scene.world().post_silently(9_000_000_001 + number, says("old"));
    }
    for channel in [ALPHA, BETA] {
        scene.world().post_silently(channel, Written { date: now_seconds() - 9, ..says("old") });
    }
    let _tasks = scene.start_live().await;
    let condition = scene.shared.pulse.condition();
    assert_eq!(condition.followed, ["Alpha", "Other"]);
    assert_eq!(condition.missing, ["@nowhere_to_be_found"]);
    assert!(scene.keeper.texts().is_empty(), "a channel is followed from now on");
}
