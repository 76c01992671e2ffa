//! Messages in a language nobody knows: a part of the words replaced by made-up ones.
//!
//! The labelled messages were in sight while the word lists were written. What confidence is worth
//! on a stranger's message is measured on copies whose words the reader has never seen.

use crate::example::Example;

/// A share of the words, in hundredths, is drawn for each copy from these.
const SHARES: [u64; 4] = [4, 8, 12, 20];
/// Shorter words stay: they are units and marks.
const MIN_LETTERS: usize = 2;

/// A copy of an example with a part of its words made up. The same example gives the same copy.
pub(crate) fn estranged(example: &Example, number: u64) -> Example {
    let mut rng = fastrand::Rng::with_seed(number);
    let share = SHARES[rng.usize(0..SHARES.len())];
    let mut text = String::with_capacity(example.text.len());
    let mut word = String::new();
    let mut marked = false;
    for character in example.text.chars() {
        if character.is_alphabetic() {
            word.push(character);
            continue;
        }
        push_word(&mut text, &word, marked || is_mark(character), share, &mut rng);
        word.clear();
        text.push(character);
        marked = is_mark(character);
    }
    push_word(&mut text, &word, marked, share, &mut rng);
    Example { text, ..example.clone() }
}

/// What coins, links and handles are marked with; what is glued to a figure is a unit or a mark.
const fn is_mark(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '#' | '$' | '@' | '/' | '_' | '.')
}

fn push_word(text: &mut String, word: &str, marked: bool, share: u64, rng: &mut fastrand::Rng) {
    let letters = word.chars().count();
    if marked || letters < MIN_LETTERS || rng.u64(0..100) >= share {
        text.push_str(word);
    } else {
        text.extend(word.chars().map(other_letter));
    }
}

/// Another letter of the same script and case.
fn other_letter(letter: char) -> char {
    let turned = |first: char, count: u32| {
        let place = (u32::from(letter) - u32::from(first) + 7) % count;
        char::from_u32(u32::from(first) + place).unwrap_or(letter)
    };
    match letter {
        'a'..='z' => turned('a', 26),
        'A'..='Z' => turned('A', 26),
        'а'..='я' => turned('а', 32),
        'А'..='Я' => turned('А', 32),
        '\u{4E00}'..='\u{9FA5}' => turned('\u{4E00}', 0x51A6),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::parse_examples;

    #[test]
    fn a_copy_keeps_figures_and_marked_coins_and_changes_words() {
        let line = r#"{"id":"1","intent":"BUY","text":"Entry zone of #SUI/USDT today: 1.10 - 1.08, targets 1.2, stop 1.02, good luck everyone"}"#;
        let example = parse_examples(line).unwrap().remove(0);
        let copies: Vec<String> = (0..40).map(|n| estranged(&example, n).text).collect();
        assert!(copies.iter().any(|copy| *copy != example.text));
        for copy in copies {
            assert!(copy.contains("#SUI/USDT") && copy.contains("1.10 - 1.08"), "{copy}");
        }
    }
}
