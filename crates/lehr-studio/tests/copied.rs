//! What the studio copies for Rust, word for word, compiled and run. A test of `copy.rs` holds the two together.

use lehr::control::Plateau;
use lehr::{Horizon, MemoryGroups, Scheduler, Selection, Spec};

fn optimizer() -> MemoryGroups {
    MemoryGroups::of("lr", &[3e-4, 3e-5])
}

#[test]
fn updates() -> Result<(), lehr::Error> {
    let _ = r#"{ "version": 1, "horizon": { "updates": 100 }, "lr": { "phases": "linear(from=0x, over=5%) -> cosine(to=1e-5)" } }"#;
    let mut optimizer = optimizer();
    let horizon = Horizon::updates(100)?;
    let mut schedule = Scheduler::builder()
        .field("lr", "linear(from=0x, over=5%) -> cosine(to=1e-5)".parse::<Spec>()?.resolve(&horizon)?)
        .attach(&mut optimizer)?;
    schedule.step(&mut optimizer)?;
    assert_eq!(optimizer.values("lr")?, [3e-4 * 0.2, 3e-5 * 0.2]);
    Ok(())
}

#[test]
fn epochs_indices_and_a_controller() -> Result<(), lehr::Error> {
    let _ = r#"{ "version": 1, "horizon": { "epochs": 3, "updates_per_epoch": 10 },
        "lr": [{ "groups": [1], "phases": "cosine(to=0x)", "plateau": { "patience": 3, "factor": 0.5 } }] }"#;
    let mut optimizer = optimizer();
    let horizon = Horizon::epochs(3, 10)?;
    let mut schedule = Scheduler::builder()
        .field_on("lr", Selection::Indices(vec![1]), "cosine(to=0x)".parse::<Spec>()?.resolve(&horizon)?)
        .control("lr", Plateau::builder().patience(3).factor(0.5).build()?)
        .attach(&mut optimizer)?;
    for _ in 0..30 {
        schedule.step(&mut optimizer)?;
    }
    assert_eq!(optimizer.values("lr")?, [3e-4, 0.0]);
    Ok(())
}

#[test]
#[rustfmt::skip]
fn names_and_indices() -> Result<(), lehr::Error> {
    let _ = r#"{ "version": 1, "lr": [{ "groups": ["w", 1], "phases": "hold(from=0.5x)" }] }"#;
    let mut optimizer = MemoryGroups::new().group("w", [("lr", 3e-4)]).group("b", [("lr", 3e-5)]);
    let horizon = Horizon::open();
    let mut schedule = Scheduler::builder()
        .field_on("lr", Selection::Names(vec!["w".into()]), "hold(from=0.5x)".parse::<Spec>()?.resolve(&horizon)?)
        .field_on("lr", Selection::Indices(vec![1]), "hold(from=0.5x)".parse::<Spec>()?.resolve(&horizon)?)
        .attach(&mut optimizer)?;
    schedule.step(&mut optimizer)?;
    assert_eq!(optimizer.values("lr")?, [1.5e-4, 1.5e-5]);
    Ok(())
}
