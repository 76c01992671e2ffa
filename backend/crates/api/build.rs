//! Has the crate built again when the panel was.

fn main() {
    // Kept in the repository, so that there is always something to watch.
    println!("cargo:rerun-if-changed=../../../panel/dist");
}
