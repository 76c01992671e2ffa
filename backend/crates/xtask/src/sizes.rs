//! Files and functions stay short enough to be read in one go.

use crate::Violation;
use crate::sources::Source;
use crate::tokens::{Kind, Token, past_group};

/// Longest file, in lines, tests included.
pub const MAX_FILE_LINES: usize = 500;

/// Longest function, in lines from `fn` to its closing brace.
pub const MAX_FUNCTION_LINES: usize = 70;

/// Finds files and functions past the limits.
pub fn check(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in sources {
        if source.lines > MAX_FILE_LINES {
            let message = format!("{} lines: split it (at most {MAX_FILE_LINES})", source.lines);
            violations.push(Violation::new(&source.path, message));
        }
        for function in functions(&source.tokens) {
            if function.lines > MAX_FUNCTION_LINES {
                let Function { name, lines, .. } = &function;
                let message = format!("fn {name} has {lines} lines (at most {MAX_FUNCTION_LINES})");
                violations.push(Violation::at(&source.path, function.line, message));
            }
        }
    }
    violations
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Every function with a body, also inside macros.
fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts = (0..tokens.len()).filter(|start| tokens[*start].is_ident("fn"));
    starts.filter_map(|start| function_at(tokens, start)).collect()
}

fn function_at(tokens: &[Token], start: usize) -> Option<Function> {
    let name = tokens.get(start + 1)?.ident()?.to_owned();
    let mut position = start + 2;
    loop {
        match tokens.get(position)?.kind {
            Kind::Open('{') => break,
            Kind::Open(_) => position = past_group(tokens, position),
            Kind::Punct(';') | Kind::Close(_) => return None,
            _ => position += 1,
        }
    }
    let (first, last) = (tokens[start].line, tokens[past_group(tokens, position) - 1].line);
    Some(Function { name, line: first, lines: last - first + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> usize {
        check(&[Source::parse("a/src/lib.rs", text).unwrap()]).len()
    }

    #[test]
    fn the_limits_are_where_they_are_said_to_be() {
        let body = |lines: usize| "\n".repeat(lines);
        assert_eq!(check_text(&format!("fn a() {{{}}}", body(69))), 0, "70 lines");
        assert_eq!(check_text(&format!("fn a() {{{}}}", body(70))), 1, "71 lines");
        assert_eq!(check_text(&format!("m! {{ fn a() {{{}}} }}", body(70))), 1, "in a macro");
        assert_eq!(check_text(&"\n".repeat(500)), 0);
        assert_eq!(check_text(&"\n".repeat(501)), 1);
    }

    #[test]
    fn signatures_of_any_shape_are_measured() {
        let text = "trait T { fn none(&self); fn given(&self) -> [u8; { 2 }] { [0; 2] } }
            struct S { f: fn(u8) -> u8 }
            impl<F> S where F: Fn() { pub const fn deep(x: F) -> Option<u8> {
                None
            } }";
        let tokens = Source::parse("a/src/lib.rs", text).unwrap().tokens;
        let found: Vec<_> = functions(&tokens).into_iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(found, [("given".to_owned(), 1), ("deep".to_owned(), 3)]);
    }
}
