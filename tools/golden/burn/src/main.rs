//! Writes the golden table of Burn's learning-rate schedulers to standard output: what each gives for update n, counted
//! from 0, beside the plan text that must give the same, and how many ulp apart the two may be.

use burn_optim::lr_scheduler::cosine::CosineAnnealingLrSchedulerConfig;
use burn_optim::lr_scheduler::exponential::ExponentialLrSchedulerConfig;
use burn_optim::lr_scheduler::linear::LinearLrSchedulerConfig;
use burn_optim::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use burn_optim::lr_scheduler::noam::NoamLrSchedulerConfig;
use burn_optim::lr_scheduler::step::StepLrSchedulerConfig;

/// A scheduler, the plan that is the same, the base of that, how far to compare, and the ulp for each update beyond 4.
type Case = (&'static str, Result<ModuleLrScheduler, String>, String, f64, u64, f64);

fn main() -> Result<(), String> {
    println!("# burn-optim 0.22.1; tools/golden/burn");
    println!("schedule,plan,base,n,value,ulp");
    let noam_peak = (1.0 / (512.0_f64 * 400.0)).sqrt();
    let cases: [Case; 8] = [
        (
            "LinearLr",
            LinearLrSchedulerConfig::new(1e-3, 1e-5, 100).init(),
            "linear(to=1e-5, over=100)".into(),
            1e-3,
            120,
            0.0,
        ),
        (
            "LinearLr",
            LinearLrSchedulerConfig::new(1e-4, 1e-1, 7).init(),
            "linear(to=0.1, over=7)".into(),
            1e-4,
            12,
            0.0,
        ),
        // Past its end Burn's cosine rises again.
        (
            "CosineAnnealingLr",
            CosineAnnealingLrSchedulerConfig::new(1e-3, 100).with_min_lr(1e-5).init(),
            "cosine(to=1e-5, over=100)".into(),
            1e-3,
            101,
            0.0,
        ),
        (
            "CosineAnnealingLr",
            CosineAnnealingLrSchedulerConfig::new(1.0, 1).with_min_lr(0.5).init(),
            "cosine(to=0.5, over=1)".into(),
            1.0,
            2,
            0.0,
        ),
        // Recursive: one rounding more with each update. A power of a whole number has a few, too.
        (
            "ExponentialLr",
            ExponentialLrSchedulerConfig::new(1e-2, 0.9).init(),
            "decay(factor=0.9)".into(),
            1e-2,
            200,
            1.0,
        ),
        (
            "StepLr",
            StepLrSchedulerConfig::new(0.1, 30).with_gamma(0.5).init(),
            "repeat(hold(over=30), height=0.5)".into(),
            0.1,
            200,
            0.0,
        ),
        (
            "StepLr",
            StepLrSchedulerConfig::new(3e-4, 1).init(),
            "repeat(hold(over=1), height=0.1)".into(),
            3e-4,
            20,
            0.25,
        ),
        (
            "NoamLr",
            NoamLrSchedulerConfig::new(1.0).with_warmup_steps(400).with_model_size(512).init(),
            format!("shift(linear(from=0, to={noam_peak:?}, over=400) -> power_law(scale=400), by=-1)"),
            1.0,
            2000,
            0.0,
        ),
    ];
    for (name, scheduler, plan, base, updates, growth) in cases {
        let mut scheduler = scheduler?;
        for n in 0..updates {
            let value = scheduler.step().base();
            println!("{name},\"{plan}\",{base:?},{n},{value:?},{}", 4 + (growth * n as f64) as u64);
        }
    }
    Ok(())
}
