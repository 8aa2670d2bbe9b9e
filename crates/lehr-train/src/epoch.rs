//! One epoch: its windows of batches, each an update, and its evaluations.

use crate::config::NonFiniteGradients;
use crate::error::TrainError;
use crate::run::{Mean, Run};
use crate::trainer::{Batches, Trainer};
use crate::training::{Moment, Running};

type Outcome<T, V = ()> = Result<V, TrainError<<T as Trainer>::Error>>;

/// Trains on an epoch, or on what is left of it, and evaluates.
pub(crate) fn train_and_evaluate<T: Trainer>(running: &mut Running<'_, T>, run: &mut Run) -> Outcome<T> {
    let promised = running.config.train_batches(running.trainer.train_batch_count());
    if run.progress.epoch_ended && (run.epoch() == 0 || run.progress.batch >= promised) {
        run.progress.epoch += 1;
        run.progress.batch = 0;
        run.progress.epoch_loss = Mean::default();
    }
    run.progress.epoch_ended = false;
    running.trainer.train_epoch_start(run).map_err(TrainError::Step)?;
    running.tell(run, |callback, trainer, run| callback.on_train_epoch_start(trainer, run))?;
    let whole = train(running, run)?;
    if run.stopped().is_some() && !whole {
        return Ok(());
    }
    run.progress.train_loss = run.progress.epoch_loss.value();
    run.record("train_loss", run.train_loss());
    running.trainer.train_epoch_end(run).map_err(TrainError::Step)?;
    running.tell(run, |callback, trainer, run| callback.on_train_epoch_end(trainer, run))?;
    evaluate(running, run)?;
    running.trainer.training_run_epoch_end(run).map_err(TrainError::Step)?;
    running.tell(run, |callback, trainer, run| callback.on_training_run_epoch_end(trainer, run))?;
    run.progress.epoch_ended = true;
    Ok(())
}

/// Trains on the batches that are left of the epoch; answers whether that was all of it.
fn train<T: Trainer>(running: &mut Running<'_, T>, run: &mut Run) -> Outcome<T, bool> {
    let found = running.trainer.train_batch_count();
    let promised = running.config.train_batches(found);
    let epoch = run.epoch();
    let done = run.progress.batch;
    let batches = match done {
        0 => running.trainer.train_batches(epoch),
        done => running.trainer.train_batches_from(epoch, done),
    };
    let mut batches = batches.map_err(TrainError::Step)?;
    while run.progress.batch < promised {
        if run.is_over() {
            return Ok(false);
        }
        let window = running.config.gradient_accumulation_steps.min(promised - run.progress.batch);
        update(running, run, &mut batches, promised, window)?;
        running.save_if_due(run, Moment::Update)?;
    }
    if promised == found && batches.next().is_some() {
        return Err(TrainError::BatchCount { epoch, promised, found: promised + 1 });
    }
    Ok(true)
}

/// A window of batches and its update, whatever becomes of it.
fn update<T: Trainer>(
    running: &mut Running<'_, T>,
    run: &mut Run,
    batches: &mut Batches<T::Batch, T::Error>,
    promised: u64,
    window: u64,
) -> Outcome<T> {
    let mut window_loss = Mean::default();
    let before = (run.progress.batch, run.progress.epoch_loss);
    for _ in 0..window {
        let seen = run.progress.batch;
        let missing = || TrainError::BatchCount { epoch: run.epoch(), promised, found: seen };
        let batch = batches.next().ok_or_else(missing)?.map_err(TrainError::Step)?;
        running.tell(run, |callback, trainer, run| callback.on_train_step_start(trainer, run))?;
        let trainer = &mut *running.trainer;
        let loss = trainer.calculate_train_batch_loss(&batch).map_err(TrainError::Step)?;
        let value = trainer.loss_value(&loss).map_err(TrainError::Step)?;
        run.progress.epoch_loss.add(value, trainer.batch_size(&batch));
        window_loss.add(value, trainer.batch_size(&batch));
        trainer.backward_step(loss, 1.0 / window as f64).map_err(TrainError::Step)?;
        run.progress.batch += 1;
        running
            .tell(run, |callback, trainer, run| callback.on_train_step_end(trainer, run, &batch, value))?;
        if run.stopped().is_some() {
            // The window is to be made anew, should the run be resumed.
            (run.progress.batch, run.progress.epoch_loss) = before;
            return running.trainer.optimizer_zero_grad().map_err(TrainError::Step);
        }
    }
    running.trainer.clip_gradients(run).map_err(TrainError::Step)?;
    let updated = may_update(running, run)? && {
        run.columns.read(running.trainer.optimizer());
        running.trainer.optimizer_step().map_err(TrainError::Step)?
    };
    if updated {
        run.progress.update_loss = window_loss.value();
        run.progress.num_updates += 1;
        running.trainer.scheduler_step(run)?;
    } else {
        run.progress.num_skipped += 1;
    }
    running.trainer.optimizer_zero_grad().map_err(TrainError::Step)?;
    if !updated {
        return running.tell(run, |callback, trainer, run| callback.on_update_skipped(trainer, run));
    }
    running.tell(run, |callback, trainer, run| callback.on_update_end(trainer, run))?;
    match running.config.eval_every {
        Some(every) if run.num_updates().is_multiple_of(every) => evaluate(running, run),
        _ => Ok(()),
    }
}

/// Whether the gradients are such that the run wants an update with them.
fn may_update<T: Trainer>(running: &mut Running<'_, T>, run: &mut Run) -> Outcome<T, bool> {
    let policy = running.config.non_finite_gradients;
    if policy == NonFiniteGradients::Use {
        return Ok(true);
    }
    let Some(finite) = running.trainer.gradients_are_finite().map_err(TrainError::Step)? else {
        return Err(TrainError::Config {
            name: "non_finite_gradients",
            value: format!("{policy:?}"),
            rule: "the trainer does not say whether they are finite: implement `gradients_are_finite`",
        });
    };
    if !finite && policy == NonFiniteGradients::Stop {
        run.stop(format!("a gradient of update {} was not finite", run.num_updates()));
    }
    Ok(finite)
}

/// Evaluates, unless that has been done since the last update, or is not wanted.
fn evaluate<T: Trainer>(running: &mut Running<'_, T>, run: &mut Run) -> Outcome<T> {
    let limit = running.config.limit_eval_batches;
    if limit == Some(0) || run.progress.evaluated_at == Some(run.num_updates()) {
        return Ok(());
    }
    running.trainer.eval_epoch_start(run).map_err(TrainError::Step)?;
    running.tell(run, |callback, trainer, run| callback.on_eval_epoch_start(trainer, run))?;
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let (mut mean, mut any) = (Mean::default(), false);
    for batch in running.trainer.eval_batches().map_err(TrainError::Step)?.take(limit) {
        let batch = batch.map_err(TrainError::Step)?;
        any = true;
        running.tell(run, |callback, trainer, run| callback.on_eval_step_start(trainer, run))?;
        let loss = running.trainer.calculate_eval_batch_loss(&batch).map_err(TrainError::Step)?;
        let value = running.trainer.loss_value(&loss).map_err(TrainError::Step)?;
        mean.add(value, running.trainer.batch_size(&batch));
        running.tell(run, |callback, trainer, run| callback.on_eval_step_end(trainer, run, &batch, value))?;
    }
    run.progress.evaluated_at = Some(run.num_updates());
    run.progress.eval_loss = mean.value();
    if any {
        run.record("eval_loss", run.eval_loss());
    }
    running.trainer.eval_epoch_end(run).map_err(TrainError::Step)?;
    if any {
        running.trainer.scheduler_observe(run)?;
    }
    running.tell(run, |callback, trainer, run| callback.on_eval_epoch_end(trainer, run))
}
