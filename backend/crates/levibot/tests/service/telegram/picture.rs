//! What arrives by `sendPhoto`: the form as a server reads it, and the picture in it.

use std::collections::BTreeMap;

/// A form with a picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) bytes: Vec<u8>,
}

impl Picture {
    /// Reads a `multipart/form-data` body; its first line is the boundary.
    pub(crate) fn of_form(body: &[u8]) -> Self {
        let end = find(body, b"\r\n").expect("a first line");
        let boundary = [b"\r\n", &body[..end]].concat();
        let mut found = Self { fields: BTreeMap::new(), bytes: Vec::new() };
        let mut rest = &body[end..];
        while let Some(length) = find(rest, &boundary) {
            found.take(&rest[..length]);
            rest = &rest[length + boundary.len()..];
        }
        assert_eq!(rest, b"--\r\n", "the form is closed");
        found
    }

    fn take(&mut self, part: &[u8]) {
        let end = find(part, b"\r\n\r\n").expect("a head");
        let (head, content) = (String::from_utf8_lossy(&part[..end]), &part[end + 4..]);
        let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
        let name = name.expect("a name").to_owned();
        if head.contains("filename=") {
            assert!(head.contains("Content-Type: image/png"), "{head}");
            self.bytes = content.to_vec();
        }
        self.fields.insert(name, String::from_utf8_lossy(content).into_owned());
    }

    /// Width, height and how many different colours it shows.
    pub(crate) fn look(&self) -> (u32, u32, usize) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&self.bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(frame.buffer_size());
        pixels.sort_unstable();
        pixels.dedup();
        (frame.width, frame.height, pixels.len())
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
