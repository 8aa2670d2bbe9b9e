//! Optimizers with named parameter groups for Candle, which has none, and the schedules of [`lehr`] on them.
//!
//! - [`AdamW`] and [`Sgd`] are an [`Optimizer`] over groups; each group has a name, named variables, and
//!   hyperparameters of its own ([`AdamWParams`], [`SgdParams`]). The update rules are torch's, compared with it at
//!   every update: values, moments and counts, to 1e-14 in f64.
//! - Every hyperparameter is an f64 that can be read and changed between updates, through [`lehr::ParamGroups`]. That
//!   is all that a scheduler needs.
//! - Gradients add up, as in torch: [`backward`](Optimizer::backward), [`step`](Optimizer::step),
//!   [`zero_grad`](Optimizer::zero_grad).
//! - The whole state can be saved and loaded: [`save`](Optimizer::save), [`load`](Optimizer::load). Training goes on
//!   to the same bits as if it had never stopped.
//! - Gradients are clipped by norm or by value: [`clip_gradient_norm`](Optimizer::clip_gradient_norm),
//!   [`clip_gradient_value`](Optimizer::clip_gradient_value).
//! - [`Variables`] saves a model, [`Average`] keeps a moving average of it.
//!
//! # Example
//!
//! A straight line through points, with a learning rate that warms up and decays in both groups, and a weight decay
//! that fades on the weight alone:
//!
//! ```
//! use candle_core::{Device, Tensor, Var};
//! use lehr::{Horizon, Plan, Scheduler, Selection, absolute, cosine, linear, rest, times, updates};
//! use lehr_candle::{AdamW, AdamWParams};
//!
//! // y = 3 x - 1
//! let x = Tensor::new(&[[-1f32], [0.0], [1.0], [2.0]], &Device::Cpu)?;
//! let y = Tensor::new(&[[-4f32], [-1.0], [2.0], [5.0]], &Device::Cpu)?;
//! let weight = Var::new(&[[0f32]], &Device::Cpu)?;
//! let bias = Var::new(&[0f32], &Device::Cpu)?;
//!
//! let params = AdamWParams { lr: 0.1, ..AdamWParams::default() };
//! let mut optimizer = AdamW::builder()
//!     .group("weights", [("weight", weight.clone())], params)
//!     .group("biases", [("bias", bias.clone())], AdamWParams { lr: 0.2, weight_decay: 0.0, ..params })
//!     .build()?;
//!
//! let horizon = Horizon::updates(300)?;
//! let lr = Plan::builder()
//!     .then(linear().from(times(0.1)).over(updates(20)))
//!     .then(cosine().to(absolute(0.0)).over(rest()))
//!     .resolve(&horizon)?;
//! let weight_decay = Plan::builder().then(cosine().to(times(0.0))).resolve(&horizon)?;
//! let mut schedule = Scheduler::builder()
//!     .field("lr", lr)
//!     .field_on("weight_decay", Selection::names(["weights"]), weight_decay)
//!     .attach(&mut optimizer)?;
//!
//! for _ in 0..300 {
//!     let predicted = x.matmul(&weight)?.broadcast_add(&bias)?;
//!     let loss = (predicted - &y)?.sqr()?.mean_all()?;
//!     optimizer.backward_step(&loss)?;
//!     schedule.step(&mut optimizer)?;
//! }
//! assert!((weight.flatten_all()?.to_vec1::<f32>()?[0] - 3.0).abs() < 1e-2);
//! assert!((bias.to_vec1::<f32>()?[0] + 1.0).abs() < 1e-2);
//! assert_eq!(optimizer.params("biases").map(|params| params.lr), Some(0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adamw;
mod algorithm;
mod average;
mod clip;
mod error;
mod file;
mod groups;
mod hyperparameter;
mod optimizer;
mod sgd;
mod state;
mod variables;

pub use adamw::{AdamW, AdamWParams};
pub use algorithm::Algorithm;
pub use average::Average;
pub use error::Error;
pub use groups::OptimizerBuilder;
pub use optimizer::Optimizer;
pub use sgd::{Sgd, SgdParams};
pub use variables::Variables;

/// The start page's Rust is a test like any other.
#[cfg(doctest)]
#[doc = "```"]
#[doc = "use candle_core::{DType, Device, Tensor, Var};"]
#[doc = "use lehr::{Horizon, Plan, Scheduler, cosine, fraction, linear, times};"]
#[doc = "use lehr_candle::{AdamW, AdamWParams};"]
#[doc = "let weight = Var::ones((8, 1), DType::F32, &Device::Cpu)?;"]
#[doc = "let variables = [(\"weight\", weight.clone())];"]
#[doc = "let batches = vec![Tensor::ones((4, 8), DType::F32, &Device::Cpu)?; 1000];"]
#[doc = include_str!("../../../docs/same/candle.rs")]
#[doc = "assert_eq!(optimizer.params(\"all\").map(|params| params.lr), Some(0.1 * 3e-4));"]
#[doc = "# Ok::<(), Box<dyn std::error::Error>>(())"]
#[doc = "```"]
struct StartPage;
