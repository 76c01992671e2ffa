//! A small picture of a curve, as PNG.

use domain::Decimal;

const WIDTH: usize = 640;
const HEIGHT: usize = 240;
/// Free space around the curve, pixels.
const MARGIN: usize = 12;

/// Colours by the number in a pixel.
const BACKGROUND: u8 = 0;
const ZERO_LINE: u8 = 1;
const PROFIT: u8 = 2;
const LOSS: u8 = 3;
const CURVE: u8 = 4;
const PALETTE: [[u8; 3]; 5] =
    [[18, 22, 28], [90, 98, 110], [24, 74, 52], [86, 34, 40], [236, 240, 244]];

/// The picture; [`None`] for fewer than two points, which make no line.
pub(super) fn png(curve: &[Decimal]) -> Option<Vec<u8>> {
    if curve.len() < 2 {
        return None;
    }
    let values: Vec<f64> = curve.iter().filter_map(|v| f64::try_from(*v).ok()).collect();
    let pixels = Canvas::draw(&values).pixels;
    let mut bytes = Vec::new();
    let mut encoder =
        png::Encoder::new(&mut bytes, u32::try_from(WIDTH).ok()?, u32::try_from(HEIGHT).ok()?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(PALETTE.concat());
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

struct Canvas {
    pixels: Vec<u8>,
}

impl Canvas {
    fn draw(values: &[f64]) -> Self {
        let mut canvas = Self { pixels: vec![BACKGROUND; WIDTH * HEIGHT] };
        let scale = Scale::of(values);
        let zero = scale.row(0.0);
        let mut before = scale.row(scale.at(values, MARGIN));
        for x in MARGIN..WIDTH - MARGIN {
            let row = scale.row(scale.at(values, x));
            let colour = if row <= zero { PROFIT } else { LOSS };
            canvas.column(x, row.min(zero), row.max(zero), colour);
            canvas.column(x, zero, zero, ZERO_LINE);
            canvas.column(x, row.min(before), row.max(before) + 1, CURVE);
            before = row;
        }
        canvas
    }

    fn column(&mut self, x: usize, top: usize, bottom: usize, colour: u8) {
        for y in top..=bottom.min(HEIGHT - 1) {
            self.pixels[y * WIDTH + x] = colour;
        }
    }
}

/// From values to rows; zero is always in the picture.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(values: &[f64]) -> Self {
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        if high > low { Self { low, high } } else { Self { low: -1.0, high: 1.0 } }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a pixel between 0 and the height"
    )]
    fn row(&self, value: f64) -> usize {
        let share = ((self.high - value) / (self.high - self.low)).clamp(0.0, 1.0);
        MARGIN + (share * (HEIGHT - 2 * MARGIN - 1) as f64).round() as usize
    }

    /// The value drawn in a column: between two points, on the line that joins them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of at most a few thousand"
    )]
    #[expect(clippy::unused_self, reason = "reads with the rest of the scale")]
    fn at(&self, values: &[f64], x: usize) -> f64 {
        let share = (x - MARGIN) as f64 / (WIDTH - 2 * MARGIN - 1) as f64;
        let place = share * (values.len() - 1) as f64;
        let left = (place.floor() as usize).min(values.len() - 1);
        let right = (left + 1).min(values.len() - 1);
        values[left] + (values[right] - values[left]) * (place - left as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(curve: &[i64]) -> Vec<u8> {
        let curve: Vec<Decimal> = curve.iter().map(|value| Decimal::from(*value)).collect();
        let bytes = png(&curve).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::IDENTITY);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT));
        pixels
    }

    fn row_of_curve(pixels: &[u8], x: usize) -> usize {
        (0..HEIGHT).find(|y| pixels[y * WIDTH + x] == CURVE).unwrap()
    }

    #[test]
    fn a_rising_curve_rises_and_is_a_profit() {
        let pixels = decoded(&[0, 5, 10]);
        let (left, right) =
            (row_of_curve(&pixels, MARGIN), row_of_curve(&pixels, WIDTH - MARGIN - 1));
        assert!(left > right + 150, "{left} {right}");
        assert!(pixels.contains(&PROFIT) && !pixels.contains(&LOSS));
    }

    #[test]
    fn a_falling_curve_is_a_loss() {
        let pixels = decoded(&[0, -3]);
        assert!(pixels.contains(&LOSS) && !pixels.contains(&PROFIT));
    }

    #[test]
    fn a_flat_curve_and_a_single_point_do_no_harm() {
        assert!(decoded(&[0, 0, 0]).contains(&CURVE));
        assert_eq!(png(&[Decimal::ONE]), None);
    }
}
