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
            "linear(from=0.001x, to=1x, over=100, inclusive=true) -> cosine(from=1x, to=0, over=900)",
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
        ("deepspeed", r#"{"scheduler": {"type": "OneCycle"}}"#, "no equal here"),
        ("deepspeed", r#"{"type": "WarmupDecayLR"}"#, "total_num_steps"),
        ("mmengine", r#"[{"type": "LinearLR"}]"#, "--updates-per-epoch"),
        ("mmengine", r#"[{"type": "StepLR", "by_epoch": false}]"#, "no equal here"),
        ("mmengine", "[]", "no"),
    ] {
        let ran = lehr_with(arguments.as_bytes(), &["convert", "-", "--from", from, "--input", "json"]);
        assert_eq!(ran.exit, Exit::Failed, "{arguments}: {}", ran.out);
        assert!(ran.err.contains(said), "{arguments}: {}", ran.err);
    }
}
