//! An example of each replica, over a run of 1,000 updates: what its picture is of.

/// The name of each replica, in the order of [`lehr::compat::Replica::NAMES`], with a plan that shows it in a run of 1,000
/// updates.
///
/// ```
/// use lehr::compat::Replica;
///
/// let names: Vec<&str> = lehr_spec::REPLICAS.iter().map(|(name, _)| *name).collect();
/// assert_eq!(names, Replica::NAMES);
/// ```
pub const REPLICAS: &[(&str, &str)] = &[
    ("torch.StepLR", "torch.StepLR(step_size=300)"),
    ("torch.MultiStepLR", "torch.MultiStepLR(milestones=[400, 800])"),
    ("torch.ConstantLR", "torch.ConstantLR(total_iters=300)"),
    ("torch.LinearLR", "torch.LinearLR(total_iters=300)"),
    ("torch.ExponentialLR", "torch.ExponentialLR(gamma=0.995)"),
    ("torch.PolynomialLR", "torch.PolynomialLR(total_iters=800, power=2)"),
    ("torch.CosineAnnealingLR", "torch.CosineAnnealingLR(T_max=600)"),
    ("torch.CosineAnnealingWarmRestarts", "torch.CosineAnnealingWarmRestarts(T_0=140, T_mult=2)"),
    ("torch.OneCycleLR", "torch.OneCycleLR(max_lr=1, total_steps=1000)"),
    ("torch.CyclicLR", "torch.CyclicLR(base_lr=0.1, max_lr=1, step_size_up=200)"),
    ("torch.SWALR", "torch.SWALR(swa_lr=0.05, anneal_epochs=400)"),
    ("timm.CosineLRScheduler", "timm.CosineLRScheduler(t_initial=1000, warmup_t=100, lr_min=0.01)"),
    ("timm.TanhLRScheduler", "timm.TanhLRScheduler(t_initial=1000, warmup_t=100)"),
    ("timm.StepLRScheduler", "timm.StepLRScheduler(decay_t=300, decay_rate=0.5, warmup_t=100)"),
    ("timm.MultiStepLRScheduler", "timm.MultiStepLRScheduler(decay_t=[400, 800], decay_rate=0.1)"),
    ("timm.PolyLRScheduler", "timm.PolyLRScheduler(t_initial=1000, power=2, warmup_t=100)"),
    ("timm.WSDLRScheduler", "timm.WSDLRScheduler(t_initial=1000, decay_t=200, warmup_t=100)"),
    ("transformers.constant", "transformers.constant"),
    ("transformers.constant_with_warmup", "transformers.constant_with_warmup(num_warmup_steps=100)"),
    ("transformers.linear", "transformers.linear(num_warmup_steps=100, num_training_steps=1000)"),
    ("transformers.cosine", "transformers.cosine(num_warmup_steps=100, num_training_steps=1000)"),
    (
        "transformers.cosine_with_restarts",
        "transformers.cosine_with_restarts(num_warmup_steps=100, num_training_steps=1000, num_cycles=3)",
    ),
    (
        "transformers.cosine_with_min_lr",
        "transformers.cosine_with_min_lr(num_warmup_steps=100, num_training_steps=1000, min_lr_rate=0.1)",
    ),
    (
        "transformers.cosine_warmup_with_min_lr",
        "transformers.cosine_warmup_with_min_lr(num_warmup_steps=100, num_training_steps=1000, min_lr_rate=0.1)",
    ),
    (
        "transformers.polynomial",
        "transformers.polynomial(num_warmup_steps=100, num_training_steps=1000, power=2, lr_init=1)",
    ),
    ("transformers.inverse_sqrt", "transformers.inverse_sqrt(num_warmup_steps=100)"),
    (
        "transformers.warmup_stable_decay",
        "transformers.warmup_stable_decay(num_warmup_steps=100, num_decay_steps=300, num_training_steps=1000)",
    ),
    (
        "pytorch_accelerated.CosineLrScheduler",
        "pytorch_accelerated.CosineLrScheduler(total_num_epochs=10, num_update_steps_per_epoch=100, num_warmup_epochs=1)",
    ),
    (
        "pytorch_accelerated.WSDLrScheduler",
        "pytorch_accelerated.WSDLrScheduler(total_steps=1000, num_warmup_steps=100)",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replica_has_an_example_that_changes_its_values() {
        let names: Vec<&str> = REPLICAS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, lehr::compat::Replica::NAMES);
        for (name, example) in REPLICAS {
            assert!(example.starts_with(name));
            let horizon = lehr::Horizon::updates(1000).unwrap();
            let plan = example.parse::<lehr::Spec>().unwrap().resolve(&horizon);
            let (low, high) = lehr::Trace::sample("lr", &plan.unwrap(), 1.0, 1000).range();
            assert!(low.is_finite() && high <= 1.0, "{name}: from {low} to {high}");
            assert!(low < high || *name == "transformers.constant", "{name} keeps {low}");
        }
    }
}
