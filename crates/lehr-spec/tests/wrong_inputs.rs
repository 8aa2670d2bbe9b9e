//! Inputs that are wrong, hostile ones included: each is an error at its place, none a panic, none a hang.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lehr_spec::{Format, MAX_BYTES, Overrides, Problems, Source, SpecFile, Style};

/// What reading and resolving says.
fn problems(name: &str, bytes: &[u8]) -> Problems {
    let started = Instant::now();
    let read = Source::from_bytes(name, bytes).and_then(|source| {
        let format = Format::of_path(name.as_ref()).unwrap();
        let file = match format {
            Format::Text => SpecFile::read_text(&source, "lr"),
            format => SpecFile::read(&source, format),
        };
        file?.resolve(&Overrides::default())
    });
    assert!(started.elapsed() < Duration::from_secs(30), "{name} takes too long");
    let Err(problems) = read else { panic!("{name} is no error") };
    assert!(!problems.list().is_empty(), "{name}");
    for problem in problems.list() {
        let span = problem.span.clone().unwrap_or_default();
        assert!(span.start <= span.end && span.end <= problems.source().text().len(), "{name}: {span:?}");
    }
    problems
}

const HEAD: &str = "version = 1\nhorizon = { updates = 1000 }\n";

fn toml(rest: &str) -> String {
    format!("{HEAD}{rest}\n")
}

/// Wrong in ways that people are wrong.
fn everyday() -> Vec<(&'static str, String)> {
    vec![
        ("empty.toml", String::new()),
        ("no_version.toml", "lr = \"hold\"\n".into()),
        ("version_2.toml", "version = 2\nlr = \"hold\"\n".into()),
        ("no_field.toml", HEAD.into()),
        ("not_toml.toml", "version = = 1\n".into()),
        ("key_twice.toml", toml("[lr]\nphases = \"hold\"\nphases = \"hold\"")),
        ("field_without_phases.toml", toml("[lr]\nbase = 1")),
        ("unknown_key.toml", toml("[lr]\nphase = \"hold\"")),
        ("unknown_horizon_key.toml", "version = 1\n[horizon]\nupdate = 1000\n[lr]\nphases = \"hold\"\n".into()),
        ("horizn.toml", "version = 1\n[horizn]\nupdates = 1000\n[lr]\nphases = \"hold\"\n".into()),
        ("updates_zero.toml", "version = 1\nlr = \"hold\"\n[horizon]\nupdates = 0\n".into()),
        ("updates_negative.toml", "version = 1\nlr = \"hold\"\n[horizon]\nupdates = -5\n".into()),
        ("updates_half.toml", "version = 1\nlr = \"hold\"\n[horizon]\nupdates = 2.5\n".into()),
        ("updates_date.toml", "version = 1\nlr = \"hold\"\n[horizon]\nupdates = 2026-11-24\n".into()),
        ("epochs_alone.toml", "version = 1\nlr = \"hold\"\n[horizon]\nepochs = 30\n".into()),
        ("run_twice.toml", "version = 1\nlr = \"hold\"\n[horizon]\nupdates = 100\nbatches = 400\n".into()),
        (
            "epoch_twice.toml",
            "version = 1\nlr = \"hold\"\n[horizon]\nepochs = 2\nupdates_per_epoch = 3\nbatches_per_epoch = 4\n".into(),
        ),
        ("overflow.toml", "version = 1\nlr = \"hold\"\n[horizon]\nepochs = 9e14\nupdates_per_epoch = 9e14\n".into()),
        ("base_nan.toml", toml("[lr]\nphases = \"hold\"\nbase = nan")),
        ("base_infinite.toml", toml("[lr]\nphases = \"hold\"\nbase = inf")),
        ("base_word.toml", toml("[lr]\nphases = \"hold\"\nbase = \"big\"")),
        ("no_shape.toml", toml("[lr]\nphases = [{ shap = \"linear\" }]")),
        ("two_heads.toml", toml("[lr]\nphases = [{ shape = \"linear\", combine = \"sum\" }]")),
        ("shape_is_a_plan.toml", toml("[lr]\nphases = [{ shape = \"linear(over=5%)\" }]")),
        ("wrong_shape.toml", toml("[lr]\nphases = [{ shape = \"cosin\" }]")),
        ("wrong_argument.toml", toml("[lr]\nphases = [{ shape = \"cosine\", ot = 0.1 }]")),
        ("wrong_level.toml", toml("[lr]\nphases = [{ shape = \"cosine\", to = \"low\" }]")),
        ("level_nan.toml", toml("[lr]\nphases = [{ shape = \"cosine\", to = nan }]")),
        ("level_is_a_table.toml", toml("[lr]\nphases = [{ shape = \"cosine\", to = { x = 1 } }]")),
        ("smuggled_argument.toml", toml("[lr]\nphases = [{ shape = \"cosine\", to = \"0.1), hold(from=9\" }]")),
        ("wrong_length.toml", toml("[lr]\nphases = [{ shape = \"linear\", over = \"5 parsecs\" }]")),
        ("share_above_100.toml", toml("[lr]\nphases = [{ shape = \"linear\", over = \"120%\" }, { shape = \"hold\" }]")),
        (
            "too_long.toml",
            toml("[lr]\nphases = [\n  { shape = \"linear\", over = 800 },\n  { shape = \"hold\", over = 300 },\n]"),
        ),
        ("k_times_too_long.toml", toml("lr.phases = [{ shape = \"linear\", over = 4000 }]")),
        ("too_short.toml", toml("[lr]\nphases = [{ shape = \"linear\", over = 800 }]")),
        ("no_length.toml", toml("[lr]\nphases = \"linear -> hold\"")),
        ("epochs_unknown.toml", toml("[lr]\nphases = \"linear(over=3ep) -> hold\"")),
        ("two_rests.toml", toml("[lr]\nphases = \"linear(over=rest) -> hold(over=rest)\"")),
        ("inside_text.toml", toml("lr.phases = \"linear(over=5%) -> cosine(to=0.1x, k=zero)\"")),
        ("inside_escaped_text.toml", toml("lr.phases = \"linear(over=5%) -> \\u0063osine(ot=0.1x)\"")),
        ("inside_block_text.toml", toml("lr.phases = \"\"\"\nlinear(over=5%)\n  -> cosine(to=0.1x\n\"\"\"")),
        ("field_name.toml", toml("\"betas[x]\" = \"hold\"")),
        ("groups_twice.toml", toml("[[lr]]\ngroups = [\"a\"]\nphases = \"hold\"\n[[lr]]\ngroups = [\"a\"]\nphases = \"hold\"")),
        ("all_groups_twice.toml", toml("[[lr]]\nphases = \"hold\"\n[[lr]]\nphases = \"hold\"")),
        ("tuple_and_element.toml", toml("betas = \"hold\"\n\"betas[0]\" = \"hold\"")),
        ("no_groups.toml", toml("[lr]\ngroups = []\nphases = \"hold\"")),
        ("plateau_factor.toml", toml("[lr]\nphases = \"hold\"\nplateau = { factor = 2 }")),
        ("geometric_to_zero.toml", toml("[lr]\nbase = 1\nphases = \"geometric(to=0)\"")),
        ("several.toml", toml("[lr]\nphases = \"cosin\"\nbse = 1\n[wd]\nphases = \"hold(ovr=5)\"\ngroups = 3.5")),
        ("below_horizon.toml", "version = 1\n[horizon]\nupdates = 5\nlr = \"hold\"\n".into()),
        ("not_yaml.yaml", "version: 1\nlr: [hold\n".into()),
        ("tab.yaml", "version: 1\nhorizon:\n\tupdates: 100\nlr: hold\n".into()),
        ("wrong_shape.yaml", "version: 1\nlr:\n  phases:\n    - {shape: linear, over: 5}\n    - {shape: cosien}\n".into()),
        ("not_json.json", "{\"version\": 1, \"lr\": \"hold\"".into()),
        ("comment.json", "{\n  // a comment\n  \"version\": 1\n}".into()),
        ("key_twice.json", "{\"version\": 1, \"lr\": \"hold\", \"lr\": \"hold\"}".into()),
        ("list.json", "[1, 2]".into()),
        ("wrong_shape.json", "{\"version\": 1,\n \"lr\": {\"phases\": [{\"shape\": \"cosin\"}]}}".into()),
        ("plan.txt", "linear(over=5%) -> cosine(to=0.1x) ->".into()),
    ]
}

/// Wrong in ways that someone means.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let deep_yaml = format!("version: 1\nlr: {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_json = format!("{{\"version\": 1, \"lr\": {}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_toml = format!("version = 1\nlr = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let nested = format!(
        "{{\"version\": 1, \"lr\": {{\"phases\": {}\"hold\"{}}}}}",
        "{\"combine\": \"scale\", \"by\": 1, \"plan\": ".repeat(70),
        "}".repeat(70)
    );
    let brackets = format!("version = 1\nlr = \"{}\"", "(".repeat(100_000));
    let laughs = {
        let mut text = "version: 1\na: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, before) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip("abcdefgh".chars()) {
            let list = vec![format!("*{before}"); 9].join(", ");
            writeln!(text, "{name}: &{name} [{list}]").unwrap();
        }
        text
    };
    let phases = format!("version = 1\nlr = \"{}hold\"", "hold(over=1) -> ".repeat(20_000));
    let many = |item: &dyn Fn(usize) -> String| (0..30_000).map(item).collect::<String>();
    let fields = format!("version = 1\n{}", many(&|i| format!("f{i} = \"hold\"\n")));
    let groups = format!(
        "version = 1\n{}",
        many(&|i| if i < 20_000 {
            format!("[[lr]]\ngroups=[{i}]\nphases=\"hold\"\n")
        } else {
            String::new()
        })
    );
    let keys = format!("{{{}\"version\": 1}}", many(&|i| format!("\"k{i}\": {i}, ")));
    let lines = format!("version: 1\n{}", many(&|i| format!("k{i}: {i}\n")));
    let mut control = b"version = 1\nlr = \"hold(\x1b[2Jover=5)\"\n".to_vec();
    control.extend(b"\x1b]0;title\x07");
    vec![
        ("deep.yaml", deep_yaml.into_bytes()),
        ("deep.json", deep_json.into_bytes()),
        ("deep.toml", deep_toml.into_bytes()),
        ("nested_plans.json", nested.into_bytes()),
        ("brackets.toml", brackets.into_bytes()),
        ("billion_laughs.yaml", laughs.into_bytes()),
        ("self_reference.yaml", b"version: 1\nlr: &a [*a]\n".to_vec()),
        ("unknown_alias.yaml", b"version: 1\nlr: *nothing\n".to_vec()),
        ("tag.yaml", b"version: 1\nlr: !!python/object/apply:os.system [\"true\"]\n".to_vec()),
        ("binary.yaml", b"version: 1\nlr: !!binary aG9sZA==\n".to_vec()),
        ("binary_in_full.yaml", b"version: 1\nlr: !<tag:yaml.org,2002:binary>\n  &a aG9sZA==\n".to_vec()),
        ("binary_key.yaml", b"version: 1\nlr: {!!binary cGhhc2Vz: hold}\n".to_vec()),
        (
            "binary_by_handle.yaml",
            b"%TAG !b! tag:yaml.org,2002:\n---\nversion: 1\nlr: !b!binary aG9sZA==\n".to_vec(),
        ),
        ("tagged_number.yaml", b"version: 1\nlr: {phases: hold, base: !!int 1e-3}\n".to_vec()),
        ("custom_tag.yaml", b"version: 1\nlr: !include other.yaml\n".to_vec()),
        ("set.yaml", b"version: 1\nlr: !!set {phases}\n".to_vec()),
        ("timestamp.yaml", b"version: 1\nlr: !!timestamp 2001-12-14\n".to_vec()),
        ("merge_of_text.yaml", b"version: 1\na: &a hold\nlr: {<<: *a}\n".to_vec()),
        ("merge_bomb.yaml", {
            let mut text = "version: 1\nm0: &m0 {k: hold}\n".to_owned();
            for level in 1..30 {
                let before = level - 1;
                writeln!(
                    text,
                    "m{level}: &m{level} {{<<: [*m{before}, *m{before}, *m{before}, *m{before}]}}"
                )
                .unwrap();
            }
            text.into_bytes()
        }),
        ("alias_chain.yaml", {
            let chain = (1..100).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1)).collect::<Vec<_>>().concat();
            format!("version: 1\na0: &a0 x\n{chain}").into_bytes()
        }),
        ("sexagesimal.yaml", b"version: 1\nlr: {phases: hold, base: 1:30}\n".to_vec()),
        ("anchor_of_nothing.yaml", b"version: 1\nlr: &a\n".to_vec()),
        ("two_documents.yaml", b"version: 1\nlr: hold\n---\nversion: 1\nlr: linear\n".to_vec()),
        ("key_twice.yaml", b"version: 1\nlr: hold\nlr: linear\n".to_vec()),
        ("complex_key.yaml", b"version: 1\n? [a, b]\n: hold\n".to_vec()),
        ("norway.yaml", b"version: yes\nlr: no\n".to_vec()),
        ("nan.yaml", b"version: 1\nlr: {phases: hold, base: .nan}\n".to_vec()),
        ("null.yaml", b"version: 1\nlr: ~\n".to_vec()),
        ("many_phases.toml", phases.into_bytes()),
        ("many_fields.toml", fields.into_bytes()),
        ("many_groups.toml", groups.into_bytes()),
        ("many_keys.json", keys.into_bytes()),
        ("many_keys.yaml", lines.into_bytes()),
        ("huge.toml", vec![b'#'; MAX_BYTES + 1]),
        (
            "long_line.toml",
            format!("version = 1\nlr = \"{}cosin\"", "hold(over=1) -> ".repeat(1000)).into_bytes(),
        ),
        ("latin_1.toml", b"version = 1\n# caf\xe9\n".to_vec()),
        ("utf_16.toml", b"\xff\xfev\x00e\x00r\x00".to_vec()),
        ("zero_byte.toml", b"version = 1\n\x00\n".to_vec()),
        ("zero_byte.yaml", b"version: 1\nlr: \x00\n".to_vec()),
        ("control.toml", control),
        (
            "huge_number.toml",
            b"version = 1\nlr = \"hold\"\n[horizon]\nupdates = 99999999999999999999999999\n".to_vec(),
        ),
        ("wide.txt", "\u{202e}\u{feff}hold(\u{1f600}=1)".into()),
        ("random.json", (0..=255).collect()),
    ]
}

#[test]
fn everyday_mistakes_are_shown_at_their_place() {
    let mut shown = String::new();
    for (name, text) in everyday() {
        writeln!(shown, "{}", problems(name, text.as_bytes())).unwrap();
    }
    assert!(everyday().len() >= 50);
    insta::assert_snapshot!(shown);
}

#[test]
fn hostile_files_are_refused_in_few_words() {
    let mut shown = String::new();
    for (name, bytes) in hostile() {
        let problems = problems(name, &bytes);
        let text = problems.render(Style::default());
        assert!(text.len() < 20_000, "{name}: {} bytes", text.len());
        assert!(!text.contains(['\x1b', '\x07', '\0']), "{name}: {text:?}");
        writeln!(shown, "{text}").unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_beginning_of_a_file_is_read_without_a_panic() {
    let files = [
        (
            "a.toml",
            toml(
                "[[lr]]\ngroups = [\"a\", 0]\nbase = \"3e-4\"\nphases = [{ shape = \"linear\", over = \"5%\" }]",
            ),
        ),
        ("a.yaml", "version: 1\nlr: &a {phases: 'linear(over=5) -> hold', base: 3e-4}\nwd: *a\n".to_owned()),
        (
            "a.json",
            "{\"version\": 1, \"lr\": {\"phases\": [{\"shape\": \"cosine\", \"to\": 1e-6}]}}".to_owned(),
        ),
        ("a.txt", "linear(from=0.01x, over=5%) -> repeat(cosine(to=0), times=[3, é])".to_owned()),
    ];
    for (name, text) in files {
        for cut in 0..=text.len() {
            let mut bytes = text.as_bytes()[..cut].to_vec();
            for extra in ["", "(", "\"", "}", "é", "\n- :"] {
                bytes.truncate(cut);
                bytes.extend(extra.bytes());
                let Ok(source) = Source::from_bytes(name, &bytes) else { continue };
                let read = match Format::of_path(name.as_ref()).unwrap() {
                    Format::Text => SpecFile::read_text(&source, "lr"),
                    format => SpecFile::read(&source, format),
                };
                if let Err(problems) = read.and_then(|file| file.resolve(&Overrides::default())) {
                    assert!(!problems.to_string().is_empty() && !problems.github().is_empty());
                }
            }
        }
    }
}
