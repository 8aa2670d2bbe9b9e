//! `lehr convert`: what comes out has the original's values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::lehr_with;
use lehr::compat::{Argument, Replica};
use lehr::{Horizon, Spec};
use lehr_cli::Exit;

fn converted(from: &str, arguments: &str, more: &[&str]) -> String {
    let args = [&["convert", "-", "--from", from][..], more].concat();
    let ran = lehr_with(arguments.as_bytes(), &args);
    assert_eq!(ran.exit, Exit::Clean, "{arguments}: {}", ran.err);
    // What comes out is a spec that the other commands read.
    let shown = lehr_with(ran.out.as_bytes(), &["show", "-", "--ascii"]);
    assert_eq!(shown.exit, Exit::Clean, "{}: {}", ran.out, shown.err);
    ran.out
}

fn plan(toml: &str) -> String {
    let line = toml.lines().find(|line| line.starts_with("phases")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn plans_of_our_own_where_they_are_equal() {
    let hf = |kind: &str, more: &str| {
        format!("lr_scheduler_type: {kind}\nwarmup_steps: 100\nmax_steps: 1000\nlearning_rate: 3e-4\n{more}")
    };
    let cases = [
        ("transformers", hf("constant", ""), "hold"),
        ("transformers", hf("constant_with_warmup", ""), "linear(from=0x, to=1x, over=100) -> hold"),
        ("transformers", hf("linear", ""), "linear(from=0x, to=1x, over=100) -> linear(to=0x)"),
        ("transformers", hf("cosine", ""), "linear(from=0x, to=1x, over=100) -> cosine(to=0x)"),
        (
            "transformers",
            hf("cosine_with_min_lr", "lr_scheduler_kwargs: {min_lr_rate: 0.1}"),
            "linear(from=0x, to=1x, over=100) -> cosine(to=0.1x)",
        ),
        (
            "transformers",
            hf("warmup_stable_decay", "lr_scheduler_kwargs: {num_decay_steps: 200, decay_type: linear}"),
            "linear(from=0x, to=1x, over=100) -> hold(over=700) -> linear(to=0x, over=200)",
        ),
        (
            "transformers",
            hf("cosine_with_restarts", "lr_scheduler_kwargs: {num_cycles: 3}"),
            "transformers.cosine_with_restarts(num_warmup_steps=100, num_training_steps=1000, num_cycles=3)",
        ),
        ("torch", "{type: CosineAnnealingLR, T_max: 1000, eta_min: 1e-6}".into(), "cosine(to=1e-6, over=1000)"),
        ("torch", "{type: StepLR, step_size: 30}".into(), "torch.StepLR(step_size=30, gamma=0.1)"),
        (
            "torch",
            "{type: MultiStepLR, milestones: [300, 800], gamma: 0.5}".into(),
            "hold(from=1x, over=300) -> hold(from=0.5x, over=500) -> hold(from=0.25x)",
        ),
        ("torch", "{type: ExponentialLR, gamma: 0.99}".into(), "decay(factor=0.99)"),
        (
            "torch",
            "{type: SequentialLR, milestones: [100], schedulers: [{type: LinearLR, start_factor: 0.1, total_iters: 100}, {type: CosineAnnealingLR, T_max: 900}]}".into(),
            "linear(from=0.1x, to=1x, over=100) -> cosine(to=0, over=900)",
        ),
        ("timm", "{type: CosineLRScheduler, t_initial: 1000, lr_min: 1e-6}".into(), "cosine(to=1e-6)"),
        (
            "timm",
            "{sched: cosine, epochs: 100, warmup_epochs: 5, warmup_lr: 1e-6, warmup_prefix: true, lr: 0.1}".into(),
            "linear(from=1e-6, to=1x, over=5) -> cosine(to=0)",
        ),
        (
            "deepspeed",
            "scheduler: {type: WarmupDecayLR, params: {warmup_max_lr: 1e-3, warmup_num_steps: 100, total_num_steps: 1000, warmup_type: linear}}".into(),
            "linear(from=0, to=0.001, over=100) -> linear(to=0)",
        ),
        (
            "mmengine",
            "[{type: LinearLR, start_factor: 0.001, begin: 0, end: 100, by_epoch: false}, {type: CosineAnnealingLR, begin: 100, end: 1000, by_epoch: false}]".into(),
            "linear(from=0.001x, to=1x, over=99) -> hold(from=1x, over=1) -> cosine(from=1x, to=0x, over=900)",
        ),
    ];
    for (from, arguments, expected) in cases {
        let epochs = arguments.contains("epochs");
        let more: &[&str] = if epochs { &[] } else { &["--updates", "1000"] };
        let more = [more, &["--input", "yaml"]].concat();
        let found = plan(&converted(from, &arguments, &more));
        let same = |text: &str| {
            text.parse::<Spec>()
                .unwrap()
                .resolve(&Horizon::updates(if epochs { 100 } else { 1000 }).unwrap())
                .unwrap()
        };
        assert_eq!(same(&found), same(expected), "{arguments}: {found}");
    }
}

#[test]
fn replicas_have_the_values_of_the_original() {
    let toml = converted(
        "torch",
        r#"{"class_path": "torch.optim.lr_scheduler.OneCycleLR", "init_args": {"max_lr": 0.1, "total_steps": 100}}"#,
        &[],
    );
    let mut original = Replica::named("torch.OneCycleLR").unwrap();
    original.set("max_lr", &Argument::Number(0.1)).unwrap();
    original.set("total_steps", &Argument::Number(100.0)).unwrap();
    let spec: Spec = plan(&toml).parse().unwrap();
    let plan = spec.resolve(&Horizon::updates(100).unwrap()).unwrap();
    assert!((0..100).all(|n| plan.value_at(n, 1.0) == original.value_at(n, 1.0)));
    let native = r#"{"type": "LinearLR", "total_iters": 10}"#;
    assert!(converted("torch", native, &["--updates", "50", "--replica"]).contains("torch.LinearLR("));
}

#[test]
fn what_has_no_equal_is_said_at_its_place() {
    for (from, arguments, said) in [
        ("torch", r#"{"type": "LambdaLR"}"#, "`torch.LambdaLR` has no equal here"),
        ("torch", r#"{"type": "StepLR", "stepsize": 3}"#, "no argument of that name"),
        ("torch", r#"{"type": "StepLR"}"#, "`step_size`"),
        ("torch", "[]", "must be a table"),
        ("torch", "{}", "is not named"),
        ("torch", r#"{"type": "SequentialLR", "schedulers": [], "milestones": []}"#, "milestones"),
        ("transformers", r#"{"lr_scheduler_type": "cosin"}"#, "did you mean"),
        ("transformers", r#"{"lr_scheduler_type": "cosine", "warmup_steps": 0.1}"#, "--updates"),
        ("timm", r#"{"sched": "plateau"}"#, "no equal here"),
        ("deepspeed", r#"{"scheduler": {"type": "Cyclic"}}"#, "no equal here"),
        ("deepspeed", r#"{"scheduler": {"type": "OneCycle"}}"#, "`OneCycle` needs `cycle_min_lr`"),
        (
            "deepspeed",
            r#"{"type": "OneCycle", "cycle_min_lr": 0.1, "cycle_max_lr": 1, "cycle_first_stair_count": 4}"#,
            "the stairs of `cycle_first_stair_count` have no equal here",
        ),
        ("deepspeed", r#"{"type": "LRRangeTest"}"#, "`LRRangeTest` needs the length of the run"),
        ("deepspeed", r#"{"type": "WarmupDecayLR"}"#, "total_num_steps"),
        ("mmengine", r#"[{"type": "LinearLR"}]"#, "--updates-per-epoch"),
        ("mmengine", r#"[{"type": "StepLR", "by_epoch": false}]"#, "`step_size`"),
        ("mmengine", r#"[{"type": "ReduceOnPlateauLR", "by_epoch": false}]"#, "no equal here"),
        (
            "mmengine",
            r#"[{"type": "LinearLR", "by_epoch": false, "end": 50}, {"type": "CosineAnnealingLR", "by_epoch": false, "end": 100, "eta_min": 1e-6}]"#,
            "`CosineAnnealingLR` overlaps another scheduler",
        ),
        (
            "mmengine",
            r#"[{"type": "CosineAnnealingLR", "by_epoch": false, "end": 100, "T_max": 50}]"#,
            "rises again",
        ),
        (
            "mmengine",
            r#"[{"type": "CosineRestartLR", "by_epoch": false, "periods": [5, 5], "restart_weights": [1]}]"#,
            "as many",
        ),
        ("mmengine", "[]", "no"),
    ] {
        let ran = lehr_with(arguments.as_bytes(), &["convert", "-", "--from", from, "--input", "json"]);
        assert_eq!(ran.exit, Exit::Failed, "{arguments}: {}", ran.out);
        assert!(ran.err.contains(said), "{arguments}: {}", ran.err);
    }
}

/// The values of a converted spec, field by field, for a base.
fn values(from: &str, arguments: &str, more: &[&str], base: f64, updates: u64) -> Vec<(String, Vec<f64>)> {
    let toml = converted(from, arguments, &[more, &["--input", "yaml"]].concat());
    let source = lehr_spec::Source::new("converted", toml).unwrap();
    let file = lehr_spec::SpecFile::read(&source, lehr_spec::Format::Toml).unwrap();
    let resolved = file.resolve(&lehr_spec::Overrides::default()).unwrap();
    let of = |entry: &lehr_spec::Entry| (0..updates).map(|n| entry.plan.value_at(n, base)).collect();
    resolved.entries.iter().map(|entry| (entry.label(), of(entry))).collect()
}

fn assert_close(found: &[f64], expected: impl Fn(usize) -> f64, what: &str) {
    for (n, value) in found.iter().enumerate() {
        let expected = expected(n);
        assert!(
            (value - expected).abs() <= 1e-12 * expected.abs().max(1e-6),
            "{what}: update {n} {value} {expected}"
        );
    }
}

/// What DeepSpeed's optimizer has at update n: its schedulers count from the update before it (`lr_schedules.py`).
#[test]
fn deepspeed_has_the_values_of_its_formulas() {
    let one_cycle = "{type: OneCycle, params: {cycle_min_lr: 1e-3, cycle_max_lr: 1e-2, cycle_first_step_size: 20, \
                     cycle_second_step_size: 30, decay_step_size: 10, decay_lr_rate: 0.3, decay_mom_rate: 0.01}}";
    let fields = values("deepspeed", one_cycle, &["--updates", "200"], 0.1, 200);
    let triangle = |n: usize| {
        let n = n as f64;
        if n <= 20.0 { n / 20.0 } else { (50.0 - n) / 30.0 }
    };
    let (low, high) = (1e-3, 1e-2);
    let rate = |n: usize| match n {
        0..=50 => low + (high - low) * triangle(n),
        _ => low / (1.0 + 0.3 * (n - 50) as f64 / 10.0),
    };
    let momentum = |n: usize| match n {
        0..=50 => 0.9 - 0.1 * triangle(n),
        _ => 0.9 * (1.0 + 0.01 * (n - 50) as f64 / 10.0),
    };
    assert_eq!(
        fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["lr", "betas[0]", "betas[1]"]
    );
    assert_close(&fields[0].1, rate, "OneCycle");
    assert_close(&fields[1].1, momentum, "OneCycle, momentum");
    assert_close(&fields[2].1, |_| 0.99, "OneCycle, second beta");

    let test = "{type: LRRangeTest, params: {lr_range_test_min_lr: 1e-4, lr_range_test_step_size: 20, \
                lr_range_test_step_rate: 5, lr_range_test_staircase: STAIRS}}";
    for (stairs, round) in [("false", (|x| x) as fn(f64) -> f64), ("true", f64::floor)] {
        let found = values("deepspeed", &test.replace("STAIRS", stairs), &["--updates", "110"], 0.1, 110);
        assert_close(&found[0].1, |n| 1e-4 * (1.0 + 5.0 * round(n as f64 / 20.0)), "LRRangeTest");
    }

    // From here on the original is one update late in its warm-up, and WarmupDecayLR to its end.
    for kind in ["log", "linear"] {
        let gamma = |t: usize| match kind {
            "log" => ((t + 1) as f64).ln() / 10_f64.ln(),
            _ => t as f64 / 10.0,
        };
        let params = format!("warmup_num_steps: 10, warmup_type: {kind}, total_num_steps: 100");
        let warm =
            values("deepspeed", &format!("{{type: WarmupLR, {params}, warmup_min_lr: 0.01}}"), &[], 0.5, 100);
        assert_close(&warm[0].1, |t| if t < 10 { 0.01 + 0.49 * gamma(t) } else { 0.5 }, "WarmupLR");
        let decay = values(
            "deepspeed",
            &format!("{{type: WarmupDecayLR, {params}, warmup_max_lr: 0.2}}"),
            &[],
            0.5,
            100,
        );
        let expected = |t: usize| 0.2 * if t < 10 { gamma(t) } else { (100 - t) as f64 / 90.0 };
        assert_close(&decay[0].1, expected, "WarmupDecayLR");
        let cosine = values(
            "deepspeed",
            &format!("{{type: WarmupCosineLR, {params}, cos_min_ratio: 0.1}}"),
            &[],
            0.5,
            100,
        );
        let wave = |n: usize| 0.1 + 0.9 * (1.0 + (std::f64::consts::PI * (n - 10) as f64 / 90.0).cos()) / 2.0;
        assert_close(&cosine[0].1, |n| 0.5 * if n < 10 { gamma(n) } else { wave(n) }, "WarmupCosineLR");
    }
}

/// A scheduler of mmengine as `param_scheduler.py` steps it: from the value it finds.
type Step<'a> = &'a dyn Fn(f64, u64) -> f64;

/// The values of several of them, each in its window, in their order.
fn stepped(base: f64, updates: u64, schedulers: &[(u64, u64, Step<'_>)]) -> Vec<f64> {
    let mut value = base;
    let step = |n: u64| {
        for (begin, end, step) in schedulers {
            if (*begin..*end).contains(&n) {
                value = step(value, n - begin);
            }
        }
        value
    };
    (0..updates).map(step).collect()
}

#[test]
fn mmengine_has_the_values_of_its_steps() {
    use std::f64::consts::PI;
    let linear = |from: f64, to: f64, length: f64| {
        move |v: f64, t: u64| match t {
            0 => v * from,
            t => v * (1.0 + (to - from) / (length * from + (t as f64 - 1.0) * (to - from))),
        }
    };
    let cosine = |least: f64, period: f64| {
        let wave = move |t: f64| 1.0 + (PI * t / period).cos();
        move |v: f64, t: u64| match t {
            0 => v,
            t => wave(t as f64) / wave(t as f64 - 1.0) * (v - least) + least,
        }
    };
    let poly = |least: f64, length: f64, power: f64| {
        move |v: f64, t: u64| match t {
            0 => v,
            t => (v - least) * (1.0 - 1.0 / (length - t as f64 + 1.0)).powf(power) + least,
        }
    };
    let constant = |factor: f64, length: u64| {
        move |v: f64, t: u64| match t {
            0 => v * factor,
            t if t == length => v / factor,
            _ => v,
        }
    };
    let milestones =
        |gamma: f64, at: &'static [u64]| move |v: f64, t: u64| if at.contains(&t) { v * gamma } else { v };
    let decay = |gamma: f64| move |v: f64, t: u64| if t == 0 { v } else { v * gamma };

    let cases: [(&str, Vec<f64>); 6] = [
        (
            "[{type: LinearLR, start_factor: 0.1, end_factor: 0.8, end: 20, by_epoch: false}, \
              {type: CosineAnnealingLR, eta_min: 0.01, begin: 20, end: 60, by_epoch: false}, \
              {type: PolyLR, eta_min: 0.001, power: 2, begin: 70, end: 100, by_epoch: false}]",
            stepped(
                0.5,
                100,
                &[
                    (0, 20, &linear(0.1, 0.8, 19.0)),
                    (20, 60, &cosine(0.01, 40.0)),
                    (70, 100, &poly(0.001, 29.0, 2.0)),
                ],
            ),
        ),
        (
            "[{type: ConstantLR, factor: 0.25, end: 11, by_epoch: false}, \
              {type: MultiStepLR, gamma: 0.5, milestones: [30, 60], by_epoch: false}]",
            stepped(0.5, 100, &[(0, 11, &constant(0.25, 10)), (0, 100, &milestones(0.5, &[30, 60]))]),
        ),
        (
            "[{type: LinearLR, start_factor: 0.1, end: 40, by_epoch: false}, \
              {type: CosineAnnealingLR, T_max: 100, end: 100, by_epoch: false}, \
              {type: StepLR, step_size: 25, gamma: 0.9, begin: 5, end: 90, by_epoch: false}]",
            stepped(
                0.5,
                100,
                &[
                    (0, 40, &linear(0.1, 1.0, 39.0)),
                    (0, 100, &cosine(0.0, 100.0)),
                    (5, 90, &milestones(0.9, &[25, 50, 75])),
                ],
            ),
        ),
        (
            "[{type: ExponentialLR, gamma: 0.97, end: 50, by_epoch: false}, \
              {type: LinearLR, start_factor: 1, end_factor: 0.5, begin: 50, end: 80, by_epoch: false}]",
            stepped(0.5, 100, &[(0, 50, &decay(0.97)), (50, 80, &linear(1.0, 0.5, 29.0))]),
        ),
        (
            "[{type: CosineAnnealingLR, T_max: 100, eta_min: 0.02, end: 60, by_epoch: false}]",
            stepped(0.5, 100, &[(0, 60, &cosine(0.02, 100.0))]),
        ),
        (
            "[{type: CosineRestartLR, periods: [30, 50], restart_weights: [1, 0.5], eta_min: 0.01, by_epoch: false}]",
            stepped(
                0.5,
                100,
                &[
                    (0, 30, &cosine(0.01, 30.0)),
                    (30, 80, &|v, t| if t == 0 { 0.25 } else { cosine(0.01, 50.0)(v, t) }),
                ],
            ),
        ),
    ];
    for (arguments, expected) in cases {
        let found = values("mmengine", arguments, &["--updates", "100"], 0.5, 100);
        for (n, (found, expected)) in found[0].1.iter().zip(&expected).enumerate() {
            assert!((found - expected).abs() < 1e-12, "{arguments}: update {n} {found} {expected}");
        }
    }
    // By epochs, turned into updates.
    let epochs = "[{type: LinearLR, start_factor: 0.1, end: 2, convert_to_iter_based: true}, \
                   {type: LinearMomentum, start_factor: 0.5, end: 4, convert_to_iter_based: true}]";
    let found = values("mmengine", epochs, &["--updates", "100", "--updates-per-epoch", "10"], 0.5, 100);
    assert_close(&found[0].1, |n| stepped(0.5, 100, &[(0, 20, &linear(0.1, 1.0, 19.0))])[n], "lr");
    assert_eq!(found[1].0, "momentum");
    assert_close(&found[1].1, |n| stepped(0.5, 100, &[(0, 40, &linear(0.5, 1.0, 39.0))])[n], "momentum");
}
