//! What several tests need.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor, Var};
use lehr_candle::{AdamW, AdamWParams, Algorithm, Optimizer, Sgd, SgdParams};

/// A variable of these numbers.
pub(crate) fn var(numbers: &[f64]) -> Var {
    Var::new(numbers, &Device::Cpu).unwrap()
}

/// A tensor's shape, dtype and bits. Every dtype that is used here fits f64 without loss.
pub(crate) fn bits(tensor: &Tensor) -> (Vec<usize>, DType, Vec<u64>) {
    let flat = tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap();
    (tensor.dims().to_vec(), tensor.dtype(), flat.into_iter().map(f64::to_bits).collect())
}

/// A state that can be compared.
pub(crate) fn state_bits(state: &HashMap<String, Tensor>) -> BTreeMap<String, (Vec<usize>, DType, Vec<u64>)> {
    state.iter().map(|(key, tensor)| (key.clone(), bits(tensor))).collect()
}

pub(crate) fn adamw(vars: &[(&str, &Var)]) -> AdamW {
    one_group(vars, AdamWParams::default())
}

pub(crate) fn sgd(vars: &[(&str, &Var)], momentum: f64) -> Sgd {
    one_group(vars, SgdParams { lr: 0.1, momentum, ..SgdParams::default() })
}

pub(crate) fn one_group<A: Algorithm>(vars: &[(&str, &Var)], params: A) -> Optimizer<A> {
    let vars = vars.iter().map(|(name, var)| (*name, (*var).clone()));
    Optimizer::builder().group("all", vars, params).build().unwrap()
}
