let plan = Plan::builder()
    .then(cosine().to(absolute(1e-5)))
    .resolve(&Horizon::updates(1000)?)?;
for batch in 0..1000 {
    let lr = plan.value_at(batch, 1e-3);
    update(lr, batch);
}
