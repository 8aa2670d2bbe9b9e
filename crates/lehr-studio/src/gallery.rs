//! Gallery: recipes to start from, and the shapes that a phase can have.

use lehr::recipe;
use lehr::{Curve, Horizon, Spec, Trace, fraction, times};
use lehr_spec::SHAPES;
use serde::Serialize;
use serde_json::Value;

/// Updates of a thumbnail's run, and how many of them are drawn.
const RUN: u64 = 10_000;
const SAMPLES: usize = 80;

/// What there is to start from.
#[derive(Debug, Serialize)]
pub(crate) struct Gallery {
    recipes: Vec<Recipe>,
    shapes: Vec<Shape>,
}

/// A named plan with its picture.
#[derive(Debug, Serialize)]
struct Recipe {
    name: &'static str,
    summary: &'static str,
    text: String,
    /// The phases as a tree.
    phases: Value,
    updates: Vec<u64>,
    values: Vec<f64>,
}

/// A shape of a phase.
#[derive(Debug, Serialize)]
struct Shape {
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    /// Its own arguments with their defaults.
    parameters: Vec<(&'static str, String)>,
    falls: bool,
}

impl Gallery {
    pub(crate) fn new() -> Self {
        Self { recipes: recipes(), shapes: SHAPES.iter().filter_map(Shape::of).collect() }
    }
}

impl Shape {
    fn of(entry: &lehr_spec::Described) -> Option<Self> {
        let curve = Curve::named(entry.name)?;
        let parameters = curve.parameters().into_iter().map(|(name, value)| (name, value.to_string()));
        let falls = matches!(curve, Curve::PowerLaw(_) | Curve::Decay(_));
        Some(Self {
            name: entry.name,
            summary: entry.summary,
            formula: entry.formula,
            parameters: parameters.collect(),
            falls,
        })
    }
}

fn recipes() -> Vec<Recipe> {
    let (warm, low, floor) = (fraction(0.05), times(0.01), times(0.1));
    let list: [(&str, &str, Option<Spec>); 16] = [
        (
            "Warm-up and cosine",
            "The default of most training runs.",
            Some(recipe::warmup_cosine().warmup(warm, low).to(floor).spec()),
        ),
        (
            "Warm-up, stable, decay",
            "Decide the end late: hold, then decay.",
            Some(recipe::trapezoid().warmup(warm, low).decay(fraction(0.2), times(0.0)).spec()),
        ),
        (
            "Warm-up and linear",
            "A straight line down to zero.",
            Some(recipe::linear_with_warmup().warmup(warm, low).spec()),
        ),
        ("One cycle", "Up, down, and far below.", Some(recipe::one_cycle().spec())),
        (
            "Cosine with restarts",
            "Several equal waves.",
            Some(recipe::cosine_with_restarts().warmup(warm, low).cycles(4).spec()),
        ),
        (
            "Growing restarts",
            "Each wave twice as long (SGDR).",
            Some(recipe::sgdr(fraction(0.14)).length(2.0).cycles(3).to(floor).spec()),
        ),
        (
            "Milestones",
            "Half at each milestone.",
            recipe::multi_step([fraction(0.5), fraction(0.75)]).factor(0.5).spec().ok(),
        ),
        ("Stairs", "A factor each so many updates.", Some(recipe::step(fraction(0.2), 0.5).spec())),
        (
            "Triangular",
            "Up and down again and again.",
            Some(recipe::triangular(floor, fraction(0.125)).spec()),
        ),
        (
            "Tri-stage",
            "Rise, hold, fall by a constant factor.",
            Some(recipe::tri_stage().warmup(warm, low).hold(fraction(0.4)).decay(fraction(0.5), low).spec()),
        ),
        ("REX", "High for long, then quickly down.", Some(recipe::rex().warmup(warm, low).spec())),
        (
            "Polynomial",
            "A square of what is left.",
            Some(recipe::polynomial_with_warmup(2.0).warmup(warm, low).spec()),
        ),
        ("Inverse square root", "No end to know.", Some(recipe::inverse_sqrt().warmup(warm, low).spec())),
        (
            "Power with a tail",
            "A power law, then a straight line to the end.",
            Some(recipe::power_with_tail().warmup(warm, low).spec()),
        ),
        (
            "Constant with warm-up",
            "Rise, then hold.",
            Some(recipe::constant_with_warmup().warmup(warm, low).spec()),
        ),
        ("Range test", "Which learning rate is too high?", Some(recipe::range_test().spec())),
    ];
    list.into_iter().filter_map(|(name, summary, spec)| Recipe::of(name, summary, &spec?)).collect()
}

impl Recipe {
    fn of(name: &'static str, summary: &'static str, spec: &Spec) -> Option<Self> {
        let plan = spec.resolve(&Horizon::updates(RUN).ok()?).ok()?;
        let (updates, values) = Trace::sample("", &plan, 1.0, SAMPLES).points().iter().copied().unzip();
        let phases = serde_json::to_value(spec).ok()?;
        Some(Self { name, summary, text: spec.to_string(), phases, updates, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_has_a_picture_and_every_shape_is_there() {
        let gallery = Gallery::new();
        assert_eq!(gallery.recipes.len(), 16);
        for recipe in &gallery.recipes {
            assert!(recipe.values.iter().all(|value| value.is_finite()), "{}", recipe.name);
            assert!(recipe.updates.last() == Some(&(RUN - 1)), "{}", recipe.name);
        }
        assert_eq!(gallery.shapes.len(), Curve::NAMES.len());
    }
}
