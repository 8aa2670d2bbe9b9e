//! `Groups`: named groups of a module's parameters, each with hyperparameters of its own.

use std::sync::{Arc, PoisonError, RwLock};

use burn::lr_scheduler::module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler};
use burn::module::ParamGroup;
use burn::optim::ModuleOptimizer;
use lehr::{Field, ParamGroups};

use crate::error::Error;
use crate::hyperparameters::{Hyperparameter, Hyperparameters};
use crate::scheduled::{Scheduled, Shared, now};

/// The groups of an optimizer of Burn, read and written through [`lehr::ParamGroups`].
///
/// Burn keeps its hyperparameters to itself and is handed a learning rate at every update. `Groups` holds them all;
/// [`optimizer`](Self::optimizer) makes the optimizer that reads them.
///
/// # Example: a loop of your own
///
/// ```
/// use burn::module::ParamGroup;
/// use burn::nn::LinearConfig;
/// use burn::optim::GradientsParams;
/// use burn::tensor::{Device, Tensor};
/// use lehr::{Horizon, ParamGroups, Plan, Scheduler, absolute, cosine, times};
/// use lehr_burn::{AdamWParams, Groups};
///
/// let params = AdamWParams { lr: 0.1, weight_decay: 0.01, ..AdamWParams::default() };
/// let mut groups = Groups::new("weights", params)?.with_group(
///     "biases",
///     ParamGroup::from_predicate("bias"),
///     AdamWParams { weight_decay: 0.0, ..params },
/// )?;
/// let mut optimizer = groups.optimizer();
/// let horizon = Horizon::updates(3)?;
/// let mut schedule = Scheduler::builder()
///     .field("lr", Plan::builder().then(cosine().to(times(0.0))).resolve(&horizon)?)
///     .field("weight_decay", Plan::builder().then(cosine().to(absolute(0.1))).resolve(&horizon)?)
///     .attach(&mut groups)?;
///
/// let device = Device::flex().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// for _ in 0..3 {
///     let loss = model.forward(Tensor::<2>::ones([1, 2], &device)).sum();
///     let gradients = GradientsParams::from_grads(loss.backward(), &model);
///     model = optimizer.step(groups.learning_rate(), model, gradients);
///     schedule.step(&mut groups)?;
/// }
/// assert_eq!(groups.params("weights").map(|params| (params.lr, params.weight_decay)), Some((0.0, 0.1)));
/// assert_eq!(groups.params("biases").map(|params| params.weight_decay), Some(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Groups<P> {
    /// Has all parameters that no other group takes.
    first: Group<P>,
    others: Vec<Group<P>>,
}

#[derive(Debug)]
pub(crate) struct Group<P> {
    pub(crate) name: String,
    pub(crate) matches: ParamGroup,
    pub(crate) params: Shared<P>,
}

impl<P: Hyperparameters> Groups<P> {
    /// The first group: all parameters that no later group takes.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if a hyperparameter is NaN, infinite or outside its range.
    ///
    /// ```
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let groups = Groups::new("all", SgdParams { lr: 0.1, ..SgdParams::default() })?;
    /// assert_eq!(groups.params("all").map(|params| params.lr), Some(0.1));
    /// assert!(Groups::new("all", SgdParams { lr: f64::NAN, ..SgdParams::default() }).is_err());
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn new(name: impl Into<String>, params: P) -> Result<Self, Error> {
        Ok(Self { first: Group::new(name.into(), ParamGroup::all(), params)?, others: Vec::new() })
    }

    /// The same with one more group. A parameter that several groups match is of the last of them, as everywhere in Burn.
    ///
    /// # Errors
    ///
    /// As [`add_group`](Self::add_group).
    ///
    /// ```
    /// use burn::module::ParamGroup;
    /// use lehr::ParamGroups;
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let params = SgdParams::default();
    /// let groups = Groups::new("weights", params)?.with_group("biases", ParamGroup::from_predicate("bias"), params)?;
    /// assert_eq!((groups.group_count(), groups.group_name(1)), (2, Some("biases")));
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn with_group(
        mut self,
        name: impl Into<String>,
        matches: ParamGroup,
        params: P,
    ) -> Result<Self, Error> {
        self.add_group(name, matches, params)?;
        Ok(self)
    }

    /// Adds a group. An optimizer that was made before does not know it: give it one with
    /// `ModuleOptimizer::with_group(matches, groups.scheduled(name), None)`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if there is a group of that name, or if a hyperparameter is NaN, infinite or outside its range.
    ///
    /// ```
    /// use burn::module::ParamGroup;
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let params = SgdParams::default();
    /// let mut groups = Groups::new("weights", params)?;
    /// groups.add_group("biases", ParamGroup::from_predicate("bias"), params)?;
    /// assert!(groups.add_group("biases", ParamGroup::from_predicate("norm"), params).is_err());
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn add_group(
        &mut self,
        name: impl Into<String>,
        matches: ParamGroup,
        params: P,
    ) -> Result<(), Error> {
        let name = name.into();
        if self.find(&name).is_some() {
            let rule = "a schedule knows groups by their names: give each its own";
            return Err(Error::parameter("the name of two groups", format!("`{name}`"), rule));
        }
        self.others.push(Group::new(name, matches, params)?);
        Ok(())
    }

    /// An optimizer of Burn for a whole module, which takes what these groups have at every update.
    ///
    /// ```
    /// use burn::nn::LinearConfig;
    /// use burn::optim::GradientsParams;
    /// use burn::tensor::{Device, Tensor};
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let groups = Groups::new("all", SgdParams { lr: 0.5, ..SgdParams::default() })?;
    /// let mut optimizer = groups.optimizer();
    /// let device = Device::flex().autodiff();
    /// let model = LinearConfig::new(1, 1).with_bias(false).init(&device);
    /// let before = model.weight.val().into_scalar::<f32>();
    /// let gradients = GradientsParams::from_grads(model.forward(Tensor::<2>::ones([1, 1], &device)).sum().backward(), &model);
    /// let model = optimizer.step(groups.learning_rate(), model, gradients); // the gradient is 1
    /// assert!((model.weight.val().into_scalar::<f32>() - (before - 0.5)).abs() < 1e-6);
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn optimizer(&self) -> ModuleOptimizer {
        self.others.iter().fold(self.first.scheduled().into(), |optimizer: ModuleOptimizer, group| {
            optimizer.with_group(group.matches.clone(), group.scheduled(), None)
        })
    }

    /// The optimizer of one group; `None` if there is no group of that name.
    ///
    /// ```
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let groups = Groups::new("all", SgdParams::default())?;
    /// assert!(groups.scheduled("all").is_some() && groups.scheduled("none").is_none());
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn scheduled(&self, group: &str) -> Option<Scheduled<P>> {
        self.find(group).map(Group::scheduled)
    }

    /// The hyperparameters of a group; `None` if there is no group of that name.
    ///
    /// ```
    /// use lehr::ParamGroups;
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let mut groups = Groups::new("all", SgdParams::default())?;
    /// groups.set(0, &"lr".parse()?, 0.25)?;
    /// assert_eq!(groups.params("all").map(|params| params.lr), Some(0.25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn params(&self, group: &str) -> Option<P> {
        self.find(group).map(|group| now(&group.params))
    }

    /// What to hand to `ModuleOptimizer::step`: the learning rate of each group.
    ///
    /// ```
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let groups = Groups::new("all", SgdParams { lr: 0.1, ..SgdParams::default() })?;
    /// // optimizer.step(rate, model, gradients)
    /// let rate = groups.learning_rate();
    /// # let _ = rate;
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn learning_rate(&self) -> ModuleLearningRate {
        self.each_lr(|group| now(&group.params).lr()).step()
    }

    /// A scheduler of Burn made of one for each group, the first one for all.
    pub(crate) fn each_lr<S>(&self, mut scheduler: impl FnMut(&Group<P>) -> S) -> ModuleLrScheduler
    where
        S: burn::lr_scheduler::LrScheduler + 'static,
    {
        let first = ModuleLrScheduler::new(scheduler(&self.first));
        self.others.iter().fold(first, |all, group| all.with_group(group.matches.clone(), scheduler(group)))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Group<P>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    fn find(&self, name: &str) -> Option<&Group<P>> {
        self.iter().find(|group| group.name == name)
    }
}

impl<P: Hyperparameters> Group<P> {
    fn new(name: String, matches: ParamGroup, params: P) -> Result<Self, Error> {
        for one in P::FIELDS {
            let value = (one.get)(&params);
            if let Some(rule) = one.broken_rule(value) {
                return Err(Error::parameter(format!("`{one}` of group `{name}`"), value, rule));
            }
        }
        Ok(Self { name, matches, params: Arc::new(RwLock::new(params)) })
    }

    fn scheduled(&self) -> Scheduled<P> {
        Scheduled { params: Arc::clone(&self.params) }
    }
}

/// Writes one number, if it may be written.
pub(crate) fn write<P: Hyperparameters>(params: &RwLock<P>, field: &Field, value: f64) -> Result<(), String> {
    let Some(one) = P::FIELDS.iter().find(|one| one.is(field)) else {
        let known: Vec<String> = P::FIELDS.iter().map(Hyperparameter::to_string).collect();
        return Err(format!("there is no `{field}`: the group has {}", known.join(", ")));
    };
    if let Some(rule) = one.broken_rule(value) {
        return Err(format!("it is {value}, but {rule}"));
    }
    *(one.place)(&mut params.write().unwrap_or_else(PoisonError::into_inner)) = value;
    Ok(())
}

/// The fields are those of the hyperparameters: `lr`, `weight_decay`, `eps`, `betas[0]` and `betas[1]` for
/// [`AdamWParams`](crate::AdamWParams); `lr`, `weight_decay` and `momentum` for [`SgdParams`](crate::SgdParams).
///
/// `get` answers with the bits that were set. `set` refuses what the constructor refuses. The next update uses what was
/// set last.
impl<P: Hyperparameters> ParamGroups for Groups<P> {
    fn group_count(&self) -> usize {
        1 + self.others.len()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        Some(&self.iter().nth(group)?.name)
    }

    fn fields(&self, group: usize) -> Vec<String> {
        let fields = if group < self.group_count() { P::FIELDS } else { &[] };
        fields.iter().map(Hyperparameter::to_string).collect()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        let params = &self.iter().nth(group)?.params;
        let one = P::FIELDS.iter().find(|one| one.is(field))?;
        Some((one.get)(&params.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        let Some(group) = self.iter().nth(group) else {
            return Err(format!(
                "there is no group {group}: there are {}, counted from 0",
                self.group_count()
            ));
        };
        write(&group.params, field, value)
    }
}
