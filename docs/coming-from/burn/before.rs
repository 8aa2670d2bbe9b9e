let mut scheduler = CosineAnnealingLrSchedulerConfig::new(1e-3, 1000)
    .with_min_lr(1e-5)
    .init()?;
for batch in 0..1000 {
    let lr = scheduler.step().base();
    update(lr, batch);
}
