//! Saving, averaging and clipping: what they refuse, and that nothing is then changed.

#![allow(clippy::unwrap_used)]

mod common;

use candle_core::{DType, Device, Tensor, Var};
use common::{bits, sgd, var};
use lehr_candle::{Average, Error, Variables};

fn said<T>(outcome: Result<T, Error>) -> String {
    outcome.err().unwrap().to_string()
}

#[test]
fn a_file_of_another_model_is_refused_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    let wide = Var::zeros((2, 3), DType::F64, &Device::Cpu).unwrap();
    Variables::new([("a", var(&[1.0, 2.0])), ("b", wide.clone()), ("c", var(&[3.0]))]).save(&file).unwrap();

    let single = Var::zeros(1, DType::F32, &Device::Cpu).unwrap();
    let own = [("a", var(&[7.0, 8.0])), ("b", var(&[9.0])), ("c", single), ("d", var(&[0.0]))];
    let before: Vec<_> = own.iter().map(|(_, var)| bits(var)).collect();
    assert_eq!(
        said(Variables::new(own.clone()).load(&file)),
        "the saved state is not of this optimizer: `b` is f64 of [2, 3], but here it is f64 of [1]; `c` is f64 of [1], \
         but here it is f32 of [1]; `d` is missing"
    );
    assert_eq!(own.iter().map(|(_, var)| bits(var)).collect::<Vec<_>>(), before);
    let said_fewer = said(Variables::new([("a", var(&[7.0, 8.0]))]).load(&file));
    assert!(said_fewer.ends_with("`b` is not expected; `c` is not expected"), "{said_fewer}");

    std::fs::write(&file, "no tensors").unwrap();
    assert!(said(Variables::new(own.clone()).load(&file)).contains("cannot read"));
    let twice = Variables::new([("a", var(&[1.0])), ("a", var(&[2.0]))]);
    assert!(said(twice.save(&file)).contains("give each its own"));
    assert_eq!(std::fs::read(&file).unwrap(), b"no tensors");
}

#[test]
fn an_average_is_saved_whole_or_empty() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("average.safetensors");
    let weight = var(&[1.0, 2.0]);
    let named = || Variables::new([("weight", weight.clone())]);
    let mut average = Average::new(named());
    average.save(&file).unwrap();
    let mut empty = Average::new(named());
    empty.load(&file).unwrap();
    empty.swap().unwrap();
    assert_eq!(weight.to_vec1::<f64>().unwrap(), [1.0, 2.0], "an empty average is not swapped in");

    average.update(0.9).unwrap();
    weight.set(&Tensor::new(&[3.0f64, 6.0], &Device::Cpu).unwrap()).unwrap();
    average.update(0.5).unwrap();
    average.save(&file).unwrap();
    empty.load(&file).unwrap();
    empty.swap().unwrap();
    assert_eq!(weight.to_vec1::<f64>().unwrap(), [2.0, 4.0]);
    for decay in [-0.1, 1.1, f64::NAN] {
        assert!(said(empty.update(decay)).contains("it must be from 0 to 1"));
    }
    assert!(
        said(Average::new(Variables::new([("other", var(&[1.0]))])).load(&file))
            .contains("`other` is missing")
    );
}

#[test]
fn clipping_leaves_small_gradients_and_broken_ones_alone() {
    let step = |gradient: [f64; 2], clip: &dyn Fn(&mut lehr_candle::Sgd)| {
        let x = var(&[0.0, 0.0]);
        let mut optimizer = sgd(&[("x", &x)], 0.0);
        let direction = Tensor::new(&gradient, &Device::Cpu).unwrap();
        optimizer.backward(&x.mul(&direction).unwrap().sum_all().unwrap()).unwrap();
        clip(&mut optimizer);
        optimizer.step().unwrap();
        // The learning rate is 0.1, which rounds.
        let used = x.to_vec1::<f64>().unwrap().into_iter().map(|value| (value * -1e13).round() / 1e12);
        used.collect::<Vec<_>>()
    };
    let norm = |max: f64, norm: f64| {
        move |optimizer: &mut lehr_candle::Sgd| {
            let found = optimizer.clip_gradient_norm(max).unwrap();
            assert!(found == norm || (found.is_nan() && norm.is_nan()), "{found}");
        }
    };
    assert_eq!(step([3.0, -4.0], &norm(5.0, 5.0)), [3.0, -4.0]);
    assert_eq!(step([3.0, -4.0], &norm(2.5, 5.0)), [1.5, -2.0]);
    assert_eq!(step([f64::INFINITY, 1.0], &norm(1.0, f64::INFINITY)), [f64::INFINITY, 1.0]);
    assert!(step([f64::NAN, 1.0], &norm(1.0, f64::NAN))[0].is_nan());
    assert_eq!(step([3.0, -4.0], &|optimizer| optimizer.clip_gradient_value(3.5).unwrap()), [3.0, -3.5]);

    let x = var(&[1.0]);
    let mut optimizer = sgd(&[("x", &x)], 0.0);
    assert_eq!(optimizer.clip_gradient_norm(1.0).unwrap(), 0.0, "without gradients the norm is 0");
    for max in [0.0, -1.0, f64::NAN] {
        assert!(said(optimizer.clip_gradient_norm(max)).contains("it must be above 0"));
        assert!(said(optimizer.clip_gradient_value(max)).contains("it must be above 0"));
    }
}
