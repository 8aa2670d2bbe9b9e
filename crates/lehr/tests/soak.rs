//! A long run over 100 groups that is resumed, sought, retargeted, annealed and given new groups at random: after every
//! update a group has what its plan has at that update, asked for by itself, and the memory does not grow.
//!
//! 20,000 updates; `LEHR_SOAK` sets another number. There are as many events in a longer run, further apart.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Instant;

use lehr::{
    Cosine, Curve, Horizon, Level, Linear, MemoryGroups, NewGroups, OnMismatch, Plan, Retarget, Scheduler,
    SchedulerBuilder, Spec, State, absolute, times,
};

const EVENTS: u64 = 300;
const GROUPS: usize = 100;
/// What the second half of the run may add to the memory, in bytes: a change is remembered, an update is not.
const GROWTH: u64 = 4 << 20;

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    /// From 0.001 to 1, in steps that no base shares by chance.
    fn base(&mut self) -> f64 {
        0.001 + (self.below(1 << 40) as f64) * 0.999 / (1_u64 << 40) as f64
    }
}

/// What is known of the run beside its scheduler: plans, bases, a count.
struct Run {
    fields: [(&'static str, Spec); 2],
    horizon: Horizon,
    plans: [Plan; 2],
    bases: Vec<[f64; 2]>,
    count: u64,
    groups: MemoryGroups,
    scheduler: Scheduler,
}

impl Run {
    fn new(total: u64, generator: &mut Generator) -> Self {
        let fields = [
            ("lr", "linear(from=0.01x, over=2%) -> cosine(to=1e-6)"),
            ("weight_decay", "repeat(linear(from=1x, to=0.5x), times=100)"),
        ];
        let fields = fields.map(|(field, text)| (field, text.parse::<Spec>().unwrap()));
        let horizon = Horizon::updates(total).unwrap();
        let plans = fields.each_ref().map(|(_, spec)| spec.resolve(&horizon).unwrap());
        let bases: Vec<[f64; 2]> = (0..GROUPS / 2).map(|_| [generator.base(), generator.base()]).collect();
        let mut groups = optimizer(&bases);
        let scheduler = builder(&fields).resolve(&horizon).unwrap().attach(&mut groups).unwrap();
        Self { fields, horizon, plans, bases, count: 0, groups, scheduler }
    }

    fn check(&self, group: usize, values: [f64; 2]) {
        for (index, value) in values.into_iter().enumerate() {
            let wanted = self.plans[index].value_at(self.count, self.bases[group][index]);
            assert_eq!(
                value.to_bits(),
                wanted.to_bits(),
                "{} of group {group} at {}",
                self.fields[index].0,
                self.count
            );
        }
    }

    fn check_all(&self) {
        assert_eq!(self.scheduler.num_updates(), self.count);
        let [lr, weight_decay] = ["lr", "weight_decay"].map(|field| self.groups.values(field).unwrap());
        assert_eq!(lr.len(), self.bases.len());
        (0..lr.len()).for_each(|group| self.check(group, [lr[group], weight_decay[group]]));
    }

    fn step(&mut self) {
        self.scheduler.step(&mut self.groups).unwrap();
        self.count += 1;
        let group = usize::try_from(self.count).unwrap() % self.bases.len();
        let current = |field| self.scheduler.current(field, group).unwrap();
        self.check(group, [current("lr"), current("weight_decay")]);
    }

    /// Another process: its optimizer has other values, its scheduler the plans of the beginning.
    fn resume(&mut self, generator: &mut Generator) {
        let text = serde_json::to_string(&self.scheduler.state()).unwrap();
        let state: State = serde_json::from_str(&text).unwrap();
        let others: Vec<[f64; 2]> = self.bases.iter().map(|_| [generator.base(), generator.base()]).collect();
        self.groups = optimizer(&others);
        let builder = builder(&self.fields).resolve(&self.horizon).unwrap();
        self.scheduler = builder.attach(&mut self.groups).unwrap();
        self.scheduler.load_state(&state, OnMismatch::Error, &mut self.groups).unwrap();
        assert_eq!(self.scheduler.state(), state);
    }

    /// Whatever comes between two updates; answers what it was.
    fn event(&mut self, updates: u64, generator: &mut Generator) -> &'static str {
        match generator.below(16) {
            0..4 => {
                self.resume(generator);
                "resumed"
            }
            4..7 => {
                let there = generator.below(2 * updates);
                let here = std::mem::replace(&mut self.count, there);
                self.scheduler.seek(there, &mut self.groups).unwrap();
                self.check_all();
                self.count = here;
                self.scheduler.seek(here, &mut self.groups).unwrap();
                "sought"
            }
            7..9 => {
                self.scheduler.step_if(false, &mut self.groups).unwrap();
                "skipped"
            }
            9..13 if self.bases.len() < GROUPS => {
                self.add_group([generator.base(), generator.base()]);
                "wider"
            }
            9..14 => self.retarget(self.count + 1 + generator.below(updates), Retarget::Stretch),
            14 => {
                let longest = self.plans.iter().filter_map(Plan::end).max().unwrap();
                self.retarget(longest.max(self.count) + 1 + generator.below(1000), Retarget::KeepShape)
            }
            _ => {
                let curve = if generator.flip() { Curve::from(Cosine::default()) } else { Linear.into() };
                let to = if generator.flip() { times(1.0) } else { absolute(0.01) };
                let field = usize::from(generator.flip());
                self.anneal(field, curve, 1 + generator.below(updates / 10), to)
            }
        }
    }

    /// A plan that was stretched too often to be read again is refused, and goes on.
    fn retarget(&mut self, total: u64, how: Retarget) -> &'static str {
        let before = (self.groups.clone(), self.scheduler.state());
        let changed = self.scheduler.retarget(total, how, &mut self.groups);
        assert!(self.groups == before.0, "the value of update {} has changed", self.count);
        let plans = self.plans.each_ref().map(|plan| plan.retarget(self.count, total, how));
        match (changed, plans) {
            (Ok(()), plans) => {
                self.plans = plans.map(Result::unwrap);
                "retargeted"
            }
            (Err(error), _) => {
                assert!(error.to_string().contains("changed so often"), "{error}");
                assert_eq!(self.scheduler.state(), before.1);
                "refused"
            }
        }
    }

    fn anneal(&mut self, field: usize, curve: Curve, over: u64, to: Level) -> &'static str {
        let before = self.groups.clone();
        self.scheduler.anneal_from_here(self.fields[field].0, curve, over, to, &mut self.groups).unwrap();
        assert!(self.groups == before, "the value of update {} has changed", self.count);
        self.plans[field] = self.plans[field].anneal(self.count, curve, over, to).unwrap();
        "annealed"
    }

    fn add_group(&mut self, bases: [f64; 2]) {
        let groups = std::mem::take(&mut self.groups);
        self.groups = groups.group("late", [("lr", bases[0]), ("weight_decay", bases[1])]);
        self.bases.push(bases);
        self.step();
    }
}

fn optimizer(bases: &[[f64; 2]]) -> MemoryGroups {
    bases.iter().fold(MemoryGroups::new(), |groups, [lr, weight_decay]| {
        groups.group("group", [("lr", *lr), ("weight_decay", *weight_decay)])
    })
}

fn builder(fields: &[(&'static str, Spec); 2]) -> SchedulerBuilder {
    let builder = Scheduler::builder().new_groups(NewGroups::Adopt);
    fields.iter().fold(builder, |builder, (field, spec)| builder.field(field, spec.clone()))
}

/// The memory of this process in bytes, where the system says.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().unwrap() << 10)
}

#[test]
fn a_long_run_keeps_its_values_and_its_memory() {
    let updates: u64 = std::env::var("LEHR_SOAK").map_or(20_000, |updates| updates.parse().unwrap());
    let mut generator = Generator(9);
    let mut run = Run::new(updates, &mut generator);
    let (start, mut memory, mut done) = (Instant::now(), Vec::new(), BTreeMap::<_, u32>::new());
    run.check_all();
    while run.count < updates {
        let until = run.count + 1 + generator.below(2 * updates.div_ceil(EVENTS));
        while run.count < until {
            run.step();
        }
        run.check_all();
        *done.entry(run.event(updates, &mut generator)).or_default() += 1;
        run.check_all();
        memory.push((run.count, resident()));
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{} updates in {seconds:.0} s, {} groups; {done:?}", run.count, run.bases.len());
    assert!(done.len() >= 6 && run.bases.len() == GROUPS, "too few events: {done:?}");
    let second: Vec<u64> =
        memory.iter().filter(|(count, _)| *count >= updates / 2).filter_map(|(_, bytes)| *bytes).collect();
    let (Some(half), Some(most)) = (second.first(), second.iter().max()) else {
        assert_ne!(std::env::consts::OS, "linux", "the memory cannot be read");
        return;
    };
    println!("{} KiB at half of the updates, {} KiB at most after", half >> 10, most >> 10);
    assert!(most - half <= GROWTH, "{half} bytes at half of the updates, {most} later");
}

/// A cosine that is stretched and compressed again and again, a little later each time, until that is refused.
#[test]
fn a_plan_is_stretched_to_the_bit_and_not_further_than_it_can_be_read() {
    let plan: Plan =
        "cosine(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(1_000_003).unwrap()).unwrap();
    let mut groups = MemoryGroups::of("lr", &[0.1, 0.3, 0.7]);
    let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
    let mut generator = Generator(5);
    let (error, before) = loop {
        for _ in 0..7 {
            scheduler.step(&mut groups).unwrap();
        }
        let before = (groups.clone(), scheduler.state());
        let total = 500_000 + generator.below(1_000_000);
        let changed = scheduler.retarget(total, Retarget::Stretch, &mut groups);
        assert_eq!(groups, before.0);
        if let Err(error) = changed {
            break (error.to_string(), before.1);
        }
        let mut resumed = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
        resumed.load_state(&scheduler.state(), OnMismatch::Error, &mut groups).unwrap();
        assert_eq!(groups, before.0);
        scheduler = resumed;
    };
    assert!(error.contains("changed so often") && error.contains("anneal, or attach a new plan"), "{error}");
    assert!((25..40).contains(&(before.num_updates / 7)), "{} times", before.num_updates / 7);
    assert_eq!(scheduler.state(), before);
    scheduler.anneal_from_here("lr", Linear, 10, absolute(0.0), &mut groups).unwrap();
    scheduler.retarget(before.num_updates + 20, Retarget::Stretch, &mut groups).unwrap();
    scheduler.step_update(before.num_updates + 20, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.0; 3]);
}

/// What is held needs no more text, however often its end is moved.
#[test]
fn an_end_that_is_held_is_moved_any_number_of_times() {
    let plan: Plan = "hold".parse::<Spec>().unwrap().resolve(&Horizon::updates(100).unwrap()).unwrap();
    let plan = (1..=200).fold(plan, |plan, at| plan.retarget(at, 100 + 3 * at, Retarget::Stretch).unwrap());
    assert_eq!((plan.end(), plan.value_at(5, 0.3), plan.value_at(1000, 0.3)), (Some(700), 0.3, 0.3));
    let plan: Plan =
        "cosine(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(100).unwrap()).unwrap();
    let longer =
        (1..=200).fold(plan.clone(), |plan, at| plan.retarget(at, 100 + at, Retarget::KeepShape).unwrap());
    assert_eq!(longer.value_at(250, 1.0), plan.value_at(50, 1.0));
}
