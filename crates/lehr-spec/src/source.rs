//! `Source`: a text with its name, and where in it a byte stands.

use crate::problem::{Problem, Problems};

/// A longer file is refused before it is read.
///
/// ```
/// use lehr_spec::{MAX_BYTES, Source};
///
/// assert!(Source::new("plan", " ".repeat(MAX_BYTES)).is_ok());
/// assert!(Source::new("plan", " ".repeat(MAX_BYTES + 1)).is_err());
/// ```
pub const MAX_BYTES: usize = 1 << 20;

/// A text that was read from somewhere, of at most 1 MiB.
///
/// ```
/// use lehr_spec::Source;
///
/// let source = Source::new("plan", "linear ->\n  cosine")?;
/// assert_eq!(source.position(12), (2, 3));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A text; `name` is what diagnostics call it.
    ///
    /// # Errors
    ///
    /// If it is longer than [`MAX_BYTES`].
    ///
    /// ```
    /// let source = lehr_spec::Source::new("schedule.toml", "version = 1\n")?;
    /// assert_eq!(source.name(), "schedule.toml");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Result<Self, Problems> {
        let (name, text) = (name.into(), text.into());
        if text.len() > MAX_BYTES {
            let message = format!("it has {} bytes, a spec has at most {MAX_BYTES}", text.len());
            let problem = Problem::error("size", message)
                .help("a spec nested in a larger file can stand in a file of its own");
            return Err(Problems::new(&Self { name, text: String::new() }, vec![problem]));
        }
        Ok(Self { name, text })
    }

    /// A file's bytes: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// If there are more than [`MAX_BYTES`], or if they are not UTF-8.
    ///
    /// ```
    /// use lehr_spec::Source;
    ///
    /// assert_eq!(Source::from_bytes("plan", b"\xef\xbb\xbfhold")?.text(), "hold");
    /// let error = Source::from_bytes("plan", b"hold\xff").unwrap_err();
    /// assert!(error.to_string().contains("it is not UTF-8: byte 4 is no text"), "{error}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Problems> {
        let name = name.into();
        if bytes.len() > MAX_BYTES {
            let mut source = Self::new(name.clone(), "")?;
            let message = format!("it has more than {MAX_BYTES} bytes, which a spec has at most");
            source.text.clear();
            return Err(Problems::new(&source, vec![Problem::error("size", message)]));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::new(name, text),
            Err(error) => {
                let sixteen = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
                let found = if sixteen { "it is UTF-16" } else { "it is not UTF-8" };
                let message = format!("{found}: byte {} is no text", error.valid_up_to());
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let source = Self { name, text: String::from_utf8_lossy(valid).into_owned() };
                let at = source.text.len();
                let problem = Problem::error("encoding", message).at(at..at).help("save the file as UTF-8");
                Err(Problems::new(&source, vec![problem]))
            }
        }
    }

    /// What diagnostics call it.
    ///
    /// ```
    /// assert_eq!(lehr_spec::Source::new("<stdin>", "hold")?.name(), "<stdin>");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    ///
    /// ```
    /// assert_eq!(lehr_spec::Source::new("plan", "hold")?.text(), "hold");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte, both counted from 1, the column in characters.
    ///
    /// ```
    /// let source = lehr_spec::Source::new("plan", "# über\nhold")?;
    /// assert_eq!((source.position(0), source.position(8)), ((1, 1), (2, 1)));
    /// assert_eq!(source.position(5), (1, 5)); // the umlaut is one character of two bytes
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.before(offset);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The text up to a byte, or to the character that the byte is in.
    fn before(&self, offset: usize) -> &str {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[..end]
    }
}
