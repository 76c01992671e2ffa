//! `multipart/form-data` with one file.

/// A body with its type.
pub(super) struct Form {
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// Encodes text fields and one file: its field, name, type and content.
pub(super) fn encode(fields: &[(&str, &str)], file: (&str, &str, &str, &[u8])) -> Form {
    let (field, name, kind, content) = file;
    let boundary = boundary(fields, content);
    let mut body = Vec::with_capacity(content.len() + 1_024);
    for (field, value) in fields {
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Form { content_type: format!("multipart/form-data; boundary={boundary}"), body }
}

/// A line that occurs nowhere in what it separates.
fn boundary(fields: &[(&str, &str)], content: &[u8]) -> String {
    let occurs = |line: &str| {
        let in_file = content.windows(line.len()).any(|window| window == line.as_bytes());
        in_file || fields.iter().any(|(_, value)| value.contains(line))
    };
    let mut number = 0_u32;
    loop {
        let line = format!("levibot-part-{number}");
        if !occurs(&line) {
            return line;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_separated_by_a_line_that_none_of_them_holds() {
        let form =
            encode(&[("caption", "levibot-part-0")], ("photo", "c.png", "image/png", b"\x89PNG"));
        assert!(form.content_type.ends_with("boundary=levibot-part-1"), "{}", form.content_type);
        let text = String::from_utf8_lossy(&form.body);
        assert_eq!(text.matches("--levibot-part-1").count(), 3);
        assert!(text.ends_with("PNG\r\n--levibot-part-1--\r\n"), "{text}");
    }
}
