//! Nothing unfinished and nothing switched off.

use crate::Violation;
use crate::repository::TextFile;
use crate::sources::Source;
use crate::tokens::{Kind, Token};

/// Finds ignored tests and stubs, in the product and in tests.
pub fn check(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in sources {
        for position in 0..source.tokens.len() {
            if let Some(message) = leftover(&source.tokens[position..]) {
                violations.push(Violation::at(&source.path, source.tokens[position].line, message));
            }
        }
    }
    violations
}

/// Finds documentation examples that are never compiled.
pub fn check_examples(files: &[TextFile]) -> Vec<Violation> {
    let fence = ["```", "ignore"].concat();
    let rust = files.iter().filter(|file| file.is_rust());
    rust.flat_map(|file| {
        let lines = file.text.lines().enumerate().filter(|(_, line)| line.contains(&fence));
        lines.map(|(index, _)| Violation::at(&file.path, index + 1, "an ignored example"))
    })
    .collect()
}

fn leftover(tokens: &[Token]) -> Option<&'static str> {
    let name = tokens.first()?.ident();
    let next = tokens.get(1).map(|token| &token.kind);
    match (name, next) {
        (Some("todo" | "unimplemented"), Some(Kind::Punct('!'))) => Some("a stub: finish it"),
        _ if is_attribute(tokens) && mentions_ignore(tokens) => {
            Some("an ignored test: fix it or drop it")
        }
        _ => None,
    }
}

fn is_attribute(tokens: &[Token]) -> bool {
    tokens[0].kind == Kind::Punct('#')
        && tokens.get(1).is_some_and(|token| token.kind == Kind::Open('['))
}

/// `ignore` as an attribute of its own or inside `cfg_attr`; a derive's own `ignore` is another's.
fn mentions_ignore(tokens: &[Token]) -> bool {
    let end = crate::tokens::past_group(tokens, 1);
    let conditional = tokens[2].is_ident("cfg_attr");
    tokens[2].is_ident("ignore")
        || (conditional && tokens[2..end].iter().any(|token| token.is_ident("ignore")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stubs_and_ignored_tests_are_found() {
        let cases = [
            "fn f() { todo!() }",
            "fn f() { unimplemented!(\"later\") }",
            "#[test] #[ignore] fn f() {}",
            "#[cfg(test)] mod tests { #[test] #[ignore = \"slow\"] fn f() {} }",
            "#[cfg_attr(windows, ignore)] fn f() {}",
        ];
        for code in cases {
            let source = Source::parse("a/src/lib.rs", code).unwrap();
            assert_eq!(check(&[source]).len(), 1, "{code}");
        }
    }

    #[test]
    fn finished_code_is_left_alone() {
        for code in ["fn ignore() {}", "// todo!()\nfn f() { todo(); }", "#[must_use] fn f() {}"] {
            let source = Source::parse("a/src/lib.rs", code).unwrap();
            assert_eq!(check(&[source]), [], "{code}");
        }
    }

    #[test]
    fn an_ignored_example_is_found() {
        let text = ["/// ```", "ignore\n/// x\n/// ```\n"].concat();
        assert_eq!(check_examples(&[TextFile::new("a/src/lib.rs", &text)]).len(), 1);
        assert_eq!(check_examples(&[TextFile::new("a/src/lib.rs", "/// ```\n/// x\n")]), []);
    }
}
