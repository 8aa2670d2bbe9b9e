//! `lehr serve` where it cannot begin; what it serves is tested in a browser, in `crates/lehr-studio/tests/page`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::fails;

#[test]
fn what_cannot_be_opened_is_said_before_anything_is_served() {
    assert_eq!(
        fails(&["serve", "nothing.toml"]),
        "error: there is no file nothing.toml, and it is no plan either\n"
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
