//! Smooth value noise over absolute time: random-looking, yet a pure function of its key.

/// The finalizer of `SplitMix64`: spreads every input bit over the whole word.
pub const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Mixes a text into a key (FNV-1a, then [`mix`]).
pub fn key_of(seed: u64, text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ mix(seed);
    mix(text
        .bytes()
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)))
}

/// A number in `0.0..1.0` for a key and an index.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
pub fn unit(key: u64, index: i64) -> f64 {
    let word = mix(key ^ index.cast_unsigned().wrapping_mul(0xd6e8_feb8_6659_fd93));
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// One layer of noise: values in −amplitude..amplitude, joined by smooth steps.
#[derive(Debug, Clone, Copy)]
pub struct Octave {
    /// Names the layer.
    pub key: u64,
    /// Distance of two lattice points, milliseconds.
    pub period_ms: i64,
    /// Largest distance from zero.
    pub amplitude: f64,
}

/// Sums octaves along a rising sequence of times, remembering the lattice points around the last
/// one: neighbouring samples share nearly all of them.
#[derive(Debug)]
pub struct Walker<'a> {
    octaves: &'a [Octave],
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    index: i64,
    left: f64,
    right: f64,
}

impl<'a> Walker<'a> {
    /// Starts at any time.
    pub fn new(octaves: &'a [Octave]) -> Self {
        let nowhere = Cell { index: i64::MIN, left: 0.0, right: 0.0 };
        Self { octaves, cells: vec![nowhere; octaves.len()] }
    }

    /// The sum of all octaves at `millis` since the epoch.
    pub fn at(&mut self, millis: i64) -> f64 {
        let layers = self.octaves.iter().zip(&mut self.cells);
        layers.map(|(octave, cell)| octave.amplitude * octave.value(cell, millis)).sum()
    }
}

impl Octave {
    #[expect(clippy::cast_precision_loss, reason = "periods are far below 2^52 milliseconds")]
    fn value(&self, cell: &mut Cell, millis: i64) -> f64 {
        let index = millis.div_euclid(self.period_ms);
        if cell.index != index {
            let lattice = |index| unit(self.key, index).mul_add(2.0, -1.0);
            *cell = Cell { index, left: lattice(index), right: lattice(index + 1) };
        }
        let part = millis.rem_euclid(self.period_ms) as f64 / self.period_ms as f64;
        let smooth = part * part * (3.0 - 2.0 * part);
        cell.left + (cell.right - cell.left) * smooth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_and_a_single_look_agree() {
        let octaves: Vec<Octave> = (0..12)
            .map(|i| Octave { key: mix(i), period_ms: 4_000 << i, amplitude: 0.1 })
            .collect();
        let mut walker = Walker::new(&octaves);
        for millis in (1_700_000_000_000..1_700_000_100_000_i64).step_by(777) {
            let alone = Walker::new(&octaves).at(millis);
            assert!((walker.at(millis) - alone).abs() < f64::EPSILON, "{millis}");
        }
    }

    #[test]
    fn the_sum_stays_inside_its_amplitude() {
        let octaves = [Octave { key: 7, period_ms: 1_000, amplitude: 0.5 }];
        let mut walker = Walker::new(&octaves);
        for millis in (0..100_000).step_by(13) {
            assert!(walker.at(millis).abs() <= 0.5);
        }
    }

    #[test]
    fn keys_differ_by_seed_and_text() {
        assert_ne!(key_of(1, "BTCUSDT"), key_of(2, "BTCUSDT"));
        assert_ne!(key_of(1, "BTCUSDT"), key_of(1, "ETHUSDT"));
    }
}
