//! Death at any moment leaves every day to be had, and the next pass goes on.

use std::fs;

use archive::Step::{self, Compress, DeletePlain, Name, Note, ReadBack, Upload};
use jiff::civil::date;

use crate::bench::{Bench, DAY, TODAY, die_before, now, pass};

const OLD: jiff::civil::Date = date(2026, 3, 10);

#[tokio::test]
async fn a_pass_may_die_before_any_of_its_steps() {
    let mut steps = Vec::new();
    for at in 0.. {
        let bench = Bench::new();
        let archive = bench.archive(true, None);
        let died = die_before(&archive, at).await;
        assert!(bench.written.keys().all(|day| bench.is_safe(*day)), "dead before {died:?}");
        pass(&archive).await;
        assert!(bench.holds(OLD, &bench.file(OLD, "events.jsonl.zst")), "dead before {died:?}");
        assert!(bench.holds(OLD, &bench.object(OLD)), "dead before {died:?}");
        assert!(!bench.file(OLD, "events.jsonl").exists(), "dead before {died:?}");
        assert!(archive.due(TODAY, now()).unwrap().is_empty(), "dead before {died:?}");
        match died {
            Some((_, step)) => steps.push(step),
            None => break,
        }
    }
    let of_a_day = [Compress, Name, Upload, ReadBack, Note, DeletePlain];
    assert_eq!(steps, [of_a_day, of_a_day].concat());
}

#[tokio::test]
async fn a_day_may_die_before_it_is_deleted_here() {
    let bench = Bench::new();
    let archive = bench.archive(true, Some(1));
    pass(&archive).await;
    let mut heard = Vec::new();
    let watch = |_, step| {
        heard.push(step);
        if step == Step::DeleteCompressed { Err(archive::Stopped) } else { Ok(()) }
    };
    assert!(archive.run(TODAY, now() + DAY * 2, watch).await.is_err());
    assert_eq!(heard, [Step::Note, Step::DeleteCompressed]);
    assert!(bench.holds(OLD, &bench.file(OLD, "events.jsonl.zst")));
    assert!(bench.holds(OLD, &bench.object(OLD)));
}

/// What a death inside a step leaves: a file begun, or one that is no use.
#[tokio::test]
async fn remains_of_a_death_inside_a_step_are_put_right() {
    let whole = {
        let bench = Bench::new();
        let mut whole = Vec::new();
        journal::compress(bench.written[&OLD].as_slice(), &mut whole).unwrap();
        whole
    };
    let half = whole[..whole.len() / 2].to_vec();
    let cases: [(&str, &str, &[u8]); 6] = [
        ("compressing", "events.jsonl.zst.partial", &half),
        ("compressing, power lost", "events.jsonl.zst.partial", b""),
        ("naming the digest", "events.jsonl.sha256.partial", b"0123"),
        ("before the digest was of use", "events.jsonl.sha256", b"of another day"),
        ("a compressed file that is broken", "events.jsonl.zst", &half),
        ("a note that is not whole", "events.jsonl.stored", b"file:///st"),
    ];
    for (what, name, bytes) in cases {
        for store in [false, true] {
            let bench = Bench::new();
            fs::write(bench.file(OLD, name), bytes).unwrap();
            let archive = bench.archive(store, None);
            let done = pass(&archive).await;
            assert!(done.iter().all(|done| done.result.is_ok()), "{what}: {done:?}");
            assert!(bench.holds(OLD, &bench.file(OLD, "events.jsonl.zst")), "{what}");
            assert_eq!(bench.holds(OLD, &bench.object(OLD)), store, "{what}");
            assert!(!bench.file(OLD, "events.jsonl").exists(), "{what}");
        }
    }
}
