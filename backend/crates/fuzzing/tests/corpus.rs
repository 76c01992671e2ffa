//! What the fuzzer found worth keeping goes through its target again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use fuzzing::TARGETS;

#[test]
fn every_input_that_the_fuzzer_kept_still_passes() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus");
    for (name, target) in TARGETS {
        let mut inputs: Vec<_> = fs::read_dir(corpora.join(name)).unwrap().collect();
        assert!(!inputs.is_empty(), "the corpus of {name} is empty");
        inputs.sort_by_key(|input| input.as_ref().unwrap().file_name());
        for input in inputs {
            let path = input.unwrap().path();
            // Said beforehand, so that a panic has its input beside it.
            println!("{}", path.display());
            target(&fs::read(path).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_program() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        let program = fs::read_to_string(programs.join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzzing::{name}(")), "{name}");
    }
}
