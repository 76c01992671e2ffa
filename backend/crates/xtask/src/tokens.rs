//! Rust source as a flat list of tokens, so that rules see neither comments nor strings, and see
//! inside macros too.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One token with the line it stands on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where.
    pub line: usize,
    /// What.
    pub kind: Kind,
}

/// The sorts of tokens rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword.
    Ident(String),
    /// A literal as written. Doc comments arrive here too, as string literals.
    Literal(String),
    /// One character of an operator; `::` arrives as one token, `':'` twice would not match it.
    Punct(char),
    /// The path separator `::`.
    PathSep,
    /// An opening bracket.
    Open(char),
    /// A closing bracket.
    Close(char),
}

impl Token {
    /// Whether this is the name or keyword `name`.
    pub fn is_ident(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Ident(ident) if ident == name)
    }

    /// The name, if it is one.
    pub fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(ident) => Some(ident),
            _ => None,
        }
    }
}

/// The tokens of a source text.
///
/// # Errors
/// What the tokenizer said, for a text that is not Rust.
pub fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let stream: TokenStream = source.parse().map_err(|error| format!("not Rust: {error}"))?;
    let mut flat = Vec::new();
    flatten(stream, &mut flat);
    Ok(flat)
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                flat.push(Token { line, kind: Kind::Open(open) });
                flatten(group.stream(), flat);
                let line = group.span_close().end().line;
                flat.push(Token { line, kind: Kind::Close(close) });
            }
            TokenTree::Ident(ident) => {
                flat.push(Token { line, kind: Kind::Ident(ident.to_string()) });
            }
            TokenTree::Literal(literal) => {
                flat.push(Token { line, kind: Kind::Literal(literal.to_string()) });
            }
            TokenTree::Punct(punct) => {
                let is_path = punct.as_char() == ':'
                    && punct.spacing() == Spacing::Joint
                    && matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                if is_path {
                    trees.next();
                }
                let kind = if is_path { Kind::PathSep } else { Kind::Punct(punct.as_char()) };
                flat.push(Token { line, kind });
            }
        }
    }
}

const fn brackets(delimiter: Delimiter) -> (char, char) {
    match delimiter {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Brace => ('{', '}'),
        Delimiter::Bracket => ('[', ']'),
        Delimiter::None => (' ', ' '),
    }
}

/// The position just past the bracket that closes the one opened at `open`.
pub fn past_group(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return position + 1;
        }
    }
    tokens.len()
}

/// The tokens that end up in the product: everything but `#[cfg(test)]` items.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut position = 0;
    while position < tokens.len() {
        if is_test_attribute(&tokens[position..]) {
            position = past_item(tokens, position);
        } else {
            kept.push(tokens[position].clone());
            position += 1;
        }
    }
    kept
}

/// Names of the modules declared as `#[cfg(test)] mod name;`, whose files are test code.
pub fn test_modules(tokens: &[Token]) -> Vec<String> {
    let starts = (0..tokens.len()).filter(|start| is_test_attribute(&tokens[*start..]));
    starts.filter_map(|start| module_name(&tokens[start..past_item(tokens, start)])).collect()
}

fn module_name(item: &[Token]) -> Option<String> {
    item.windows(3).find_map(|three| {
        let declared = three[0].is_ident("mod") && three[2].kind == Kind::Punct(';');
        declared.then(|| three[1].ident().map(str::to_owned)).flatten()
    })
}

/// Whether an attribute begins here that keeps what follows out of the product.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let Some(attribute) = tokens.get(1..) else {
        return false;
    };
    let begins = tokens[0].kind == Kind::Punct('#')
        && attribute.first().is_some_and(|token| token.kind == Kind::Open('['))
        && attribute.get(1).is_some_and(|token| token.is_ident("cfg"));
    let inside = if begins { &attribute[..past_group(attribute, 0)] } else { &[] };
    let mentions = |name| inside.iter().any(|token| token.is_ident(name));
    mentions("test") && !mentions("not") && !mentions("any")
}

/// The position past the item that the attribute at `start` belongs to.
fn past_item(tokens: &[Token], start: usize) -> usize {
    let mut position = start;
    while position < tokens.len() {
        match tokens[position].kind {
            Kind::Open('{') => return past_group(tokens, position),
            Kind::Open(_) => position = past_group(tokens, position),
            Kind::Punct(';') => return position + 1,
            _ => position += 1,
        }
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idents(tokens: &[Token]) -> Vec<&str> {
        tokens.iter().filter_map(Token::ident).collect()
    }

    #[test]
    fn comments_and_strings_are_not_names() {
        let found = tokens("// Instant\n/// tokio\nfn a() { \"SystemTime\"; b!(c) }").unwrap();
        assert_eq!(idents(&found), ["doc", "fn", "a", "b", "c"]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let found = tokens("fn a() {\n\n}\n").unwrap();
        assert_eq!(found.first().map(|token| token.line), Some(1));
        assert_eq!(found.last().map(|token| token.line), Some(3));
    }

    #[test]
    fn test_code_is_left_out_and_the_rest_is_kept() {
        let source = "use a; #[cfg(test)] #[allow(x)] mod tests { fn hidden() {} } fn kept() {}
            #[cfg(test)] use gone::{one, two}; #[cfg(not(test))] fn also_kept() {}";
        let kept = without_tests(&tokens(source).unwrap());
        let names = idents(&kept);
        assert!(names.contains(&"kept") && names.contains(&"also_kept"), "{names:?}");
        assert!(!names.contains(&"hidden") && !names.contains(&"one"), "{names:?}");
    }

    #[test]
    fn files_of_test_modules_are_known_by_their_declaration() {
        let source = "mod real; #[cfg(test)] mod cases; #[cfg(test)] mod inline { mod deeper {} }";
        assert_eq!(test_modules(&tokens(source).unwrap()), ["cases"]);
    }

    #[test]
    fn what_is_not_rust_is_an_error() {
        assert!(tokens("fn a( {").is_err());
    }
}
