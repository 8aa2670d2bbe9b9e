//! Whose fault it is that a plan does not resolve: the first phase with which it fails.

use lehr::{Error, Spec};

use super::run::Run;
use crate::plan_text::PlanText;
use crate::problem::Problem;

/// The phase that an error is about, and the error at its place.
pub(super) fn blame(text: &PlanText, run: &Run, error: Error) -> Problem {
    let culprit = culprit(text, run, &error);
    let span = |argument: &str| text.argument_span(culprit, argument).unwrap_or(text.phase_span(culprit));
    match error {
        Error::Length { phases, run: total } if phases > u128::from(total) => {
            let mut problem = Problem::error(
                "phases-too-long",
                format!("the phases take {phases} updates, but the run has {total}"),
            )
            .at(span("over"))
            .label(format!("with this phase the plan is {} updates too long", phases - u128::from(total)))
            .help("shorten a phase, or give its length as a share of the run")
            .paste("over = \"5%\"");
            if phases.is_multiple_of(u128::from(total)) {
                let times = phases / u128::from(total);
                problem = problem.help(format!(
                    "that is {times} times the run: are the lengths in batches, or the run in updates of one of {times} processes?"
                ));
            }
            problem
        }
        Error::Length { phases, run: total } => {
            let last = text.phase_span(text.len().saturating_sub(1));
            Problem::error(
                "phases-too-short",
                format!("the phases take {phases} updates, but the run has {total}"),
            )
            .at(last)
            .label("the plan ends here, before the run does")
            .help("give one phase the length `rest`, or add a phase that holds")
            .paste("over = \"rest\"")
        }
        Error::Horizon { span: length, lacks } => {
            let total = lacks.contains("total");
            let (what, paste) = if total {
                ("how many updates the run has is not known", "[horizon]\nupdates = 10_000")
            } else {
                ("how many updates an epoch has is not known", "[horizon]\nupdates_per_epoch = 334")
            };
            let option = if total { "--updates 10000" } else { "--updates-per-epoch 334" };
            Problem::error("horizon", format!("the length `{length}` cannot be converted: {what}"))
                .at(span("over"))
                .label("needs the run")
                .help(format!("say it in the file, or to the command: {option}"))
                .paste(paste.replace('\n', " "))
        }
        Error::Parameter { name, value, rule } => {
            let missing = value.starts_with("missing");
            let problem = Problem::error(
                "plan",
                if missing {
                    "a phase has no length".to_owned()
                } else {
                    format!("`{name}` is {value}, but {rule}")
                },
            );
            let problem = problem.at(span(&name));
            if missing {
                problem.label("how long?").help(rule).paste("over = \"5%\"")
            } else {
                problem.label("here")
            }
        }
        error => Problem::error("plan", error.to_string()).at(text.span.clone()),
    }
}

/// The first phase with which the plan fails.
fn culprit(text: &PlanText, run: &Run, error: &Error) -> usize {
    if let Error::Parameter { value, .. } = error
        && let Some(rest) = value.strip_prefix("missing in phase ")
        && let Some(number) = rest.split(' ').next().and_then(|number| number.parse::<usize>().ok())
    {
        return number.saturating_sub(1);
    }
    let fails = |count: usize| {
        let resolved = text.first(count).text().parse::<Spec>().and_then(|spec| spec.resolve(&run.horizon));
        match resolved {
            // A beginning is too short by its nature.
            Err(Error::Length { phases, run }) => phases > u128::from(run),
            Err(_) => true,
            Ok(_) => false,
        }
    };
    // What a beginning cannot do, a longer one cannot either.
    let (mut good, mut bad) = (0, text.len());
    while good + 1 < bad {
        let middle = usize::midpoint(good, bad);
        if fails(middle) { bad = middle } else { good = middle }
    }
    bad.saturating_sub(1)
}
