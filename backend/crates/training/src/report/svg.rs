//! The reliability diagram.

use std::fmt::Write as _;

use super::figures::Figures;
use crate::evaluate::Judged;

/// Side of the square, in units of the drawing.
const SIDE: f64 = 300.0;
/// Room for the labels.
const MARGIN: f64 = 46.0;

/// Said confidence against the share that was right, as an SVG file.
pub fn reliability_svg(title: &str, judged: &[Judged]) -> String {
    let figures = Figures::of(judged);
    let mut svg = frame(title, figures.calibration_error);
    let most = figures.bins.iter().map(|bin| bin.count).max().unwrap_or(1).max(1);
    for bin in figures.bins.iter().filter(|bin| bin.count > 0) {
        let share = number(bin.count) / number(most);
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "  <circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\" fill=\"#2563eb\" fill-opacity=\"0.75\"><title>said {:.3}, right {:.3}, {} messages</title></circle>",
            across(bin.confidence),
            up(bin.right),
            3.0 + 9.0 * share.sqrt(),
            bin.confidence,
            bin.right,
            bin.count
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn across(value: f64) -> f64 {
    MARGIN + SIDE * value
}

fn up(value: f64) -> f64 {
    MARGIN + SIDE * (1.0 - value)
}

fn frame(title: &str, error: f64) -> String {
    let whole = SIDE + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" width=\"{whole}\" height=\"{whole}\" font-family=\"sans-serif\" font-size=\"11\">\n  <rect width=\"{whole}\" height=\"{whole}\" fill=\"#ffffff\"/>\n  <text x=\"{MARGIN}\" y=\"22\" font-size=\"13\" fill=\"#111827\">{title}</text>\n  <text x=\"{MARGIN}\" y=\"38\" fill=\"#4b5563\">expected calibration error {error:.3}; area of a dot: number of messages</text>\n"
    );
    for step in 0..=5 {
        let value = f64::from(step) / 5.0;
        let (x, y) = (across(value), up(value));
        let _ = writeln!(
            svg,
            "  <line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#e5e7eb\"/><line x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/>\n  <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#4b5563\">{value:.1}</text><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#4b5563\">{value:.1}</text>",
            up(0.0),
            up(1.0),
            across(0.0),
            across(1.0),
            up(0.0) + 16.0,
            across(0.0) - 6.0,
            y + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "  <line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#9ca3af\" stroke-dasharray=\"5 4\"/>\n  <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#111827\">confidence said</text>\n  <text transform=\"translate(13 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"#111827\">share that was right</text>",
        across(0.0),
        up(0.0),
        across(1.0),
        up(1.0),
        across(0.5),
        up(0.0) + 34.0,
        up(0.5)
    );
    svg
}
