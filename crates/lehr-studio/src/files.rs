//! Files: the specs that were given, as they are on disk, and saving over them without losing what others wrote.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use lehr_spec::{Format, MAX_BYTES, Problems, Source, SpecFile};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::view::read;

/// A file that is followed.
pub(crate) struct File {
    /// With every link on the way resolved: a save replaces the file, not a link to it.
    path: PathBuf,
    name: String,
    format: Option<Format>,
    stamp: Option<(SystemTime, u64)>,
    content: Content,
}

/// What was last seen on disk.
enum Content {
    Missing(String),
    Text { hash: String, text: Result<String, Problems> },
}

/// What a save is asked for: the tree, over the content with that hash.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Save {
    pub(crate) file: usize,
    hash: String,
    tree: Value,
    /// Whether a text without its comments may be written.
    #[serde(default)]
    rewrite: bool,
}

/// How a save ended.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(crate) enum Saved {
    /// It is on disk.
    Written { hash: String },
    /// The comments of the file would be lost: the page must ask.
    Comments,
    /// The file is not what the page has seen.
    Conflict,
    /// It cannot be written.
    Failed { message: String },
}

impl File {
    /// # Errors
    ///
    /// If there is no such file: one that appears later cannot be followed through links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        let path = path.canonicalize()?;
        if !path.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
        }
        let format = Format::of_path(&path);
        let mut file = Self { path, name, format, stamp: None, content: Content::Missing(String::new()) };
        file.look();
        Ok(file)
    }

    /// Looks whether it changed on disk.
    pub(crate) fn look(&mut self) -> bool {
        let stamp = fs::metadata(&self.path).and_then(|data| Ok((data.modified()?, data.len()))).ok();
        if stamp.is_some() && stamp == self.stamp {
            return false;
        }
        let content = Content::of(&self.path, &self.name);
        let changed = content.key() != self.content.key();
        (self.stamp, self.content) = (stamp, content);
        changed
    }

    /// What it is written in.
    fn format(&self, text: &str) -> Format {
        self.format.unwrap_or_else(|| Format::guess(text))
    }

    fn spec(&self, text: &str) -> Result<SpecFile, Problems> {
        SpecFile::read(&Source::new(&self.name, text)?, self.format(text))
    }

    /// What the page is told.
    pub(crate) fn report(&self) -> Value {
        match &self.content {
            Content::Missing(message) => json!({ "name": self.name, "error": message }),
            Content::Text { hash, text: Err(problems) } => {
                json!({ "name": self.name, "hash": hash, "problems": problems.rows() })
            }
            Content::Text { hash, text: Ok(text) } => match self.spec(text) {
                Ok(spec) => json!({ "name": self.name, "hash": hash, "tree": spec.tree() }),
                Err(problems) => json!({ "name": self.name, "hash": hash, "problems": problems.rows() }),
            },
        }
    }

    /// Writes a tree over what the page has seen, in the file's own format; comments stay where they can.
    pub(crate) fn save(&mut self, save: &Save) -> Saved {
        match self.try_save(save) {
            Ok(saved) => saved,
            Err(message) => Saved::Failed { message },
        }
    }

    fn try_save(&mut self, save: &Save) -> Result<Saved, String> {
        let wanted = read(&save.tree.to_string()).map_err(|problems| problems.to_string())?;
        // The disk decides, not what was last seen of it.
        let Content::Text { hash, text } = Content::of(&self.path, &self.name) else {
            return Ok(Saved::Conflict);
        };
        if hash != save.hash {
            return Ok(Saved::Conflict);
        }
        let text = text.map_err(|problems| problems.to_string())?;
        let format = self.format(&text);
        if format == Format::Text {
            return Err(format!(
                "{} holds the phases alone, not the run: copy the TOML into a file",
                self.name
            ));
        }
        let patched = self.spec(&text).ok().and_then(|spec| spec.patched(format, &wanted));
        let has_comments = format != Format::Json && text.contains('#');
        let written = match patched {
            Some(patched) => patched,
            None if has_comments && !save.rewrite => return Ok(Saved::Comments),
            None => wanted.write(format),
        };
        self.replace(&written, &save.hash)
            .map_err(|error| format!("{} cannot be written: {error}", self.name))
    }

    /// Puts the text in the file's place at once, unless the file changed in the meantime.
    fn replace(&mut self, text: &str, seen: &str) -> io::Result<Saved> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(fs::metadata(&self.path)?.permissions())?;
        file.as_file().sync_all()?;
        match Content::of(&self.path, &self.name) {
            Content::Text { hash, .. } if hash == seen => {}
            _ => return Ok(Saved::Conflict),
        }
        file.persist(&self.path).map_err(|error| error.error)?;
        self.look();
        Ok(Saved::Written { hash: hash(text.as_bytes()) })
    }
}

impl Content {
    fn of(path: &Path, name: &str) -> Self {
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map(|file| file.take(MAX_BYTES as u64 + 1));
        if let Err(error) = file.and_then(|mut file| file.read_to_end(&mut bytes)) {
            return Self::Missing(error.to_string());
        }
        let text = Source::from_bytes(name, &bytes).map(|source| source.text().to_owned());
        Self::Text { hash: hash(&bytes), text }
    }

    /// What tells one content from another.
    fn key(&self) -> &str {
        match self {
            Self::Missing(message) => message,
            Self::Text { hash, .. } => hash,
        }
    }
}

/// The same for the same bytes in one run of the program; nobody gains by finding two texts with one hash.
fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version = 1 # one\n[horizon]\nupdates = 100\n[lr]\nphases = \"cosine(to=0)\"\n";

    fn opened(text: &str) -> (tempfile::TempDir, PathBuf, File) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, text).unwrap();
        let file = File::open(&path).unwrap();
        (folder, path, file)
    }

    fn ask(file: &File, change: impl FnOnce(&mut Value), rewrite: bool) -> Save {
        let report = file.report();
        let mut tree = report["tree"].clone();
        change(&mut tree);
        Save { file: 0, hash: report["hash"].as_str().unwrap().to_owned(), tree, rewrite }
    }

    #[test]
    fn a_save_keeps_comments_and_permissions() {
        let (_folder, path, mut file) = opened(TEXT);
        let save = ask(&file, |tree| tree["horizon"]["updates"] = 200.into(), false);
        assert!(matches!(file.save(&save), Saved::Written { .. }));
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT.replace("100", "200"));
        assert!(!file.look(), "its own save is no change of somebody else's");
        assert!(matches!(file.save(&save), Saved::Conflict), "the page has not seen it yet");
    }

    #[test]
    fn lost_comments_are_asked_for() {
        let (_folder, path, mut file) = opened(TEXT);
        let add = |tree: &mut Value| tree["eps"] = json!({ "phases": [{ "shape": "hold" }] });
        let save = ask(&file, add, false);
        assert!(matches!(file.save(&save), Saved::Comments));
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT);
        let save = ask(&file, add, true);
        assert!(matches!(file.save(&save), Saved::Written { .. }));
        assert!(fs::read_to_string(&path).unwrap().contains("[eps]"));
    }

    #[test]
    fn what_changed_on_disk_is_never_written_over() {
        let (_folder, path, mut file) = opened(TEXT);
        let save = ask(&file, |tree| tree["horizon"]["updates"] = 200.into(), true);
        let theirs = TEXT.replace("100", "300");
        fs::write(&path, &theirs).unwrap();
        assert!(matches!(file.save(&save), Saved::Conflict));
        assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        assert!(file.look());
        assert_eq!(file.report()["tree"]["horizon"]["updates"], 300);
        fs::remove_file(&path).unwrap();
        assert!(matches!(file.save(&save), Saved::Conflict));
        assert!(file.look() && file.report()["error"].is_string());
    }

    #[test]
    fn no_clock_is_believed() {
        let (_folder, path, mut file) = opened(TEXT);
        let save = ask(&file, |tree| tree["horizon"]["updates"] = 200.into(), false);
        let stamp = fs::metadata(&path).unwrap().modified().unwrap();
        let change = |updates: &str, at: SystemTime| {
            fs::write(&path, TEXT.replace("100", updates)).unwrap();
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        // The clock has gone back: an older file is a change as well.
        change("300", SystemTime::UNIX_EPOCH);
        assert!(file.look());
        // As long and of the same time: it may go unseen, but it is not written over.
        change("100", stamp);
        file.look();
        change("400", stamp);
        assert!(matches!(file.save(&save), Saved::Conflict));
        assert!(fs::read_to_string(&path).unwrap().contains("400"));
    }

    #[test]
    fn what_cannot_be_read_is_reported_and_not_saved() {
        let (_folder, path, mut file) = opened(TEXT);
        let mut save = ask(&file, |tree| tree["lr"]["phases"][0]["shape"] = "cosin".into(), true);
        assert!(matches!(file.save(&save), Saved::Failed { .. }));
        fs::write(&path, "version = ").unwrap();
        assert!(file.look() && file.report()["problems"][0]["line"] == 1);
        save.hash = file.report()["hash"].as_str().unwrap().to_owned();
        save.tree = json!({ "version": 1, "lr": { "phases": "hold" } });
        assert!(matches!(file.save(&save), Saved::Written { .. }));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let (folder, path, _) = opened(TEXT);
        let link = folder.path().join("link.toml");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut file = File::open(&link).unwrap();
        let save = ask(&file, |tree| tree["horizon"]["updates"] = 7.into(), false);
        assert!(matches!(file.save(&save), Saved::Written { .. }));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&path).unwrap().contains("updates = 7"));
    }
}
