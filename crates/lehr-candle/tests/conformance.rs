//! Both optimizers pass what every adapter passes. Their groups are fixed when they are built.

#![allow(clippy::unwrap_used)]

use candle_core::{DType, Device, Var};
use lehr_candle::{AdamW, AdamWParams, Sgd, SgdParams};

fn var(name: &str) -> [(&str, Var); 1] {
    [(name, Var::zeros(3, DType::F32, &Device::Cpu).unwrap())]
}

#[test]
fn adamw_conforms() {
    lehr_conformance::conforms(|| {
        AdamW::builder()
            .group("weights", var("weight"), AdamWParams::default())
            .group(
                "biases",
                var("bias"),
                AdamWParams { lr: 0.2, weight_decay: 0.0, ..AdamWParams::default() },
            )
            .build()
            .unwrap()
    });
}

#[test]
fn sgd_conforms() {
    lehr_conformance::conforms(|| {
        Sgd::builder()
            .group("weights", var("weight"), SgdParams { momentum: 0.9, ..SgdParams::default() })
            .group("biases", var("bias"), SgdParams { lr: 0.2, ..SgdParams::default() })
            .build()
            .unwrap()
    });
}
