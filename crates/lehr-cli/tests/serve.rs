//! `lehr serve` where it cannot begin, and where it cannot save; what it serves is tested in a browser, in
//! `crates/lehr-studio/tests/page`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::fails;

#[test]
fn what_cannot_be_opened_is_said_before_anything_is_served() {
    assert_eq!(
        fails(&["serve", "nothing.toml"]),
        "error: there is no file nothing.toml, and it is no plan either: `lehr init` writes a file to start from\n"
    );
    assert!(fails(&["serve", "linear(form=0x) -> cosine"]).contains("did you mean `from`?"));
    assert!(fails(&["serve", "."]).contains("error: . cannot be followed: it is not a file"));
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = fails(&["serve", "--port", &port]);
    assert!(said.starts_with(&format!("error: 127.0.0.1:{port} cannot be listened on: ")), "{said}");
    assert!(said.contains("another --port"), "{said}");
}

/// A studio in a process that may write no byte to any file: what a full disk says, under another name.
#[cfg(unix)]
mod without_room {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::process::{Child, Command, Stdio};

    use serde_json::{Value, json};

    struct Studio(Child, String, String);

    impl Drop for Studio {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    impl Studio {
        fn open(spec: &str) -> Self {
            let line = "trap '' XFSZ; ulimit -f 0; exec \"$0\" serve --json \"$1\"";
            let mut child = Command::new("sh")
                .args(["-c", line, env!("CARGO_BIN_EXE_lehr"), spec])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let said = child.stdout.take().unwrap();
            let said: Value =
                serde_json::Deserializer::from_reader(said).into_iter().next().unwrap().unwrap();
            let url = said["url"].as_str().unwrap().strip_prefix("http://").unwrap();
            let (host, rest) = url.split_once('/').unwrap();
            let token = rest.rsplit(['#', '=']).next().unwrap();
            Self(child, host.to_owned(), token.to_owned())
        }

        fn ask(&self, method: &str, path: &str, body: &str) -> Value {
            let Self(_, host, token) = self;
            let mut stream = TcpStream::connect(host).unwrap();
            let length = body.len();
            let head = format!(
                "{method} /api/{path} HTTP/1.1\r\nhost: {host}\r\nx-lehr-token: {token}\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
        }
    }

    #[test]
    fn what_cannot_be_saved_is_said_and_the_file_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.toml");
        let text = "version = 1\n[horizon]\nupdates = 100\n[lr]\nphases = \"cosine(to=0)\"\n";
        std::fs::write(&path, text).unwrap();
        let studio = Studio::open(path.to_str().unwrap());
        let state = studio.ask("GET", "state", "");
        let file = &state["sheets"][0];
        let mut tree = file["tree"].clone();
        assert_eq!(tree["horizon"]["updates"], 100, "{state}");
        tree["horizon"]["updates"] = 200.into();
        let save = json!({ "file": 0, "hash": file["hash"], "tree": tree });
        let saved = studio.ask("POST", "save", &save.to_string());
        assert_eq!(saved["outcome"], "failed", "{saved}");
        assert!(saved["message"].as_str().unwrap().contains("spec.toml cannot be written: "), "{saved}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
