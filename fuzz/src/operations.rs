//! Any operations on a scheduler, in any order, against a model that has nothing but the plans, a count and a factor.

use arbitrary::Arbitrary;
use lehr::control::{Controller, Plateau};
use lehr::{
    Cosine, Curve, Horizon, Linear, MemoryGroups, NewGroups, OnMismatch, ParamGroups, Plan, Retarget,
    Scheduler, absolute, times,
};

use crate::state::plateau;

/// One call.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Operation {
    Step,
    Skip,
    StepUpdate(u64),
    Seek(u64),
    Observe(f64),
    Retarget { total: u64, keep_shape: bool },
    Anneal { over: u16, to: f64, absolute: bool, cosine: bool },
    Resume,
    AddGroup(f64),
}

/// A run of calls.
#[derive(Arbitrary, Debug)]
pub struct Operations(Vec<Operation>);

const LR: &str = "linear(from=0.1x, over=10) -> cosine(to=1e-6, over=90)";
const WEIGHT_DECAY: &str = "repeat(linear(to=0.5x, over=7), times=20)";

fn plan(text: &str) -> Plan {
    match text.parse::<lehr::Spec>().and_then(|spec| spec.resolve(&Horizon::open())) {
        Ok(plan) => plan,
        Err(error) => panic!("{text}: {error}"),
    }
}

/// Two groups, two fields, a plateau on the learning rate.
pub(crate) fn scheduler() -> (MemoryGroups, Scheduler) {
    let mut groups = MemoryGroups::default()
        .group("body", [("lr", 0.25), ("weight_decay", 0.0)])
        .group("head", [("lr", 3e-4), ("weight_decay", 0.1)]);
    let attached = builder().attach(&mut groups);
    match attached {
        Ok(scheduler) => (groups, scheduler),
        Err(error) => panic!("{error}"),
    }
}

fn builder() -> lehr::SchedulerBuilder {
    Scheduler::builder()
        .field("lr", plan(LR))
        .field("weight_decay", plan(WEIGHT_DECAY))
        .control("lr", plateau())
        .new_groups(NewGroups::Adopt)
}

/// What the scheduler must be.
struct Model {
    lr: Plan,
    weight_decay: Plan,
    bases: Vec<[f64; 2]>,
    count: u64,
    plateau: Plateau,
}

/// Runs the calls; after each the groups have what the model says, and a refused call changes nothing.
pub fn check(operations: &Operations) {
    let (mut groups, mut scheduler) = scheduler();
    let mut model = Model {
        lr: plan(LR),
        weight_decay: plan(WEIGHT_DECAY),
        bases: vec![[0.25, 0.0], [3e-4, 0.1]],
        count: 0,
        plateau: plateau(),
    };
    for operation in operations.0.iter().take(200) {
        let before = (groups.clone(), scheduler.state());
        match apply(*operation, &mut groups, &mut scheduler, &mut model) {
            Ok(()) => compare(&groups, &scheduler, &model, operation),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert_eq!((&groups, scheduler.state()), (&before.0, before.1), "{operation:?}: {error}");
            }
        }
    }
}

fn apply(
    operation: Operation,
    groups: &mut MemoryGroups,
    scheduler: &mut Scheduler,
    model: &mut Model,
) -> Result<(), lehr::Error> {
    match operation {
        Operation::Step => {
            scheduler.step(groups)?;
            model.count = model.count.saturating_add(1);
        }
        Operation::Skip => scheduler.step_if(false, groups)?,
        Operation::StepUpdate(n) => {
            scheduler.step_update(n, groups)?;
            model.count = n;
        }
        Operation::Seek(n) => {
            scheduler.seek(n, groups)?;
            model.count = n;
        }
        Operation::Observe(metric) => {
            scheduler.observe(metric, groups)?;
            model.plateau.observe(metric)?;
        }
        Operation::Retarget { total, keep_shape } => {
            let how = if keep_shape { Retarget::KeepShape } else { Retarget::Stretch };
            scheduler.retarget(total, how, groups)?;
            model.lr = model.lr.retarget(model.count, total, how)?;
            model.weight_decay = model.weight_decay.retarget(model.count, total, how)?;
        }
        Operation::Anneal { over, to, absolute: fixed, cosine } => {
            let curve: Curve = if cosine { Cosine::default().into() } else { Linear.into() };
            let to = if fixed { absolute(to) } else { times(to) };
            scheduler.anneal_from_here("lr", curve, u64::from(over), to, groups)?;
            model.lr = model.lr.anneal(model.count, curve, u64::from(over), to)?;
        }
        Operation::Resume => {
            let state = scheduler.state();
            let mut fresh = MemoryGroups::default();
            for (group, bases) in model.bases.iter().enumerate() {
                let name = groups.group_name(group).unwrap_or_default();
                fresh = fresh.group(name, [("lr", bases[0]), ("weight_decay", bases[1])]);
            }
            let mut resumed = builder().attach(&mut fresh)?;
            resumed.load_state(&state, OnMismatch::UseSaved, &mut fresh)?;
            assert_eq!(resumed.state(), state);
            (*groups, *scheduler) = (fresh, resumed);
        }
        Operation::AddGroup(lr) => {
            if groups.group_count() < 6 {
                let mut wider = groups.clone().group("late", [("lr", lr), ("weight_decay", 0.01)]);
                scheduler.step(&mut wider)?;
                *groups = wider;
                model.bases.push([lr, 0.01]);
                model.count = model.count.saturating_add(1);
            }
        }
    }
    Ok(())
}

fn compare(groups: &MemoryGroups, scheduler: &Scheduler, model: &Model, operation: &Operation) {
    assert_eq!(scheduler.num_updates(), model.count, "{operation:?}");
    let (lr, weight_decay) = (values(groups, "lr"), values(groups, "weight_decay"));
    let factor = model.plateau.factor();
    for (group, bases) in model.bases.iter().enumerate() {
        let wanted = [
            // A plan with absolute levels leaves a group alone whose base is 0.
            if bases[0] == 0.0 { bases[0] } else { model.lr.value_at(model.count, bases[0]) * factor },
            model.weight_decay.value_at(model.count, bases[1]),
        ];
        let found = [lr[group], weight_decay[group]];
        assert_eq!(found.map(f64::to_bits), wanted.map(f64::to_bits), "{operation:?}: {found:?} {wanted:?}");
    }
}

fn values(groups: &MemoryGroups, field: &str) -> Vec<f64> {
    match groups.values(field) {
        Ok(values) => values,
        Err(error) => panic!("{error}"),
    }
}
