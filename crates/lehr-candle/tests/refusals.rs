//! What is refused, what is said about it, and that nothing has changed then (DESIGN.md section 4: 3 and 9).

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor, Var};
use common::{adamw, sgd, state_bits, var};
use lehr::{Field, Horizon, ParamGroups, Plan, Scheduler, absolute, linear};
use lehr_candle::{AdamW, AdamWParams, Error, Sgd, SgdParams};

fn field(text: &str) -> Field {
    text.parse().unwrap()
}

#[test]
fn wrong_groups() {
    let (x, y) = (var(&[1.0]), var(&[2.0]));
    let params = SgdParams::default();
    let none: [(&str, Var); 0] = [];
    let message =
        |builder: lehr_candle::OptimizerBuilder<SgdParams>| builder.build().unwrap_err().to_string();
    assert_eq!(
        message(Sgd::builder()),
        "the list of groups is empty, but an optimizer needs at least one: call `group` before `build`"
    );
    assert_eq!(
        message(Sgd::builder().group("a", [("x", x.clone())], params).group("b", none, params)),
        "the list of variables of group `b` is empty, but a group needs at least one: leave it out"
    );
    assert_eq!(
        message(Sgd::builder().group("a", [("x", x.clone())], params).group("a", [("y", y.clone())], params)),
        "the name of two groups is `a`, but a scheduler and a saved state know groups by their names: give each \
         its own"
    );
    assert_eq!(
        message(Sgd::builder().group("a", [("x", x.clone())], params).group("b", [("x", y)], params)),
        "the name of two variables is `x`, but a saved state knows variables by their names: give each its own in \
         the whole optimizer"
    );
    assert_eq!(
        message(Sgd::builder().group("a", [("x", x.clone())], params).group("b", [("y", x.clone())], params)),
        "variable `y` of group `b` is also `x` of group `a`, but it would be updated twice: leave it out of one of \
         the two places"
    );
    let again = Var::from_tensor(x.as_tensor()).unwrap();
    assert!(message(Sgd::builder().group("a", [("x", x), ("y", again)], params)).contains("updated twice"));
    let whole = Var::new(&[1u32], &Device::Cpu).unwrap();
    assert_eq!(
        message(Sgd::builder().group("a", [("n", whole)], params)),
        "the dtype of variable `n` of group `a` is u32, but only f16, bf16, f32 and f64 can be updated: convert it, \
         or leave it out"
    );
    let empty = Var::zeros((0, 2), DType::F32, &Device::Cpu).unwrap();
    assert_eq!(
        message(Sgd::builder().group("a", [("e", empty)], params)),
        "the shape of variable `e` of group `a` is [0, 2], but a variable needs at least one element: leave it out"
    );
}

#[test]
fn wrong_hyperparameters_are_refused_when_built_and_when_set() {
    let x = var(&[1.0]);
    let at_least_0 = [-1.0, -f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let share = [-0.1, 1.0, 1.5, f64::NAN, f64::INFINITY];
    for (name, wrong) in [
        ("lr", at_least_0),
        ("weight_decay", at_least_0),
        ("eps", at_least_0),
        ("betas[0]", share),
        ("betas[1]", share),
    ] {
        for value in wrong {
            let mut params = AdamWParams::default();
            match name {
                "lr" => params.lr = value,
                "weight_decay" => params.weight_decay = value,
                "eps" => params.eps = value,
                "betas[0]" => params.beta1 = value,
                _ => params.beta2 = value,
            }
            let built = AdamW::builder().group("all", [("x", x.clone())], params).build();
            let built = built.unwrap_err().to_string();
            assert!(
                built.starts_with(&format!("`{name}` of group `all` is {value}, but it must be ")),
                "{built}"
            );

            let mut optimizer = adamw(&[("x", &x)]);
            let before = state_bits(&optimizer.state().unwrap());
            let set = optimizer.set(0, &field(name), value).unwrap_err();
            assert!(set.starts_with(&format!("it is {value}, but it must be ")), "{set}");
            assert_eq!(state_bits(&optimizer.state().unwrap()), before);
        }
    }
    let mut optimizer = sgd(&[("x", &x)], 0.9);
    for name in ["lr", "weight_decay", "momentum"] {
        for value in at_least_0 {
            assert!(optimizer.set(0, &field(name), value).is_err(), "{name} {value}");
        }
        for value in [0.0, f64::MIN_POSITIVE, 1.0, f64::MAX] {
            optimizer.set(0, &field(name), value).unwrap();
            assert_eq!(optimizer.get(0, &field(name)).map(f64::to_bits), Some(value.to_bits()));
        }
    }
    let params = SgdParams { nesterov: true, ..SgdParams::default() };
    assert_eq!(
        Sgd::builder().group("all", [("x", x)], params).build().unwrap_err().to_string(),
        "`momentum` of group `all` is 0, but `nesterov` needs one above 0: give a momentum such as 0.9, or leave \
         `nesterov` out"
    );
}

#[test]
fn fields_that_are_not_there() {
    let x = var(&[1.0]);
    let mut optimizer = adamw(&[("x", &x)]);
    assert_eq!(optimizer.fields(0), ["lr", "weight_decay", "eps", "betas[0]", "betas[1]"]);
    assert_eq!(optimizer.fields(1), [""; 0]);
    for name in ["momentum", "betas", "betas[2]", "lr[0]"] {
        assert_eq!(optimizer.get(0, &field(name)), None);
        let reason = optimizer.set(0, &field(name), 0.5).unwrap_err();
        assert_eq!(
            reason,
            format!("there is no `{name}`: the group has lr, weight_decay, eps, betas[0], betas[1]")
        );
    }
    assert_eq!((optimizer.get(1, &field("lr")), optimizer.group_name(1)), (None, None));
    let reason = optimizer.set(1, &field("lr"), 0.5).unwrap_err();
    assert_eq!(reason, "there is no group 1: the optimizer has 1, counted from 0");
    assert_eq!(sgd(&[("x", &x)], 0.0).fields(0), ["lr", "weight_decay", "momentum"]);
}

#[test]
fn a_refused_value_changes_no_group() {
    let (x, y) = (var(&[1.0]), var(&[2.0]));
    let mut optimizer = AdamW::builder()
        .group("one", [("x", x)], AdamWParams::default())
        .group("two", [("y", y)], AdamWParams { beta1: 0.8, ..AdamWParams::default() })
        .build()
        .unwrap();
    // 0.9 * 1.2 is above 1, 0.8 * 1.2 is not.
    let plan = Plan::builder().then(linear().from(lehr::times(1.2)).to(absolute(0.5)));
    let plan = plan.resolve(&Horizon::updates(10).unwrap()).unwrap();
    let before = state_bits(&optimizer.state().unwrap());
    let error = Scheduler::builder().field("betas[0]", plan).attach(&mut optimizer).unwrap_err().to_string();
    assert!(
        error.starts_with("the optimizer refused `betas[0]` of group 0 (`one`): it is 1.08, but "),
        "{error}"
    );
    assert_eq!(state_bits(&optimizer.state().unwrap()), before);
}

#[test]
fn wrong_losses_and_gradients() {
    let (x, y) = (var(&[1.0, 2.0]), var(&[3.0, 4.0]));
    let mut optimizer = sgd(&[("x", &x)], 0.0);
    let message = |result: Result<(), Error>| result.unwrap_err().to_string();
    assert_eq!(
        message(optimizer.backward(&x.sqr().unwrap())),
        "the shape of the loss is [2], but it must be one number: reduce it, with `mean_all` or `sum_all`"
    );
    assert_eq!(
        message(optimizer.backward_step(&y.sum_all().unwrap())),
        "the loss is independent of every variable of the optimizer, but it must come from at least one: compute it \
         from the variables that were given to the groups, without `detach`"
    );
    let mut gradients = x.sum_all().unwrap().backward().unwrap();
    gradients.insert(&x, Tensor::new(&[1.0f64], &Device::Cpu).unwrap());
    assert_eq!(
        message(optimizer.accumulate(&gradients)),
        "the shape of the gradient of `x` is [1], but the variable's is [2]: compute the gradient from the variable \
         itself"
    );
    gradients.insert(&x, Tensor::new(&[1.0f32, 1.0], &Device::Cpu).unwrap());
    assert!(
        message(optimizer.accumulate(&gradients))
            .starts_with("the dtype of the gradient of `x` is f32, but ")
    );
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [1.0, 2.0], "no gradient has been kept");
}

/// An optimizer with moments, and its state.
fn trained() -> (Var, AdamW, HashMap<String, Tensor>) {
    let x = var(&[1.0, 2.0]);
    let mut optimizer = adamw(&[("x", &x)]);
    optimizer.backward_step(&x.sqr().unwrap().sum_all().unwrap()).unwrap();
    let state = optimizer.state().unwrap();
    (x, optimizer, state)
}

#[test]
fn a_state_that_differs_changes_nothing() {
    let scalar = |value: f64| Tensor::new(value, &Device::Cpu).unwrap();
    let count = |value: i64| Tensor::new(value, &Device::Cpu).unwrap();
    let cases: [(&str, Option<Tensor>, &str); 14] = [
        ("group.all.lr", None, "`group.all.lr` is missing"),
        ("variable.x.exp_avg", None, "`variable.x.exp_avg` is missing"),
        ("variable.x.step", None, "`variable.x.step` is missing"),
        ("adamw.version", None, "`adamw.version` is missing"),
        ("variable.q.step", Some(count(1)), "`variable.q.step` is not expected"),
        (
            "variable.x.step",
            Some(count(0)),
            "`variable.x.exp_avg` is not expected; `variable.x.exp_avg_sq` is not expected",
        ),
        ("variable.x.step", Some(count(-1)), "`variable.x.step` is -1, but it must be at least 0"),
        ("variable.x.step", Some(scalar(1.0)), "`variable.x.step` has the dtype f64, but here it is i64"),
        (
            "variable.x.exp_avg",
            Some(Tensor::new(&[1.0f32], &Device::Cpu).unwrap()),
            "`variable.x.exp_avg` has the shape [1], but here it is [2]; `variable.x.exp_avg` has the dtype f32, but \
             here it is f64",
        ),
        (
            "group.all.lr",
            Some(scalar(f64::NAN)),
            "`group.all.lr` is NaN, but it must be finite and at least 0 (the default is 0.001)",
        ),
        (
            "group.all.betas[1]",
            Some(scalar(1.0)),
            "`group.all.betas[1]` is 1, but it must be at least 0 and less than 1 (the default is 0.999)",
        ),
        (
            "group.all.eps",
            Some(Tensor::new(&[1.0f64], &Device::Cpu).unwrap()),
            "`group.all.eps` has the shape [1], but here it is []",
        ),
        (
            "adamw.version",
            Some(count(2)),
            "it has version 2, but this lehr-candle reads up to version 1: read it with the one that wrote it, or a \
             later one",
        ),
        ("adamw.version", Some(count(0)), "it has version 0, but "),
    ];
    for (key, replacement, expected) in cases {
        let (x, mut optimizer, mut state) = trained();
        optimizer.backward(&x.sum_all().unwrap()).unwrap();
        optimizer.set(0, &field("lr"), 0.25).unwrap();
        let before = state_bits(&optimizer.state().unwrap());
        match replacement {
            Some(tensor) => drop(state.insert(key.to_owned(), tensor)),
            None => drop(state.remove(key).unwrap()),
        }
        let error = optimizer.load_state(&state).unwrap_err();
        assert!(matches!(error, Error::State { .. }));
        let message = error.to_string();
        let differences = message.strip_prefix("the saved state is not of this optimizer: ").unwrap();
        assert!(
            differences == expected || expected.ends_with("but ") && differences.starts_with(expected),
            "{message}"
        );
        assert_eq!(state_bits(&optimizer.state().unwrap()), before, "{expected}");
        // The gradient is still there too.
        let values = x.to_vec1::<f64>().unwrap();
        optimizer.step().unwrap();
        assert_ne!(x.to_vec1::<f64>().unwrap(), values);
    }
}

#[test]
fn a_state_of_another_optimizer() {
    let (x, _, state) = trained();
    let mut other = sgd(&[("x", &x)], 0.9);
    assert_eq!(
        other.load_state(&state).unwrap_err().to_string(),
        "the saved state is not of this optimizer: `sgd.version` is missing; it has `adamw.version`"
    );
    let mut wrong_switch = other.state().unwrap();
    wrong_switch.insert("group.all.nesterov".to_owned(), Tensor::new(0.5f64, &Device::Cpu).unwrap());
    assert_eq!(
        other.load_state(&wrong_switch).unwrap_err().to_string(),
        "the saved state is not of this optimizer: `group.all.nesterov` is 0.5, but it must be 0 or 1"
    );
}

#[test]
fn a_loaded_state_is_nobody_elses() {
    let (_, mut optimizer, mut state) = trained();
    let shared = Var::from_tensor(&state["variable.x.exp_avg"]).unwrap();
    state.insert("variable.x.exp_avg".to_owned(), shared.as_tensor().clone());
    optimizer.load_state(&state).unwrap();
    let before = state_bits(&optimizer.state().unwrap());
    shared.set(&shared.zeros_like().unwrap()).unwrap();
    assert_eq!(state_bits(&optimizer.state().unwrap()), before);
}

#[test]
fn names_with_dots_do_not_collide() {
    let (x, y) = (var(&[1.0]), var(&[2.0]));
    let params = SgdParams { momentum: 0.9, ..SgdParams::default() };
    let mut optimizer = Sgd::builder()
        .group("a", [("x", x.clone())], params)
        .group("a.lr", [("x.step", y.clone())], SgdParams { lr: 0.5, ..params })
        .build()
        .unwrap();
    optimizer.backward_step(&x.add(&y).unwrap().sum_all().unwrap()).unwrap();
    let state = optimizer.state().unwrap();
    assert_eq!(state.len(), 1 + 2 * 4 + 2 * 2);
    optimizer.load_state(&state).unwrap();
    assert_eq!(state_bits(&optimizer.state().unwrap()), state_bits(&state));
}

#[test]
fn files_that_cannot_be_written_or_read() {
    let folder = tempfile::tempdir().unwrap();
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (_, mut optimizer, _) = trained();
    let before = state_bits(&optimizer.state().unwrap());

    let good = folder.path().join("good");
    optimizer.save(&good).unwrap();
    let bytes = std::fs::read(&good).unwrap();
    optimizer.save(&good).unwrap();
    assert_eq!(std::fs::read(&good).unwrap(), bytes, "the same state is the same file");
    assert_eq!(names(), ["good"], "nothing is left beside it");

    let error = optimizer.save(folder.path().join("nowhere").join("file")).unwrap_err();
    assert!(error.to_string().starts_with("cannot write `"), "{error}");
    let occupied = folder.path().join("occupied");
    std::fs::create_dir(&occupied).unwrap();
    assert!(matches!(optimizer.save(&occupied).unwrap_err(), Error::File { action: "write", .. }));
    assert_eq!(names(), ["good", "occupied"]);

    for (name, bytes) in
        [("empty", &[][..]), ("torn", &bytes[..bytes.len() - 1]), ("noise", &[255u8; 64][..])]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let error = optimizer.load(&path).unwrap_err();
        assert!(matches!(error, Error::File { action: "read", .. }), "{name}: {error}");
    }
    let error = optimizer.load(folder.path().join("missing")).unwrap_err();
    assert!(
        matches!(&error, Error::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound),
        "{error}"
    );
    assert_eq!(state_bits(&optimizer.state().unwrap()), before);
}
