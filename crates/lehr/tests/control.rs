//! Controllers against the originals (`tools/golden/control.py`), and their state.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use std::collections::BTreeMap;

use lehr::Error;
use lehr::control::{
    Controller, ControllerState, Greedy, GreedyBuilder, Mode, NonFinite, Plateau, PlateauBuilder, Threshold,
};
use serde_json::Value;

/// The arguments of an original.
struct Arguments(Value);

impl Arguments {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap()
    }

    fn count(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn mode(&self) -> Mode {
        if self.text("mode") == "max" { Mode::Max } else { Mode::Min }
    }

    fn threshold(&self) -> Threshold {
        let threshold = self.number("threshold");
        if self.text("threshold_mode") == "rel" {
            Threshold::Relative(threshold)
        } else {
            Threshold::Absolute(threshold)
        }
    }
}

fn of_torch(arguments: &Arguments) -> Box<dyn Controller> {
    let settings = Plateau::builder()
        .mode(arguments.mode())
        .factor(arguments.number("factor"))
        .patience(arguments.count("patience"))
        .threshold(arguments.threshold())
        .cooldown(arguments.count("cooldown"))
        .min_factor(arguments.number("min_lr"))
        .non_finite(NonFinite::Bad);
    Box::new(settings.build().unwrap())
}

fn of_optax(arguments: &Arguments) -> Box<dyn Controller> {
    let (relative, absolute) = (arguments.number("rtol"), arguments.number("atol"));
    let settings = Plateau::builder()
        .factor(arguments.number("factor"))
        .patience(arguments.count("patience") - 1)
        .threshold(if absolute > 0.0 { Threshold::Absolute(absolute) } else { Threshold::Relative(relative) })
        .cooldown(arguments.count("cooldown"))
        .min_factor(arguments.number("min_scale"));
    Box::new(settings.build().unwrap())
}

fn of_transformers(arguments: &Arguments) -> Box<dyn Controller> {
    let smooth = arguments.0["smooth"].as_bool().unwrap();
    let settings = Greedy::builder()
        .mode(arguments.mode())
        .factor(arguments.number("factor"))
        .patience(arguments.count("patience"))
        .threshold(arguments.threshold())
        .cooldown(arguments.count("cooldown"))
        .warmup(arguments.count("warmup"))
        .min_factor(arguments.number("min_lr"))
        .max_factor(arguments.number("max_lr"))
        .reset_start(arguments.count("reset_start"))
        .smoothing(if smooth { arguments.count("window_size") as usize } else { 1 });
    Box::new(settings.build().unwrap())
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map(|number| number.parse().unwrap()).collect()
}

#[test]
fn factors_are_the_originals_bit_for_bit() {
    let table = include_bytes!("golden/control.csv");
    let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let mut changes: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for row in rows.deserialize() {
        let (original, settings, metrics, factors): (String, String, String, String) = row.unwrap();
        let arguments = Arguments(serde_json::from_str(&settings).unwrap());
        let mut controller = match original.as_str() {
            "torch" => of_torch(&arguments),
            "optax" => of_optax(&arguments),
            _ => of_transformers(&arguments),
        };
        let (metrics, factors) = (numbers(&metrics), numbers(&factors));
        assert_eq!(metrics.len(), factors.len());
        let [cases, falls, rises] = changes.entry(original.clone()).or_default();
        *cases += 1;
        for (n, (metric, expected)) in metrics.iter().zip(&factors).enumerate() {
            let before = controller.factor();
            controller.observe(*metric).unwrap();
            let factor = controller.factor();
            assert_eq!(
                factor.to_bits(),
                expected.to_bits(),
                "{original} {settings}, observation {n}: {factor} is not {expected}"
            );
            *falls += usize::from(factor < before);
            *rises += usize::from(factor > before);
        }
    }
    // Cases, reductions, increases and resets: the table shows something.
    println!("{changes:?}");
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["optax", "torch", "transformers"]);
    assert!(changes["optax"][1] > 40 && changes["torch"][1] > 200);
    assert!(changes["transformers"][1] > 200 && changes["transformers"][2] > 200);
}

/// What the originals get wrong, each with the right answer.
#[test]
fn defects_of_the_originals_are_absent() {
    let constant = |settings: PlateauBuilder, metric: f64| {
        let mut plateau = settings.patience(2).build().unwrap();
        (0..8).map(|_| plateau.observe(metric)).collect::<Result<Vec<()>, Error>>().map(|_| plateau.factor())
    };
    for mode in [Mode::Min, Mode::Max] {
        let settings = Plateau::builder().mode(mode);
        assert_eq!(constant(settings, -1.0).unwrap(), 0.1 * 0.1, "a constant -1 reduces");
        assert_eq!(constant(settings, 0.0).unwrap(), 0.1 * 0.1);
    }
    assert!(constant(Plateau::builder(), f64::NAN).is_err(), "NaN does not cut in silence");
    assert_eq!(constant(Plateau::builder().non_finite(NonFinite::Ignore), f64::NAN).unwrap(), 1.0);

    // One NaN does not stay in the smoothed metric.
    let mut greedy = Greedy::builder().patience(0).smoothing(2).non_finite(NonFinite::Bad).build().unwrap();
    for metric in [5.0, f64::NAN, 4.0, 3.0, 2.0] {
        greedy.observe(metric).unwrap();
    }
    assert_eq!((greedy.state().best, greedy.state().good), (Some(2.5), 0));
    assert!(greedy.factor() > 1.0);
}

fn settings_of_every_kind() -> (PlateauBuilder, GreedyBuilder) {
    let plateau = Plateau::builder()
        .factor(0.3)
        .patience(1)
        .cooldown(2)
        .smoothing(3)
        .non_finite(NonFinite::Bad)
        .min_factor(1e-3);
    let greedy = Greedy::builder()
        .factor(0.7)
        .patience(1)
        .cooldown(1)
        .warmup(2)
        .smoothing(3)
        .min_factor(0.4)
        .max_factor(2.0)
        .reset_start(2)
        .non_finite(NonFinite::Bad);
    (plateau, greedy)
}

#[test]
fn other_settings_are_refused_and_named() {
    let (plateau, greedy) = settings_of_every_kind();
    let state = plateau.build().unwrap().state();
    let others: [(PlateauBuilder, &str); 9] = [
        (plateau.mode(Mode::Max), "`mode` of plateau was min, now it is max"),
        (plateau.factor(0.5), "`factor` of plateau was 0.3, now it is 0.5"),
        (plateau.patience(2), "`patience` of plateau was 1, now it is 2"),
        (
            plateau.threshold(Threshold::Absolute(1e-4)),
            "`threshold` of plateau was 0.0001 relative, now it is 0.0001 absolute",
        ),
        (plateau.cooldown(0), "`cooldown` of plateau was 2, now it is 0"),
        (plateau.min_factor(0.1), "`min_factor` of plateau was 0.001, now it is 0.1"),
        (plateau.non_finite(NonFinite::Error), "`non_finite` of plateau was bad, now it is error"),
        (plateau.smoothing(1), "`smoothing` of plateau was 3, now it is 1"),
        (
            plateau.smoothing(1).factor(0.5),
            "`factor` of plateau was 0.3, now it is 0.5; `smoothing` of plateau was 3, now it is 1",
        ),
    ];
    for (settings, expected) in others {
        refuses(settings.build().unwrap(), &state, expected);
    }
    let state = greedy.build().unwrap().state();
    let others: [(GreedyBuilder, &str); 7] = [
        (greedy.increase_patience(2), "`increase_patience` of greedy was 1, now it is 2"),
        (greedy.decrease_patience(2), "`decrease_patience` of greedy was 1, now it is 2"),
        (greedy.warmup(0), "`warmup` of greedy was 2, now it is 0"),
        (greedy.min_factor(0.5), "`min_factor` of greedy was 0.4, now it is 0.5"),
        (greedy.max_factor(3.0), "`max_factor` of greedy was 2, now it is 3"),
        (greedy.reset_start(3), "`reset_start` of greedy was 2, now it is 3"),
        (greedy.without_reset(), "`reset_start` of greedy was 2, now it is never"),
    ];
    for (settings, expected) in others {
        refuses(settings.build().unwrap(), &state, expected);
    }
    refuses(plateau.build().unwrap(), &state, "its controller is `greedy`, here it is `plateau`");
    let mut state = plateau.build().unwrap().state();
    state.settings.remove("patience");
    state.settings.insert("gamma".to_owned(), "0.9".to_owned());
    let expected = "`patience` of plateau is missing, now it is 1; `gamma` of plateau was 0.9, but there is no such \
                    setting";
    refuses(plateau.build().unwrap(), &state, expected);
}

/// Loading fails with this message at the end, and changes nothing.
fn refuses<C: Controller + Clone + PartialEq + std::fmt::Debug>(
    mut controller: C,
    state: &ControllerState,
    expected: &str,
) {
    let before = controller.clone();
    let error = controller.load_state(state).unwrap_err();
    assert!(matches!(error, Error::State { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.ends_with(expected), "{said}\nwas wanted to end with\n{expected}");
    assert_eq!(controller, before);
}

#[test]
fn a_damaged_state_is_refused() {
    let (plateau, greedy) = settings_of_every_kind();
    let mut observed = (plateau.build().unwrap(), greedy.build().unwrap());
    for metric in [0.9, 0.8, 0.8, 0.8, 0.8, 0.8] {
        observed.0.observe(metric).unwrap();
        observed.1.observe(metric).unwrap();
    }
    let cases: [(&str, fn(&mut ControllerState)); 15] = [
        ("it has version 2", |state| state.version = 2),
        ("`factor` of", |state| state.factor = f64::NAN),
        ("`factor` of", |state| state.factor = 2.5),
        ("`factor` of", |state| state.factor = 0.0),
        ("`factor` of", |state| state.factor = -1.0),
        ("`best` of", |state| state.best = Some(f64::NEG_INFINITY)),
        ("`bad` of", |state| state.bad = 2),
        ("`good` of", |state| state.good = u64::MAX),
        ("`cooldown` of", |state| state.cooldown = 3),
        ("`warmup` of", |state| state.warmup = 3),
        ("`reset_left` of", |state| state.reset_left = 3),
        ("`window` of", |state| state.window.clear()),
        ("`window` of", |state| state.window.push(0.8)),
        ("`window` of", |state| state.window[0] = f64::NAN),
        ("`window` of", |state| state.observations = 2),
    ];
    for (expected, damage) in cases {
        for (controller, state) in [
            (&mut observed.0 as &mut dyn Controller, plateau.build().unwrap().state()),
            (&mut observed.1, greedy.build().unwrap().state()),
        ] {
            let good = controller.state();
            let mut damaged = good.clone();
            damage(&mut damaged);
            let error = controller.load_state(&damaged).unwrap_err().to_string();
            assert!(
                error.contains(expected) || error.contains("its controller has version 2"),
                "{expected}: {error}"
            );
            assert_eq!(controller.state(), good, "{expected}");
            controller.load_state(&state).unwrap();
            controller.load_state(&good).unwrap();
        }
    }
    let mut no_reset = observed.1.state();
    no_reset.reset_left = 0;
    refuses(
        observed.1,
        &no_reset,
        "`reset_left` of greedy is 0, but it lies between 1 and 2; the state is damaged",
    );
}

#[test]
fn the_digest_tells_states_apart() {
    let (plateau, _) = settings_of_every_kind();
    let state = plateau.build().unwrap().state();
    let changed: [fn(&mut ControllerState); 5] = [
        |state| state.observations = 1,
        |state| state.factor = 0.1,
        |state| state.factor = 0.2,
        |state| state.best = Some(1.0),
        |state| state.best = Some(2.0),
    ];
    let mut digests = vec![state.digest()];
    for change in changed {
        let mut other = state.clone();
        change(&mut other);
        digests.push(other.digest());
    }
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 6);
}

#[test]
fn a_state_can_be_adapted_to_other_settings() {
    let (_, greedy) = settings_of_every_kind();
    let mut old = greedy.build().unwrap();
    for metric in [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3] {
        old.observe(metric).unwrap();
    }
    let state = old.state();
    assert!(state.factor > 1.2 && state.window.len() == 3 && state.best.is_some(), "{state:?}");

    let mut narrow =
        greedy.max_factor(1.2).smoothing(1).patience(0).warmup(0).without_reset().build().unwrap();
    narrow.load_state(&narrow.adapted(&state)).unwrap();
    let adapted = narrow.state();
    assert_eq!((adapted.factor, adapted.warmup, adapted.good, adapted.reset_left), (1.2, 0, 0, 0));
    assert_eq!((adapted.window, adapted.best, adapted.observations), (vec![0.3], state.best, 7));

    let mut other_mode = greedy.mode(Mode::Max).reset_start(9).build().unwrap();
    other_mode.load_state(&other_mode.adapted(&adapted_without_reset(&state))).unwrap();
    assert_eq!((other_mode.state().best, other_mode.state().reset_left), (None, 9));
    assert_eq!(other_mode.factor(), state.factor);

    // Damage is not mended on the way.
    let damaged = ControllerState { factor: f64::NAN, ..state };
    assert!(old.load_state(&old.adapted(&damaged)).is_err());
}

fn adapted_without_reset(state: &ControllerState) -> ControllerState {
    ControllerState { reset_left: 0, ..state.clone() }
}

#[cfg(feature = "serde")]
mod round_trip {
    use super::*;
    use proptest::prelude::*;

    /// Smooth, noisy, repeated, huge, negative, NaN and infinite metrics.
    fn metrics() -> impl Strategy<Value = Vec<f64>> {
        let metric = prop_oneof![
            4 => -2.0..2.0_f64,
            4 => (-4..4_i8).prop_map(f64::from),
            1 => any::<f64>(),
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0)],
        ];
        proptest::collection::vec(metric, 1..40)
    }

    fn threshold() -> impl Strategy<Value = Threshold> {
        prop_oneof![(0.0..0.9).prop_map(Threshold::Relative), (0.0..0.9).prop_map(Threshold::Absolute)]
    }

    fn mode() -> impl Strategy<Value = Mode> {
        prop_oneof![Just(Mode::Min), Just(Mode::Max)]
    }

    fn non_finite() -> impl Strategy<Value = NonFinite> {
        prop_oneof![Just(NonFinite::Error), Just(NonFinite::Ignore), Just(NonFinite::Bad)]
    }

    fn plateau() -> impl Strategy<Value = Plateau> {
        let numbers = (0.05..0.95_f64, 0..4_u64, 0..4_u64, 0.0..1.0_f64, 1..5_usize);
        (mode(), threshold(), non_finite(), numbers).prop_map(|(mode, threshold, non_finite, numbers)| {
            let (factor, patience, cooldown, min_factor, smoothing) = numbers;
            Plateau::builder()
                .mode(mode)
                .threshold(threshold)
                .non_finite(non_finite)
                .factor(factor)
                .patience(patience)
                .cooldown(cooldown)
                .min_factor(min_factor)
                .smoothing(smoothing)
                .build()
                .unwrap()
        })
    }

    fn greedy() -> impl Strategy<Value = Greedy> {
        let numbers = (0.05..0.95_f64, 0..3_u64, 0..3_u64, 0..3_u64, 0..3_u64, 1..5_usize);
        let bounds = (0.01..1.0_f64, 1.0..5.0_f64, proptest::option::of(1..4_u64));
        (mode(), threshold(), non_finite(), numbers, bounds).prop_map(
            |(mode, threshold, non_finite, numbers, (min_factor, max_factor, reset))| {
                let (factor, increase, decrease, cooldown, warmup, smoothing) = numbers;
                let settings = Greedy::builder()
                    .mode(mode)
                    .threshold(threshold)
                    .non_finite(non_finite)
                    .factor(factor)
                    .increase_patience(increase)
                    .decrease_patience(decrease)
                    .cooldown(cooldown)
                    .warmup(warmup)
                    .min_factor(min_factor)
                    .max_factor(max_factor)
                    .smoothing(smoothing);
                reset.map_or(settings.without_reset(), |count| settings.reset_start(count)).build().unwrap()
            },
        )
    }

    /// After every prefix: saved, through JSON, loaded by a fresh controller, and the rest told to both.
    fn resumes<C: Controller + Clone + PartialEq + std::fmt::Debug>(fresh: &C, metrics: &[f64]) {
        let mut whole = fresh.clone();
        let mut resumed: Vec<C> = vec![fresh.clone()];
        for metric in metrics {
            let before = whole.clone();
            match whole.observe(*metric) {
                Ok(()) if metric.is_finite() => {
                    assert_eq!(whole.state().observations, before.state().observations + 1);
                }
                Ok(()) => {}
                Err(error) => {
                    assert!(!metric.is_finite(), "{error}");
                    assert_eq!(whole, before);
                }
            }
            assert!(whole.factor().is_finite() && whole.factor() >= 0.0);
            for other in &mut resumed {
                let _ = other.observe(*metric);
                assert_eq!(*other, whole);
                assert_eq!(other.factor().to_bits(), whole.factor().to_bits());
                assert_eq!(other.state().digest(), whole.state().digest());
            }
            let text = serde_json::to_string(&whole.state()).unwrap();
            let state: ControllerState = serde_json::from_str(&text).unwrap();
            assert_eq!(state, whole.state());
            let mut again = fresh.clone();
            again.load_state(&state).unwrap();
            // Its own state again, through its own adaptation: nothing to fit.
            again.load_state(&again.adapted(&state)).unwrap();
            resumed.push(again);
        }
    }

    proptest! {
        #[test]
        fn a_plateau_resumes_after_every_observation(plateau in plateau(), metrics in metrics()) {
            resumes(&plateau, &metrics);
        }

        #[test]
        fn a_greedy_controller_resumes_after_every_observation(greedy in greedy(), metrics in metrics()) {
            resumes(&greedy, &metrics);
        }

        #[test]
        fn any_state_of_one_fits_another_once_adapted(old in greedy(), new in greedy(), metrics in metrics()) {
            let (mut old, mut new) = (old, new);
            for metric in metrics {
                let _ = old.observe(metric);
            }
            new.load_state(&new.adapted(&old.state())).unwrap();
        }

        #[test]
        fn a_plateau_never_rises_and_keeps_its_minimum(plateau in plateau(), metrics in metrics()) {
            let mut plateau = plateau;
            let minimum: f64 = plateau.state().settings["min_factor"].parse().unwrap();
            for metric in metrics {
                let before = plateau.factor();
                let _ = plateau.observe(metric);
                prop_assert!(plateau.factor() <= before && plateau.factor() >= minimum);
            }
        }
    }

    #[test]
    fn every_field_of_the_form_is_needed_and_none_is_unknown() {
        let (plateau, _) = settings_of_every_kind();
        let whole = serde_json::to_value(plateau.build().unwrap().state()).unwrap();
        let fields: Vec<String> = whole.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields.len(), 12);
        for field in fields {
            let mut lacking = whole.clone();
            lacking.as_object_mut().unwrap().remove(&field);
            let error = serde_json::from_value::<ControllerState>(lacking).unwrap_err().to_string();
            assert_eq!(error, format!("missing field `{field}`"));
        }
        let mut more = whole;
        more["wait"] = 3.into();
        assert!(serde_json::from_value::<ControllerState>(more).is_err());
    }
}
