let plan = Plan::builder()
    .then(linear().from(times(0.01)).over(fraction(0.05)))
    .then(cosine().to(times(0.1)))
    .resolve(&Horizon::updates(1000)?)?;
let params = AdamWParams { lr: 3e-4, ..AdamWParams::default() };
let mut optimizer = AdamW::builder().group("all", variables, params).build()?;
let mut schedule = Scheduler::builder().field("lr", plan).attach(&mut optimizer)?;
for batch in &batches {
    let loss = batch.matmul(&weight)?.sqr()?.mean_all()?;
    optimizer.backward_step(&loss)?;
    schedule.step(&mut optimizer)?;
}
