//! Gradients that add up, dtypes, and graphs that do not grow.

mod common;

use candle_core::{DType, Device, Tensor, Var};
use common::{adamw, sgd, var};

#[test]
fn a_step_keeps_the_gradients_until_they_are_cleared() {
    let x = var(&[1.0]);
    let mut optimizer = sgd(&[("x", &x)], 0.0);
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [1.0], "there is no gradient yet");
    optimizer.backward(&x.sum_all().unwrap()).unwrap();
    optimizer.step().unwrap();
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [1.0 - 0.1 - 0.1]);
    optimizer.zero_grad();
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [1.0 - 0.1 - 0.1]);
}

#[test]
fn a_step_uses_the_values_that_were_set_last() {
    use lehr::ParamGroups;
    let x = var(&[1.0]);
    let mut optimizer = sgd(&[("x", &x)], 0.0);
    optimizer.backward(&x.sum_all().unwrap()).unwrap();
    optimizer.set(0, &"lr".parse().unwrap(), 0.25).unwrap();
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [0.75]);
}

/// What Candle hands out as a gradient holds on to the forward pass, and a value computed from a variable to the
/// variable; neither may stay.
#[test]
fn no_graph_grows() {
    let (x, y) = (var(&[1.0, 2.0]), var(&[3.0, 4.0]));
    let mut sgd = sgd(&[("x", &x)], 0.9);
    let mut adamw = adamw(&[("y", &y)]);
    let mut sizes = Vec::new();
    for _ in 0..5 {
        for _ in 0..2 {
            let loss = x.mul(&y).unwrap().sum_all().unwrap();
            sizes.push(loss.sorted_nodes().len());
            let gradients = loss.backward().unwrap();
            sgd.accumulate(&gradients).unwrap();
            adamw.accumulate(&gradients).unwrap();
        }
        sgd.step().unwrap();
        sgd.zero_grad();
        adamw.step().unwrap();
        adamw.zero_grad();
        for (key, tensor) in sgd.state().unwrap().into_iter().chain(adamw.state().unwrap()) {
            assert!(tensor.sorted_nodes().is_empty(), "{key}");
        }
    }
    assert_eq!(sizes, [sizes[0]; 10]);
}

/// A gradient that is the variable itself: neither the sum nor the first momentum buffer may change with it.
#[test]
fn a_gradient_may_be_a_view_of_a_variable() {
    let x = var(&[1.0]);
    let mut optimizer = sgd(&[("x", &x)], 0.5);
    let mut gradients = x.sum_all().unwrap().backward().unwrap();
    gradients.insert(&x, x.as_detached_tensor());
    optimizer.accumulate(&gradients).unwrap();
    optimizer.step().unwrap();
    assert_eq!(x.to_vec1::<f64>().unwrap(), [0.9]);
    assert_eq!(optimizer.state().unwrap()["variable.x.momentum_buffer"].to_vec1::<f64>().unwrap(), [1.0]);
}

#[test]
fn half_precision_is_updated_in_f32() {
    for dtype in [DType::BF16, DType::F16] {
        let start = Tensor::new(&[1f32, -2.0, 0.5], &Device::Cpu).unwrap();
        let half = Var::from_tensor(&start.to_dtype(dtype).unwrap()).unwrap();
        let mut optimizer = adamw(&[("x", &half)]);
        for n in 0..20u8 {
            // The same update of the rounded value in f32, by an optimizer that starts from the same state.
            let single = Var::from_tensor(&half.as_detached_tensor().to_dtype(DType::F32).unwrap()).unwrap();
            let mut reference = adamw(&[("x", &single)]);
            reference.load_state(&optimizer.state().unwrap()).unwrap();

            let factor = Tensor::new(&[f32::from(n), 1.0, -0.5], &Device::Cpu).unwrap();
            let loss = half.mul(&factor.to_dtype(dtype).unwrap()).unwrap().sum_all().unwrap();
            optimizer.backward_step(&loss).unwrap();
            reference.backward_step(&single.mul(&factor).unwrap().sum_all().unwrap()).unwrap();

            assert_eq!(half.dtype(), dtype);
            let expected = single.as_detached_tensor().to_dtype(dtype).unwrap();
            assert_eq!(common::bits(&half), common::bits(&expected), "{dtype:?} {n}");
            let state = optimizer.state().unwrap();
            assert_eq!(state["variable.x.exp_avg_sq"].dtype(), DType::F32);
            assert_eq!(common::state_bits(&state), common::state_bits(&reference.state().unwrap()));
        }
    }
}

#[test]
fn gradients_of_a_transposed_variable() {
    // The gradient of a transposed matrix is not contiguous.
    let x = Var::new(&[[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]], &Device::Cpu).unwrap();
    let factor = Tensor::new(&[[1f32, 2.0], [3.0, 4.0], [5.0, 6.0]], &Device::Cpu).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let mut optimizer = sgd(&[("x", &x)], 0.5);
    for _ in 0..3 {
        let loss = x.t().unwrap().mul(&factor).unwrap().sum_all().unwrap();
        optimizer.backward(&loss).unwrap();
        optimizer.backward_step(&loss).unwrap();
        optimizer.save(&file).unwrap();
        optimizer.load(&file).unwrap();
    }
    // 2 g (1 + 1.5 + 1.75) 0.1
    let expected = [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]];
    for (row, (found, expected)) in x.to_vec2::<f32>().unwrap().into_iter().zip(expected).enumerate() {
        for (column, (found, gradient)) in found.into_iter().zip(expected).enumerate() {
            let start = (row * 3 + column + 1) as f32;
            assert!((found - (start - 0.85 * gradient)).abs() < 1e-5, "{found} {start} {gradient}");
        }
    }
}

#[test]
fn non_finite_gradients_are_found() {
    for dtype in [DType::F32, DType::F64, DType::BF16] {
        for (factor, finite) in [(1.0, true), (3e38, true), (f64::NAN, false), (f64::INFINITY, false)] {
            let x = Var::ones(3, dtype, &Device::Cpu).unwrap();
            let y = Var::ones(3, dtype, &Device::Cpu).unwrap();
            let mut optimizer = sgd(&[("x", &x), ("y", &y)], 0.0);
            assert!(optimizer.gradients_are_finite().unwrap());
            let factor = Tensor::new(&[1.0, factor, 1.0], &Device::Cpu).unwrap().to_dtype(dtype).unwrap();
            let loss = (x.sum_all().unwrap() + y.mul(&factor).unwrap().sum_all().unwrap()).unwrap();
            optimizer.backward(&loss).unwrap();
            assert_eq!(optimizer.gradients_are_finite().unwrap(), finite, "{dtype:?}");
            optimizer.zero_grad();
            assert!(optimizer.gradients_are_finite().unwrap());
        }
    }
}

#[test]
fn an_optimizer_can_be_sent_to_another_thread() {
    fn sent<T: Send + Sync>(value: T) -> T {
        value
    }
    let x = var(&[1.0]);
    let optimizer = sent(adamw(&[("x", &x)]));
    assert!(format!("{optimizer:?}").contains("exp") || optimizer.params("all").is_some());
    assert_eq!(optimizer.params("none"), None);
}
