//! How a scheduler reads and writes the groups.

use std::fmt;

use lehr::{Field, ParamGroups};

use crate::algorithm::{Hyperparameter, Setter};
use crate::optimizer::Optimizer;

impl Hyperparameter {
    fn is(&self, field: &Field) -> bool {
        self.name == field.name() && self.element == field.element()
    }
}

/// The rule that the value of a hyperparameter breaks, if it breaks one. Written so that NaN fails too.
pub(crate) fn broken_rule(value: f64) -> Option<&'static str> {
    (!(value >= 0.0 && value.is_finite())).then_some("it must be finite and at least 0")
}

impl fmt::Display for Hyperparameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.element {
            Some(element) => write!(f, "{}[{element}]", self.name),
            None => f.write_str(self.name),
        }
    }
}

/// What can be scheduled in a group is what tch can set in one: `lr` and `weight_decay` of every optimizer, `momentum` of
/// `nn::Sgd`.
///
/// The others (`betas[0]`, `betas[1]`, `eps`, `alpha`, `dampening`, the momentum of `nn::RmsProp`) can be read and not
/// written: tch has no setter for them, or one for all groups together. (`set_momentum_group` of tch 0.26 panics on all
/// but `nn::Sgd`; it is not called for them.)
///
/// # Example
///
/// ```
/// use lehr::{Field, ParamGroups};
/// use lehr_tch::Optimizer;
/// use tch::{Device, nn};
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let weight = vs.root().zeros("weight", &[3]);
/// let mut optimizer = Optimizer::new(&vs, nn::AdamW::default(), 1e-3)?;
/// assert_eq!(optimizer.fields(0), ["lr", "weight_decay"]);
/// let beta2: Field = "betas[1]".parse()?;
/// assert_eq!(optimizer.get(0, &beta2), Some(0.999));
/// assert_eq!(
///     optimizer.set(0, &beta2, 0.99).unwrap_err(),
///     "tch cannot set `betas[1]` in a group, it stays 0.999: schedule lr, weight_decay, or use an optimizer of \
///      lehr-candle or lehr-burn",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl ParamGroups for Optimizer {
    fn group_count(&self) -> usize {
        self.groups.len()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        self.groups.get(group)?.name.as_deref()
    }

    fn fields(&self, group: usize) -> Vec<String> {
        let Some(group) = self.groups.get(group) else { return Vec::new() };
        let settable = group.hyperparameters.iter().filter(|one| one.setter != Setter::None);
        settable.map(ToString::to_string).collect()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        let hyperparameters = &self.groups.get(group)?.hyperparameters;
        hyperparameters.iter().find(|one| one.is(field)).map(|one| one.value)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        let (count, fields) = (self.groups.len(), self.fields(group).join(", "));
        let Some(target) = self.groups.get_mut(group) else {
            return Err(format!("there is no group {group}: the optimizer has {count}, counted from 0"));
        };
        let Some(one) = target.hyperparameters.iter_mut().find(|one| one.is(field)) else {
            return Err(format!("there is no `{field}`: the group has {fields}"));
        };
        if let Some(rule) = broken_rule(value) {
            return Err(format!("it is {value}, but {rule}"));
        }
        let written = match one.setter {
            Setter::Lr => self.inner.set_learning_rate_group(group, value),
            Setter::WeightDecay => self.inner.set_weight_decay_group(group, value),
            Setter::Momentum => self.inner.set_momentum_group(group, value),
            Setter::None => {
                return Err(format!(
                    "tch cannot set `{field}` in a group, it stays {}: schedule {fields}, or use an optimizer of \
                     lehr-candle or lehr-burn",
                    one.value
                ));
            }
        };
        written.map_err(|error| error.to_string())?;
        one.value = value;
        Ok(())
    }
}
