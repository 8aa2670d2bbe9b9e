//! Burn's own learner under a schedule: one device, two devices, stopped and resumed.

#![allow(clippy::unwrap_used)]

#[path = "../examples/digits/network.rs"]
mod network;
#[path = "../examples/digits/recorded.rs"]
mod recorded;
#[path = "../examples/digits/run.rs"]
mod run;

use burn::nn::Linear;
use burn::tensor::Device;
use burn::train::{ExecutionStrategy, MultiDeviceOptim};
use lehr::MemoryGroups;
use lehr_digits::{GROUPS, Handed, LR, WEIGHT_DECAY};

use network::Network;
use recorded::Log;
use run::{Run, train};

fn one_device() -> ExecutionStrategy {
    ExecutionStrategy::single(Device::flex().autodiff())
}

fn two_devices(optim: MultiDeviceOptim) -> ExecutionStrategy {
    ExecutionStrategy::multi(vec![Device::flex().autodiff(); 2], optim)
}

/// What the core's own scheduler writes on this horizon.
fn planned(run: &Run, strategy: &ExecutionStrategy) -> Handed {
    let horizon = run.length().horizon(strategy).unwrap();
    let group = |groups: MemoryGroups, index: usize| {
        groups.group(GROUPS[index], [("lr", LR), ("weight_decay", WEIGHT_DECAY[index])])
    };
    let mut groups = group(group(MemoryGroups::new(), 0), 1);
    let mut schedule = lehr_digits::spec_for(horizon).unwrap().scheduler().attach(&mut groups).unwrap();
    let mut handed = Handed::default();
    for _ in 0..horizon.total().unwrap() {
        handed.record(&groups).unwrap();
        schedule.step(&mut groups).unwrap();
    }
    handed
}

/// All weights and biases.
fn parameters(network: &Network) -> [Vec<f32>; 4] {
    let bias = |layer: &Linear| layer.bias.as_ref().unwrap().val().into_data().try_to_vec::<f32>().unwrap();
    let weight = |layer: &Linear| layer.weight.val().into_data().try_to_vec::<f32>().unwrap();
    let Network { hidden, out } = network;
    [weight(hidden), bias(hidden), weight(out), bias(out)]
}

#[test]
fn a_run_stopped_and_resumed_is_the_same_run() {
    // Burn's loader shuffles anew from its seed when a run goes on, so the order is fixed here.
    let mut run = Run { epochs: 6, stop: 6, shuffle: None, ..Run::new().unwrap() };
    let (whole, parts) = (Log::default(), Log::default());
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let expected = train(&run, one_device(), folders[0].path(), None, &whole).unwrap();
    run.stop = 2;
    train(&run, one_device(), folders[1].path(), None, &parts).unwrap();
    assert_eq!(parts.handed().len(), 2 * 46);
    run.stop = 6;
    let resumed = train(&run, one_device(), folders[1].path(), Some(2), &parts).unwrap();
    assert_eq!(parameters(&resumed), parameters(&expected));
    assert_eq!(parts.handed(), whole.handed());
    assert_eq!(whole.handed(), planned(&run, &one_device()));
}

#[test]
fn a_run_on_two_devices_ends_where_the_plan_ends() {
    for optim in [MultiDeviceOptim::OptimMainDevice, MultiDeviceOptim::OptimSharded] {
        let run = Run { epochs: 5, stop: 5, ..Run::new().unwrap() };
        let (log, folder) = (Log::default(), tempfile::tempdir().unwrap());
        let trained = train(&run, two_devices(optim), folder.path(), None, &log).unwrap();
        // 721 images for each device: 23 updates an epoch where one device makes 46.
        assert_eq!(log.handed().len(), 5 * 23, "{optim:?}");
        assert_eq!(log.handed(), planned(&run, &two_devices(optim)), "{optim:?}");
        let accuracy = trained.accuracy(&run.digits.test);
        assert!(accuracy > 0.9, "{accuracy} after 5 epochs");
    }
}
