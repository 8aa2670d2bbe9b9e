let summary = Training::new(&mut digits, &RunConfig::epochs(30))
    .callback(ProgressBar::new())
    .callback(CsvLog::new("runs/digits/history.csv"))
    .callback(EarlyStopping::new("eval_loss").patience(5))
    .checkpoints(Checkpoints::new("runs/digits/checkpoints").every(20).keep_last(3).resume())
    .run()?;
