//! Every kind of schedule that a peer has, as a plan, against the peers' own values (`tools/golden/peers.py`).

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use lehr::control::{Controller, Plateau};
use lehr::{Horizon, MemoryGroups, Plan, Scheduler, Spec, StatefulScheduler, StatelessScheduler, rule};

struct Row {
    row: u32,
    peer: String,
    schedule: String,
    plan: String,
    updates: u64,
    base: f64,
    n: u64,
    value: f64,
    ulp: u64,
    absolute: f64,
}

type Columns = (u32, String, String, String, u64, f64, u64, f64, u64, f64);

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_bytes!("golden/peers.csv");
    let rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]).into_deserialize();
    rows.map(|row: Result<Columns, _>| {
        let (row, peer, schedule, plan, updates, base, n, value, ulp, absolute) = row.unwrap();
        Row { row, peer, schedule, plan, updates, base, n, value, ulp, absolute }
    })
    .collect()
});

fn plan(text: &str, updates: u64) -> Plan {
    let spec: Spec = text.parse().unwrap_or_else(|error| panic!("{error}"));
    spec.resolve(&Horizon::updates(updates).unwrap()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Ulps between two numbers of one sign.
fn ulps(a: f64, b: f64) -> u64 {
    if a == b { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
}

/// Compares every value of a row of the list of shapes with its plan, and says which peers have it.
fn peers_of(row: u32) -> BTreeSet<&'static str> {
    let mut plans: BTreeMap<(&str, u64), Plan> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, String> = BTreeMap::new();
    let mut peers = BTreeSet::new();
    for row in TABLE.iter().filter(|other| other.row == row) {
        let key = (row.plan.as_str(), row.updates);
        let plan = plans.entry(key).or_insert_with(|| plan(&row.plan, row.updates));
        let value = plan.value_at(row.n, row.base);
        let off = ulps(value, row.value);
        if off > row.ulp && (value - row.value).abs() > row.absolute {
            wrong.entry(&row.plan).or_insert_with(|| {
                format!(
                    "{} {}, {}: update {} in a group of {} is {value:e}, not {:e} ({off} ulp)",
                    row.peer, row.schedule, row.plan, row.n, row.base, row.value
                )
            });
        }
        peers.insert(row.peer.as_str());
    }
    assert!(wrong.is_empty(), "{:#?}", wrong.into_values().collect::<Vec<_>>());
    assert!(!peers.is_empty(), "no peer of row {row} is in the table");
    peers
}

/// The values of a plan for the base 1.
fn values<const N: usize>(text: &str, updates: u64, at: [u64; N]) -> [f64; N] {
    let plan = plan(text, updates);
    at.map(|n| plan.value_at(n, 1.0))
}

fn refused(text: &str, updates: u64) -> String {
    let run = Horizon::updates(updates).unwrap();
    text.parse::<Spec>().and_then(|spec| spec.resolve(&run)).unwrap_err().to_string()
}

#[test]
fn row_01_constant() {
    assert!(peers_of(1).is_superset(&["transformers", "optax", "timm"].into()));
    assert_eq!(values("hold", 10, [0, 9, 10, u64::MAX]), [1.0; 4]);
}

#[test]
fn row_02_constant_factor() {
    assert!(peers_of(2).contains("torch"));
    assert_eq!(values("hold(from=0.25x, over=5) -> hold(from=1x)", 9, [0, 4, 5, 9]), [0.25, 0.25, 1.0, 1.0]);
    // torch divides by the factor to come back, so 0 is an error there.
    assert_eq!(values("hold(from=0x, over=5) -> hold(from=1x)", 9, [4, 5]), [0.0, 1.0]);
}

#[test]
fn row_03_linear() {
    assert!(peers_of(3).is_superset(&["torch", "transformers", "optax"].into()));
    // torch cannot start from 0; it holds after N, as here.
    assert_eq!(values("linear(from=0x, over=4) -> hold", 9, [0, 1, 4, 5, 100]), [0.0, 0.25, 1.0, 1.0, 1.0]);
    assert_eq!(values("linear(from=0.5x)", 1, [0, 1, 2]), [0.5, 1.0, 1.0]);
}

#[test]
fn row_04_step() {
    assert!(peers_of(4).is_superset(&["torch", "timm", "optax", "ignite"].into()));
    let text = "repeat(hold(over=3), height=0.5)";
    assert_eq!(values(text, 9, [2, 3, 5, 6, 8]), [1.0, 0.5, 0.5, 0.25, 0.25]);
    assert_eq!(values("repeat(hold(over=3), height=0.5, times=2)", 9, [3, 6, 100]), [0.5, 0.5, 0.5]);
}

#[test]
fn row_05_multi_step() {
    assert!(peers_of(5).is_superset(&["torch", "timm", "optax", "ignite"].into()));
    // The new value is there AT the milestone.
    let text = "hold(over=3) -> hold(from=0.1x, over=3) -> hold(from=0.01x)";
    assert_eq!(values(text, 9, [2, 3, 5, 6, 9]), [1.0, 0.1, 0.1, 0.01, 0.01]);
}

#[test]
fn row_06_piecewise_constant() {
    assert!(peers_of(6).contains("optax"));
    // Keras keeps the old value at the boundary itself: one update more.
    let keras = "hold(from=0.5, over=6) -> hold(from=0.1)";
    let paddle = "hold(from=0.5, over=5) -> hold(from=0.1)";
    assert_eq!((values(keras, 9, [5, 6]), values(paddle, 9, [4, 5])), ([0.5, 0.1], [0.5, 0.1]));
}

#[test]
fn row_07_equal_steps() {
    peers_of(7);
    let text = "repeat(hold, times=3, height=0.5)";
    assert_eq!(values(text, 9, [2, 3, 6, 8, 9, 1000]), [1.0, 0.5, 0.25, 0.25, 0.25, 0.25]);
    // fvcore raises where the run ends; parts need not be whole here.
    assert_eq!(values(text, 10, [3, 4, 6, 7, 10]), [1.0, 0.5, 0.5, 0.25, 0.25]);
}

#[test]
fn row_08_exponential() {
    assert!(peers_of(8).is_superset(&["torch", "optax", "ignite"].into()));
    assert_eq!(values("decay(factor=0.5)", 9, [0, 1, 2, 9, 100]), [1.0, 0.5, 0.25, 1.0 / 512.0, 1.0 / 512.0]);
    let floored = "clamp(hold(over=2) -> decay(factor=0.5), min=0.1x)";
    assert_eq!(values(floored, 20, [1, 2, 3, 5, 6, 20]), [1.0, 1.0, 0.5, 0.125, 0.1, 0.1]);
    assert!(refused("decay(factor=2)", 9).contains("a value that grows has an end, as in geometric"));
}

#[test]
fn row_09_geometric() {
    peers_of(9);
    assert_eq!(values("geometric(from=0.25x, to=4x)", 4, [0, 2, 4, 9]), [0.25, 1.0, 4.0, 4.0]);
    assert!(refused("geometric(to=0x)", 9).contains("are not 0 and have the same sign"));
}

#[test]
fn row_10_natural_exponential() {
    peers_of(10);
    let [start, later] = values("decay(factor=0.36787944117144233, every=10)", 20, [0, 5]);
    assert_eq!(start, 1.0);
    assert!((later - (-0.5_f64).exp()).abs() < 1e-15);
}

#[test]
fn row_11_inverse_time() {
    assert!(peers_of(11).contains("pytorch-accelerated"));
    assert_eq!(values("power_law(exponent=1, rate=3, scale=2)", 9, [0, 2, 6]), [1.0, 0.25, 0.1]);
    // Levanter's reaches its minimum exactly. pytorch-accelerated divides by a minimum of 0, which is an error here.
    assert_eq!(values("harmonic(to=0.25x)", 3, [0, 1, 3, 9]), [1.0, 0.5, 0.25, 0.25]);
    assert!(refused("harmonic(to=0x)", 9).contains("are not 0 and have the same sign"));
}

#[test]
fn row_12_polynomial() {
    assert!(peers_of(12).is_superset(&["torch", "transformers", "optax", "timm"].into()));
    assert_eq!(
        values("polynomial(power=2, to=0x)", 4, [0, 1, 2, 3, 4, 5]),
        [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    );
    assert_eq!(
        values("polynomial(power=2, to=0x, inclusive=true)", 5, [0, 3, 4, 5]),
        [1.0, 0.0625, 0.0, 0.0]
    );
    // transformers computes the end as a share of the optimizer's default lr; an absolute level is one in every group.
    let groups = plan("polynomial(to=1e-7)", 10);
    assert_eq!([1.0, 3e-4].map(|base| groups.value_at(10, base)), [1e-7, 1e-7]);
}

#[test]
fn row_13_square_annealing() {
    peers_of(13);
    assert_eq!(
        values("clamp(polynomial(power=2, to=0), min=0.1)", 4, [0, 2, 3, 4, 9]),
        [1.0, 0.25, 0.1, 0.1, 0.1]
    );
    // NeMo's square root ignores the warm-up's length; a phase here has its own clock.
    let warmed = "linear(from=0x, over=2) -> clamp(polynomial(power=0.5, from=1x, to=0), min=0.1)";
    assert_eq!(values(warmed, 6, [0, 2, 5, 6]), [0.0, 1.0, 0.5, 0.1]);
}

#[test]
fn row_14_cosine() {
    let peers = peers_of(14);
    assert!(peers.is_superset(&["torch", "transformers", "optax", "timm", "pytorch-accelerated"].into()));
    assert!(peers.len() >= 15, "{peers:?}");
    // Half of the peers rebound after the end.
    assert_eq!(values("cosine(to=0.1x)", 10, [0, 10, 11, 20, 30, u64::MAX]), [1.0, 0.1, 0.1, 0.1, 0.1, 0.1]);
    assert_eq!(values("cosine(to=0.1x)", 1, [0, 1, 2]), [1.0, 0.1, 0.1]);
    assert_eq!(
        values("linear(from=0x, over=2) -> cosine(to=0)", 4, [0, 1, 2, 3, 4]),
        [0.0, 0.5, 1.0, 0.5, 0.0]
    );
    // The share of a minimum is of each group's own base.
    assert_eq!(plan("cosine(to=0.1x)", 10).value_at(10, 0.5), 0.05);
}

#[test]
fn row_15_half_cosine() {
    peers_of(15);
    let [start, warm, end, past] =
        values("linear(from=0x, to=0.55x, over=10) -> sine(to=0.1x)", 100, [0, 10, 100, 101]);
    assert_eq!([start, warm, end, past], [0.0, 0.55, 0.1, 0.1]);
}

#[test]
fn row_16_tanh() {
    assert!(peers_of(16).contains("timm"));
    // timm's never reaches its minimum; this one does.
    assert_eq!(values("tanh(to=0.1x)", 10, [0, 10, 11]), [1.0, 0.1, 0.1]);
}

#[test]
fn row_17_inverse_square_root() {
    assert!(peers_of(17).is_superset(&["transformers", "timm"].into()));
    let text = "linear(from=0x, over=100) -> power_law(scale=100)";
    assert_eq!(values(text, 1000, [0, 50, 100, 400]), [0.0, 0.5, 1.0, 0.5]);
    // Without a warm-up OLMo divides by 0; here the base is where it starts.
    assert_eq!(values("power_law(scale=100)", 1000, [0, 300, 1000, 2000])[..2], [1.0, 0.5]);
}

#[test]
fn row_18_noam() {
    peers_of(18);
    let text = "linear(from=0x, to=0.5x, over=4) -> power_law(scale=4)";
    assert_eq!(values(text, 100, [0, 1, 4, 16, 64]), [0.0, 0.125, 0.5, 0.25, 0.125]);
}

#[test]
fn row_19_noam_hold() {
    peers_of(19);
    let text = "linear(from=0x, over=4) -> hold(over=6) -> clamp(power_law(from=1x, scale=4), min=0.25x)";
    assert_eq!(values(text, 100, [0, 4, 9, 10, 22, 70, 90]), [0.0, 1.0, 1.0, 1.0, 0.5, 0.25, 0.25]);
}

#[test]
fn row_20_power_law() {
    assert!(peers_of(20).contains("timm"));
    // The tail starts where the law has come to.
    let text = "power_law(scale=4, over=12) -> linear(to=0x, over=4)";
    assert_eq!(values(text, 16, [0, 12, 14, 16, 17]), [1.0, 0.5, 0.25, 0.0, 0.0]);
}

#[test]
fn row_21_rex() {
    peers_of(21);
    let plan = plan("rex(to=0x)", 2);
    assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 3.0)), [3.0, 2.0, 0.0, 0.0]);
    // pytorch_optimizer sets one value in all groups; each has its own base here.
    assert_eq!(plan.value_at(1, 0.75), 0.5);
}

#[test]
fn row_22_warmup_stable_decay() {
    let peers = peers_of(22);
    assert!(
        peers.is_superset(&["transformers", "timm", "pytorch-accelerated"].into()) && peers.len() >= 9,
        "{peers:?}"
    );
    let text = "linear(from=0x, over=2) -> hold(over=4) -> power(to=0.5x, over=4)";
    // torchtitan goes below its minimum after the end; pytorch_optimizer drops to 0 and jumps up to the floor.
    assert_eq!(values(text, 10, [0, 1, 2, 5, 6, 7, 10, 11]), [0.0, 0.5, 1.0, 1.0, 1.0, 0.75, 0.5, 0.5]);
    // Phases that are longer than the run are an error, never a negative stable phase.
    assert!(
        refused("linear(over=60) -> hold(over=rest) -> linear(to=0, over=50)", 100)
            .contains("the run has 100")
    );
}

#[test]
fn row_23_wsd_with_checkpoints() {
    assert!(peers_of(23).contains("pytorch-accelerated"));
    // Inclusive: the last update before a checkpoint uses the minimum, the next one the peak.
    let text = "hold(over=4) -> power(to=0.1x, over=2, inclusive=true) -> hold(from=1x, over=4) -> \
                power(to=0.1x, over=2, inclusive=true)";
    assert_eq!(values(text, 12, [3, 4, 5, 6, 9, 10, 11, 12]), [1.0, 1.0, 0.1, 1.0, 1.0, 1.0, 0.1, 0.1]);
}

#[test]
fn row_24_tri_stage() {
    peers_of(24);
    let text = "linear(from=0.25x, over=3) -> hold(over=2) -> geometric(to=0.0625x, over=4) -> hold";
    assert_eq!(values(text, 12, [0, 1, 3, 5, 7, 9, 12]), [0.25, 0.5, 1.0, 1.0, 0.25, 0.0625, 0.0625]);
}

#[test]
fn row_25_one_cycle() {
    assert!(peers_of(25).is_superset(&["torch", "optax"].into()));
    let text = "cosine(from=0.04x, to=1x, over=5) -> cosine(to=4e-6x, over=14)";
    // torch bounces at update 20 and raises at 21.
    assert_eq!(values(text, 19, [0, 5, 19, 20, 21]), [0.04, 1.0, 4e-6, 4e-6, 4e-6]);
    // Its warm-up of no updates divides by 0; here it is left out.
    assert_eq!(values("cosine(from=0.04x, to=1x, over=0) -> cosine(to=0x)", 10, [0, 10]), [1.0, 0.0]);
}

#[test]
fn row_26_triangular() {
    assert!(peers_of(26).is_superset(&["torch", "ignite"].into()));
    let text = "repeat(linear(to=5x, over=2) -> linear(to=1x, over=2), height=0.5, anchor=1x)";
    assert_eq!(values(text, 12, [0, 1, 2, 4, 6, 8, 10, 12]), [1.0, 3.0, 5.0, 1.0, 3.0, 1.0, 2.0, 1.0]);
}

#[test]
fn row_27_warm_restarts() {
    let peers = peers_of(27);
    assert!(peers.is_superset(&["torch", "timm", "transformers", "optax", "ignite"].into()));
    // At a restart the peak is used, after the last cycle the trough for ever.
    let text = "repeat(cosine(to=0, over=10), times=3, length=2, height=0.5)";
    assert_eq!(
        values(text, 70, [0, 5, 10, 20, 30, 50, 70, 71]),
        [1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.0, 0.0]
    );
    // timm finds the cycle by a logarithm in floating point and misses this restart.
    let text = "repeat(cosine(to=0, over=3), length=3)";
    assert_eq!(values(text, 10_000, [0, 3, 12, 39, 120, 363, 1092, 3279, 9840]), [1.0; 9]);
}

#[test]
fn row_28_piecewise_linear() {
    assert!(peers_of(28).is_superset(&["ignite", "optax"].into()));
    // The first value before the first point, the last one after the last.
    let text = "hold(from=0.5, over=2) -> linear(to=0.25, over=2) -> cosine(to=1, over=2)";
    assert_eq!(values(text, 6, [0, 2, 3, 4, 5, 6, 7]), [0.5, 0.5, 0.375, 0.25, 0.625, 1.0, 1.0]);
}

#[test]
fn row_29_range_test() {
    peers_of(29);
    assert_eq!(values("geometric(from=1e-7, to=10)", 100, [0, 100, 101]), [1e-7, 10.0, 10.0]);
    assert_eq!(values("linear(from=1, to=3)", 4, [0, 1, 4, 9]), [1.0, 1.5, 3.0, 3.0]);
}

#[test]
fn row_30_lambda() {
    assert!(peers_of(30).contains("torch"));
    let mut groups = MemoryGroups::of("lr", &[1.0, 0.2]);
    // An absolute function of the count, and one that multiplies what it finds (torch's MultiplicativeLR).
    let absolute = rule("absolute", |n, _: &[f64]| 1.0 / (n + 1) as f64);
    let mut scheduler = StatelessScheduler::attach("lr", absolute, &mut groups).unwrap();
    scheduler.step_update(3, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.25, 0.25]);
    let mut groups = MemoryGroups::of("lr", &[1.0, 0.25]);
    let halves = rule("halves", |n, current: &[f64]| {
        (n > 0).then(|| current.iter().map(|value| 0.5 * value).collect::<Vec<f64>>())
    });
    let mut scheduler = StatefulScheduler::attach("lr", halves, &mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.25, 0.0625]);
}

#[test]
fn row_31_anneal_to_a_constant() {
    assert!(peers_of(31).contains("torch"));
    let plan = plan("cosine(to=0.5, over=4) -> hold", 10);
    assert_eq!([0, 2, 4, 10, 11].map(|n| plan.value_at(n, 1.5)), [1.5, 1.0, 0.5, 0.5, 0.5]);
}

#[test]
fn row_32_logarithmic_warmup() {
    peers_of(32);
    let text = "logarithmic(from=0x, over=4, inclusive=true) -> hold";
    assert_eq!(values(text, 9, [0, 1, 3, 4, 9]), [0.0, 0.5, 1.0, 1.0, 1.0]);
}

#[test]
fn row_33_exponential_warmup_factor() {
    peers_of(33);
    // Any schedule can be damped: here a step decay. The factor has no unit, so it is the same for every base.
    let text = "product(repeat(hold(over=10), height=0.5), sum(hold, scale(decay(factor=0.5), by=-1)))";
    let plan = plan(text, 30);
    assert_eq!([0, 1, 2].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 1.5]);
    assert_eq!(plan.value_at(10, 2.0), 1.0 - 1.0 / 1024.0);
}

#[test]
fn row_34_plateau() {
    // With a metric that stays as it is, the controller does what the plan in the table does.
    assert!(peers_of(34).contains("torch"));
    let mut plateau = Plateau::builder().factor(0.1).patience(2).build().unwrap();
    let staircase = plan("hold(over=4) -> repeat(hold(from=0.1x, over=3), height=0.1)", 40);
    for n in 0..20 {
        assert!((plateau.factor() - staircase.value_at(n, 1.0)).abs() < 1e-15);
        plateau.observe(1.0).unwrap();
    }
}

#[test]
fn row_35_weight_decay_ramp() {
    peers_of(35);
    // Megatron cannot decrease; a plan can, and a weight decay that no group names stays as it is.
    assert_eq!(values("linear(from=0.4, to=0.04, over=2) -> hold", 9, [0, 2, 9]), [0.4, 0.04, 0.04]);
    let mut groups = MemoryGroups::new().group("all", [("lr", 1.0), ("weight_decay", 0.4)]);
    let ramp: Spec = "cosine(to=0.1x)".parse().unwrap();
    let ramp = ramp.resolve(&Horizon::updates(10).unwrap()).unwrap();
    let mut scheduler = Scheduler::builder().field("weight_decay", ramp).attach(&mut groups).unwrap();
    for _ in 0..10 {
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(
        (groups.values("weight_decay").unwrap(), groups.values("lr").unwrap()),
        (vec![0.1 * 0.4], vec![1.0])
    );
}

#[test]
fn row_36_tied_to_another_value() {
    // The tie itself is a rule of the scheduler. What is tied to a plan by a straight line has that plan's shape.
    peers_of(36);
    let (lr, tied) = (plan("cosine(from=1, to=0.5)", 50), plan("cosine(from=2, to=0.5)", 50));
    for n in 0..=50 {
        let by_hand = 0.5 + 1.5 * (lr.value_at(n, 1.0) - 0.5) / 0.5;
        assert!((tied.value_at(n, 1.0) - by_hand).abs() < 1e-14);
    }
}

#[test]
fn row_37_batch_size() {
    peers_of(37);
    let mut groups = MemoryGroups::of("batch_size", &[32.0]);
    let doubling = plan("repeat(hold(over=2), times=3, height=2)", 10);
    let mut scheduler = StatefulScheduler::attach("batch_size", doubling, &mut groups).unwrap();
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.extend(groups.values("batch_size").unwrap());
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(seen, [32.0, 32.0, 64.0, 64.0, 128.0, 128.0, 128.0]);
}

/// Sequences, products and cuts of the peers: the other rows are shapes, 0 stands for plans made of plans.
#[test]
fn row_00_combinators() {
    assert_eq!(peers_of(0), ["ignite", "optax", "torch"].into());
}

#[test]
fn no_row_is_without_a_test() {
    let rows: BTreeSet<u32> = TABLE.iter().map(|row| row.row).collect();
    assert_eq!(rows, (0..=37).collect());
}
