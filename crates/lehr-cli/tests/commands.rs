//! Every command, as people type it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{clean, fails, json, lehr, lehr_with};
use lehr::{Horizon, Spec};
use lehr_cli::Exit;

const PLAN: &str = "linear(from=0.01x, over=5%) -> hold(over=75%) -> cosine(to=0.1x)";

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn show_draws_and_lists_phases() {
    insta::assert_snapshot!(clean(&["show", PLAN, "--updates", "10000", "--base", "3e-4", "--ascii"]));
    let shown = json(&["show", PLAN, "--updates", "10000", "--base", "3e-4", "--json"]);
    assert_eq!(shown["fields"][0]["phases"][1]["start"], 500);
    assert_eq!(shown["fields"][0]["peak"], 3e-4);
}

#[test]
fn the_one_line_text_the_files_and_standard_input_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let values = |spec: &str| {
        clean(&["values", spec, "--range", "0:10000:97", "--updates", "10000", "--base", "3e-4"])
    };
    let expected = values(PLAN);
    for format in ["toml", "yaml", "json"] {
        let path = folder.path().join(format!("schedule.{format}"));
        let path = path.to_str().unwrap();
        clean(&["init", "--format", format, "-o", path]);
        assert_eq!(values(path), expected, "{format}");
        assert_eq!(clean(&["check", path]), "no findings\n");
        let text = fs::read(path).unwrap();
        let piped = lehr_with(&text, &["values", "-", "--range", "0:10000:97"]);
        assert_eq!((piped.exit, piped.out), (Exit::Clean, expected.clone()), "{format}");
        assert!(fails(&["init", "--format", format, "-o", path]).contains("is there already"));
    }
}

#[test]
fn values_are_those_of_the_library_bit_for_bit() {
    let plan = PLAN.parse::<Spec>().unwrap().resolve(&Horizon::updates(10_000).unwrap()).unwrap();
    let out = clean(&["values", PLAN, "--updates", "10000", "--base", "3e-4", "--range", ":"]);
    let rows: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(rows.len(), 10_000);
    for (n, row) in rows.iter().enumerate() {
        let (update, value) = row.split_once(',').unwrap();
        assert_eq!(update.parse::<usize>().unwrap(), n);
        assert_eq!(value.parse::<f64>().unwrap().to_bits(), plan.value_at(n as u64, 3e-4).to_bits());
    }
    let listed = json(&["values", PLAN, "--updates", "10000", "--at", "1234,7", "--at", "9999", "--json"]);
    assert_eq!(listed["update"], serde_json::json!([1234, 7, 9999]));
    assert_eq!(listed["lr"][1].as_f64().unwrap().to_bits(), plan.value_at(7, 1.0).to_bits());
}

#[test]
fn npy_is_a_structured_array() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("values.npy");
    clean(&["values", "linear(to=0)", "--updates", "4", "--range", ":", "-o", path.to_str().unwrap()]);
    let bytes = fs::read(path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + header) % 64, 0);
    let text = String::from_utf8(bytes[10..10 + header].to_vec()).unwrap();
    assert!(text.starts_with(
        "{'descr': [('update', '<u8'), ('lr', '<f8')], 'fortran_order': False, 'shape': (4,), }"
    ));
    let data = &bytes[10 + header..];
    assert_eq!(data.len(), 4 * 16);
    assert_eq!(u64::from_le_bytes(data[48..56].try_into().unwrap()), 3);
    assert_eq!(f64::from_le_bytes(data[56..].try_into().unwrap()), 0.25);
}

#[test]
fn explain_says_why() {
    let said = clean(&[
        "explain",
        PLAN,
        "--at",
        "1234",
        "--epochs",
        "30",
        "--batches-per-epoch",
        "5344",
        "--processes",
        "4",
        "--accumulate",
        "4",
        "--base",
        "3e-4",
    ]);
    insta::assert_snapshot!(said, @r"
    update 1234 of 10020 (12.3 %): lr is 0.0003, in phase `hold` from 501 to 8016 (9.8 % of it done); the next phase starts at 8016
      because phase 2 is a hold: it keeps 1x
      with the base 0.0003 (1x)
      in epoch 3 (counted from 0), update 232 of its 334
      made of batches 4_936 to 4_939 of each of 4 processes
    ");
    let said = json(&["explain", PLAN, "--at", "1234", "--updates", "10000", "--json"]);
    assert_eq!(said["updates"][0]["path"], serde_json::json!(["hold"]));
}

#[test]
fn check_finds_and_is_silenced() {
    let spec = "linear(from=0x, over=5%) -> cosine(to=0.1x)";
    let found = lehr(&["check", spec, "--updates", "1000"]);
    assert_eq!(found.exit, Exit::Findings);
    insta::assert_snapshot!(found.out, @r#"
    warning[zero-at-start]: the first update has a learning rate of 0
      ╭▸ <spec>:1:13
      │
    1 │ linear(from=0x, over=5%) -> cosine(to=0.1x)
      │             ━━ nothing is learnt from the first batch
      │
      ╰ help: write: from = "0.01x"

    1 finding
    "#);
    assert_eq!(clean(&["check", spec, "--updates", "1000", "--allow", "zero-at-start"]), "no findings\n");
    assert!(fails(&["check", spec, "--allow", "nothing"]).contains("no such lint"));
    let github = lehr(&["check", spec, "--updates", "1000", "--format", "github"]);
    insta::assert_snapshot!(github.out, @r#"::warning file=<spec>,line=1,col=13,title=zero-at-start::the first update has a learning rate of 0; nothing is learnt from the first batch"#);
    let list = lehr(&["check", spec, "hold", "--updates", "1000", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!((&list["clean"], &list["problems"][0]["line"]), (&false.into(), &1.into()));
}

#[test]
fn one_unreadable_spec_does_not_hide_the_others() {
    let ran = lehr(&["check", "cosin", "linear(from=0x, over=5%) -> hold", "--updates", "100"]);
    assert_eq!(ran.exit, Exit::Failed);
    assert!(ran.out.contains("did you mean `cosine`?") && ran.out.contains("zero-at-start"), "{}", ran.out);
}

#[test]
fn a_momentum_that_comes_back_is_no_finding() {
    let spec = "linear(to=0.85, over=30%) -> linear(to=0.95)";
    let run = ["--updates", "1000", "--base", "0.95", "--field"];
    assert_eq!(clean(&[&["check", spec][..], &run, &["betas[0]"]].concat()), "no findings\n");
    assert_eq!(lehr(&[&["check", spec][..], &run, &["lr"]].concat()).exit, Exit::Findings);
}

#[test]
fn compare_finds_the_largest_difference() {
    let value = json(&["compare", "linear(to=0x)", "cosine(to=0x)", "--updates", "1000000000", "--json"]);
    let second = &value["fields"][0]["specs"][1];
    // sin(pi p) = 2 / pi at p = 0.2198 (or its mirror): by 0.1053 at the most.
    let difference = second["largest_difference"]["value"].as_f64().unwrap().abs();
    assert!((difference - 0.105_256_831).abs() < 1e-9, "{difference}");
    let text = clean(&["compare", "linear(to=0x)", "linear(to=0x)", "hold", "--updates", "100", "--ascii"]);
    assert!(text.contains("none") && text.contains("-0.99") || text.contains("0.99"), "{text}");
}

#[test]
fn a_run_of_a_thousand_million_updates_is_no_longer_than_another() {
    let started = Instant::now();
    let spec = "linear(from=0.01x, over=5%) -> repeat(cosine(to=0.1x, over=1000))";
    for command in ["show", "check"] {
        lehr(&[command, spec, "--updates", "1000000000"]);
    }
    lehr(&["compare", spec, "cosine(to=0x)", "--updates", "1000000000"]);
    // Together 0.2 s in a release build.
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[test]
fn a_run_of_a_thousand_million_updates_takes_no_memory_for_its_values() {
    /// Counts what is written, and keeps nothing.
    struct Count(u64);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            assert!(bytes.len() < 100_000, "{} bytes at once", bytes.len());
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (mut out, mut err) = (Count(0), Vec::new());
    let args = ["lehr", "values", "cosine(to=0)", "--updates", "1000000000", "--range", "::2000"];
    let environment = lehr_cli::Environment::default();
    let exit = lehr_cli::run_in(args, &mut &b""[..], &mut out, &mut err, environment);
    assert_eq!((exit, err.as_slice()), (Exit::Clean, &b""[..]));
    assert!(out.0 > 500_000 * 10, "{}", out.0);
}

#[test]
fn plot_draws_every_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let drawn = |name: &str, more: &[&str]| {
        let output = path(name);
        clean(&[&["plot", PLAN, "--updates", "1000", "--base", "3e-4", "-o", &output], more].concat());
        fs::read(output).unwrap()
    };
    let text = |name: &str, more: &[&str]| String::from_utf8(drawn(name, more)).unwrap();
    let svg = text("a.svg", &["--theme", "light", "--title", "A & B"]);
    assert!(svg.starts_with("<svg ") && svg.contains("A &amp; B") && svg.contains(">hold</text>"), "{svg}");
    assert!(svg.contains("#ffffff") && !svg.contains("prefers-color-scheme"));
    assert!(text("a.svg", &["--theme", "dark"]).contains("#0d1117"));
    assert!(text("a.svg", &[]).contains("prefers-color-scheme: dark"));
    // On a logarithmic axis 3e-6 and 3e-4 are two decades apart.
    let log = text("a.svg", &["--log"]);
    assert!(log.contains(">1e-5</text>") && log.contains(">1e-4</text>"), "{log}");
    let csv = text("a.csv", &["--samples", "3"]);
    assert_eq!(csv.lines().next(), Some("update,lr"));
    for row in csv.lines().skip(1) {
        let (n, value) = row.split_once(',').unwrap();
        let resolved = PLAN.parse::<Spec>().unwrap().resolve(&Horizon::updates(1000).unwrap()).unwrap();
        assert_eq!(value.parse::<f64>().unwrap(), resolved.value_at(n.parse().unwrap(), 3e-4));
    }
    let data: serde_json::Value = serde_json::from_slice(&drawn("a.json", &[])).unwrap();
    assert_eq!(data["fields"][0]["traces"][0]["phases"][1], serde_json::json!([50, "hold"]));
    assert!(text("a.txt", &["--ascii", "--color", "always"]).is_ascii());
    let output = path("a.png");
    if cfg!(feature = "png") {
        assert!(drawn("a.png", &[]).starts_with(b"\x89PNG\r\n\x1a\n"));
    } else {
        let said = fails(&["plot", PLAN, "--updates", "10", "-o", &output]);
        assert!(said.contains("--features png"), "{said}");
    }
    assert!(fails(&["plot", PLAN, "-o", &path("a.bmp")]).contains("svg, png, html, csv, json or txt"));
}

#[test]
fn several_specs_lie_over_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(folder.path(), "old.toml", &clean(&["init"]));
    let new = written(
        folder.path(),
        "new.toml",
        "version = 1\nlr = \"hold\"\nmomentum = \"hold\"\n[horizon]\nupdates = 100\n",
    );
    let output = folder.path().join("both.json");
    let output = output.to_str().unwrap();
    for command in ["plot", "compare"] {
        clean(&[command, &old, &new, "-o", output]);
        let data: serde_json::Value = serde_json::from_slice(&fs::read(output).unwrap()).unwrap();
        let names = |field: usize| -> Vec<String> {
            let traces = data["fields"][field]["traces"].as_array().unwrap();
            traces.iter().map(|trace| trace["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((names(0), names(1)), (vec![old.clone(), new.clone()], vec![new.clone()]), "{command}");
    }
    let picture = clean(&["compare", "cosine(to=0)", "linear(to=0)", "--updates", "100"]);
    insta::assert_snapshot!(picture);
}

#[test]
fn every_command_has_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let history = written(folder.path(), "run.csv", "update,lr\n0,1\n1,1\n");
    let arguments = written(folder.path(), "torch.json", r#"{"type": "StepLR", "step_size": 30}"#);
    let svg = file("a.svg");
    let commands: [&[&str]; 13] = [
        &["show", "hold"],
        &["plot", "hold", "-o", &svg],
        &["check", "hold"],
        &["compare", "hold", "hold"],
        &["values", "hold", "--at", "5"],
        &["explain", "hold", "--at", "5"],
        &["audit", "hold", &history],
        &["convert", &arguments, "--from", "torch"],
        &["list"],
        &["describe", "torch.StepLR"],
        &["init"],
        &["schema"],
        &["completions", "bash"],
    ];
    for command in commands {
        let takes_run = !matches!(command[0], "list" | "describe" | "init" | "schema" | "completions");
        let run: &[&str] = if takes_run { &["--updates", "10"] } else { &[] };
        let value = json(&[command, run, &["--json"]].concat());
        assert!(value.as_object().is_some_and(|object| !object.is_empty()), "{command:?}: {value}");
    }
}

#[test]
fn processes_and_accumulation_make_updates_of_batches() {
    // 5344 batches for 4 processes that accumulate 4 each: 334 updates in an epoch.
    let run =
        ["--epochs", "30", "--batches-per-epoch", "5344", "--processes", "4", "--accumulate", "4", "--json"];
    let shown = json(&[&["show", "linear(over=1ep) -> hold"], &run[..]].concat());
    assert_eq!((&shown["run"]["updates"], &shown["run"]["updates_per_epoch"]), (&10_020.into(), &334.into()));
    assert_eq!(shown["fields"][0]["phases"][1]["start"], 334);
    // A last, smaller update is an update: 1001 batches for 2 processes are 501, by 4 accumulated 126.
    let run = ["--batches", "1001", "--processes", "2", "--accumulate", "4", "--json"];
    assert_eq!(json(&[&["show", "hold"], &run[..]].concat())["run"]["updates"], 126);
    let explained =
        json(&["explain", "hold", "--at", "10", "--batches", "1001", "--accumulate", "4", "--json"]);
    assert_eq!(explained["updates"][0]["batches_of_each_process"], serde_json::json!([40, 43]));
}

/// From the run's update to the plan's.
type Clock<'a> = &'a dyn Fn(u64) -> u64;

#[test]
fn audit_follows_a_run_and_names_its_clock() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "linear(from=0.01x, over=100) -> cosine(to=0.1x)";
    let resolved = plan.parse::<Spec>().unwrap().resolve(&Horizon::updates(1000).unwrap()).unwrap();
    let run = |name: &str, clock: &dyn Fn(u64) -> u64| {
        let row = |n: u64| format!("{n},{},{:?},{:?}\n", n / 100, 2.5, resolved.value_at(clock(n), 0.3));
        let rows: String = (0..1000).map(row).collect();
        written(folder.path(), name, &format!("update,epoch,loss,lr/0\n{rows}"))
    };
    let audit =
        |path: &str| lehr(&["audit", plan, path, "--updates", "1000", "--base", "0.3", "--processes", "4"]);
    let followed = audit(&run("run.csv", &|n| n));
    assert_eq!(
        (followed.exit, followed.out.as_str()),
        (Exit::Clean, "lr/0: followed `lr` at all 1_000 updates; base 0.3\n")
    );
    let clocks: [(&str, Clock<'_>, &str); 11] = [
        ("fast.csv", &|n| 4 * n, "the schedule ran 4 times too fast (the number of processes)"),
        ("slow.csv", &|n| n / 8, "the schedule ran 8 times too slow"),
        ("late.csv", &|n| n.saturating_sub(1), "the schedule was one update late (off by 1)"),
        ("early.csv", &|n| n + 1, "the schedule was one update early (off by 1)"),
        (
            "resume.csv",
            &|n| if n < 400 { n } else { n - 400 },
            "the schedule restarted at update 400: a resume without the scheduler's state",
        ),
        (
            "older.csv",
            &|n| if n < 400 { n } else { n - 100 },
            "from update 400 on the schedule is at its update 300: a resume from an older count",
        ),
        (
            "slow_and_late.csv",
            &|n| (n / 8).saturating_sub(1),
            "the schedule ran 8 times too slow and was one update late (off by 1)",
        ),
        (
            "fast_and_early.csv",
            &|n| 4 * n + 2,
            "the schedule ran 4 times too fast (the number of processes) and was 2 updates early (off by 2)",
        ),
        (
            "more_processes.csv",
            &|n| if n < 400 { n } else { 400 + 4 * (n - 400) },
            "from update 400 on the schedule ran 4 times too fast (the number of processes)",
        ),
        (
            "fast_and_restarted.csv",
            &|n| if n < 150 { 4 * n } else { 4 * (n - 150) },
            "the schedule ran 4 times too fast (the number of processes), and restarted at update 150: a resume without the scheduler's state",
        ),
        (
            "restarted_and_fast.csv",
            &|n| if n < 400 { n } else { 4 * (n - 400) },
            "the schedule restarted at update 400: a resume without the scheduler's state, and then ran 4 times too fast (the number of processes)",
        ),
    ];
    for (name, clock, words) in clocks {
        let path = run(name, clock);
        let ran = audit(&path);
        assert_eq!(ran.exit, Exit::Findings, "{name}");
        assert!(ran.out.contains(&format!("clock: {words}\n")), "{name}: {}", ran.out);
        // The run is drawn over its plan.
        assert!(ran.out.starts_with("lr/0  ⠒⠒ plan  •• run\n"), "{name}: {}", ran.out);
        // The base may come from the run, too.
        let inferred = lehr(&["audit", plan, &path, "--updates", "1000"]);
        assert!(inferred.out.contains(words.split(" (").next().unwrap()), "{name}: {}", inferred.out);
    }
    for (text, said) in [
        ("update,loss\n0,1\n", "no column for lr"),
        ("step,lr\nx,1\n", "`x` is no update"),
        ("lr\n1\n", "no column `update`"),
        ("update,lr\n", "no rows"),
        ("update,lr\n1,2,3\n", "cannot be read"),
    ] {
        let path = written(folder.path(), "wrong.csv", text);
        assert!(fails(&["audit", plan, &path, "--updates", "1000"]).contains(said), "{text}");
    }
    let nan = written(folder.path(), "nan.csv", "update,lr\n0,0.003\n1,nan\n");
    assert_eq!(lehr(&["audit", plan, &nan, "--updates", "1000", "--base", "0.3"]).exit, Exit::Findings);
}

#[test]
fn list_and_describe_name_everything() {
    let list = json(&["list", "--json"]);
    for kind in ["shapes", "combinators", "lints"] {
        for entry in list[kind].as_array().unwrap() {
            let name = entry.get("name").or(entry.get("code")).unwrap().as_str().unwrap();
            assert!(clean(&["describe", name]).contains(name));
            json(&["describe", name, "--json"]);
        }
    }
    for name in list["replicas"].as_array().unwrap() {
        clean(&["describe", name.as_str().unwrap()]);
    }
    clean(&["list"]);
    assert!(fails(&["describe", "cosin"]).contains("did you mean `cosine`?"));
}

#[test]
fn completions_are_there() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = clean(&["completions", shell]);
        assert!(script.contains("explain"));
        // Every shell that is here reads its script.
        if !matches!(shell, "bash" | "zsh" | "fish") {
            continue;
        }
        let path = written(folder.path(), shell, &script);
        match std::process::Command::new(shell).args(["-n", &path]).output() {
            Ok(ran) => assert!(ran.status.success() && ran.stderr.is_empty(), "{shell}: {ran:?}"),
            Err(error) => {
                assert!(shell != "bash" && error.kind() == std::io::ErrorKind::NotFound, "{shell}: {error}");
            }
        }
    }
    assert!(fails(&["shwo"]).contains("show"));
}

#[test]
fn failures_are_json_where_that_is_asked_for() {
    let ran = lehr(&["show", "cosin", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Failed, ""));
    assert_eq!(value["problems"][0]["code"], "plan");
    let ran = lehr(&["show", "none.toml", "--json"]);
    assert!(ran.out.contains("there is no file none.toml"));
}

#[test]
fn wrong_usage_says_what_is_wanted() {
    for (args, said) in [
        (&["show", "none.toml"][..], "there is no file none.toml: `lehr init` writes one"),
        (&["show", "hold", "--updates", "0"], "at least 1"),
        (&["show", "hold", "--base", "x"], "finite number"),
        (&["show", "hold", "--base", "wd=1"], "no plan here"),
        (&["values", "hold", "--range", "5"], "a:b:step"),
        (&["values", "hold", "--range", "0:5:0"], "at least 1"),
        (&["values", "hold", "--range", ":"], "has no end"),
        (&["values", "hold", "--range", "0:999999999999"], "at most"),
        (&["values", "hold", "--at", "-1"], "unexpected"),
        (&["values", "hold", "--at", "1", "--range", "0:5"], "twice"),
        (&["explain", "hold", "--at", "a.b"], "needs an update"),
        (&["audit", "hold", "none.csv"], "cannot be read"),
        (&["audit", "hold", "none.csv", "--tolerance", "nan"], "--tolerance"),
        (&["show", "/"], "is a folder"),
    ] {
        let ran = lehr(args);
        assert_eq!(ran.exit, Exit::Failed, "{args:?}");
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}
