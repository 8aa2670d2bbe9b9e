//! Copy: a schedule as text for a file, a shell, a training script.

use lehr_spec::{At, Format, Group, PlateauTable, Problems, Resolved, SpecFile};
use serde::Serialize;

/// A schedule in one of its forms.
#[derive(Debug, Serialize)]
pub(crate) struct Copy {
    name: &'static str,
    text: String,
}

/// Every form of a schedule.
pub(crate) fn copies(spec: &SpecFile) -> Result<Vec<Copy>, Problems> {
    let resolved = spec.resolve(&lehr_spec::Overrides::default())?;
    let torch = torch(&resolved);
    let trainer = "\ntrainer = transformers.Trainer(\n    model=model, args=args, train_dataset=train, \
                   optimizers=(optimizer, schedule),\n)\n";
    let lines = resolved.entries.iter().flat_map(|entry| [entry.spec.to_string(), "\n".to_owned()]);
    let copy = |name, text| Copy { name, text };
    Ok(vec![
        copy("TOML", spec.write(Format::Toml)),
        copy("YAML", spec.write(Format::Yaml)),
        copy("JSON", spec.write(Format::Json)),
        copy("Text", lines.collect()),
        copy("PyTorch", torch.clone()),
        copy("Hugging Face", torch.replace("import lehr\n", "import lehr\nimport transformers\n") + trainer),
        copy("pytorch-accelerated", accelerated(&resolved)),
        copy("Rust", rust(&resolved)),
    ])
}

/// `lehr.Scheduler(optimizer, {...}, updates=10000)`.
fn torch(resolved: &Resolved) -> String {
    let run = match (resolved.horizon.total(), resolved.epochs, resolved.horizon.updates_per_epoch()) {
        (_, Some(epochs), Some(size)) => format!(", epochs={epochs}, updates_per_epoch={size}"),
        (Some(updates), ..) => format!(", updates={updates}"),
        (None, ..) => String::new(),
    };
    let plateau = resolved.entries.iter().find_map(|entry| entry.plateau.as_ref());
    let observed = plateau.map_or_else(String::new, |plateau| {
        let every = plateau.every.as_ref().map_or("1ep", |every| &every.value);
        format!("# every {every}: schedule.observe(metric)\n")
    });
    format!("import lehr\n\nschedule = {}\n{observed}", scheduler(resolved, &run, ""))
}

/// A function of the trainer's own counts.
fn accelerated(resolved: &Resolved) -> String {
    let open = resolved.horizon.total().is_none();
    let run = if open { "" } else { ", epochs=epochs, updates_per_epoch=updates_per_epoch" };
    let scheduler = scheduler(resolved, run, "    ");
    format!(
        "from functools import partial\n\nimport lehr\nfrom pytorch_accelerated.trainer import TrainerPlaceholderValues\n\n\n\
         def create_schedule(optimizer, epochs, updates_per_epoch):\n    return {scheduler}\n\n\n\
         create_scheduler_fn = partial(\n    create_schedule,\n    epochs=TrainerPlaceholderValues.NUM_EPOCHS,\n    \
         updates_per_epoch=TrainerPlaceholderValues.PER_PROCESS_NUM_UPDATE_STEPS_PER_EPOCH,\n)\n"
    )
}

fn scheduler(resolved: &Resolved, run: &str, indent: &str) -> String {
    let grouped = resolved.entries.iter().any(|entry| entry.groups.is_some());
    let mut lines = Vec::new();
    for entry in &resolved.entries {
        let (field, plan) = (quoted(&entry.field.to_string()), quoted(&entry.spec.to_string()));
        match &entry.groups {
            Some(groups) => lines.extend(selections(groups).into_iter().map(|groups| {
                let groups = groups.map(|list| list.join(", "), |list| list.join(", "));
                format!("{indent}    ({field}, {plan}, [{groups}]),\n")
            })),
            None if grouped => lines.push(format!("{indent}    ({field}, {plan}),\n")),
            None => lines.push(format!("{indent}    {field}: {plan},\n")),
        }
    }
    let controls = resolved.entries.iter().filter_map(|entry| {
        let settings = settings(entry.plateau.as_ref()?, |name, value| format!("{name}={value}"));
        Some(format!("{}: lehr.Plateau({})", quoted(&entry.field.to_string()), settings.join(", ")))
    });
    let controls: Vec<String> = controls.collect();
    let control =
        if controls.is_empty() { String::new() } else { format!(", control={{{}}}", controls.join(", ")) };
    let (open, close) = if grouped { ("[", "]") } else { ("{", "}") };
    format!("lehr.Scheduler(optimizer, {open}\n{}{indent}{close}{run}{control})", lines.concat())
}

fn rust(resolved: &Resolved) -> String {
    let horizon = match (resolved.horizon.total(), resolved.epochs, resolved.horizon.updates_per_epoch()) {
        (_, Some(epochs), Some(size)) => format!("Horizon::epochs({epochs}, {size})?"),
        (Some(updates), _, None) => format!("Horizon::updates({updates})?"),
        (Some(updates), _, Some(size)) => {
            format!("Horizon::updates({updates})?.with_updates_per_epoch({size})?")
        }
        (None, ..) => "Horizon::open()".to_owned(),
    };
    let mut lines = Vec::new();
    for entry in &resolved.entries {
        let name = quoted(&entry.field.to_string());
        let plan = format!("{}.parse::<Spec>()?.resolve(&horizon)?", quoted(&entry.spec.to_string()));
        match &entry.groups {
            None => lines.push(format!("    .field({name}, {plan})\n")),
            Some(groups) => lines.extend(selections(groups).into_iter().map(|groups| {
                let selection = groups.map(
                    |names| {
                        let names: Vec<_> = names.iter().map(|name| format!("{name}.into()")).collect();
                        format!("Names(vec![{}])", names.join(", "))
                    },
                    |indices| format!("Indices(vec![{}])", indices.join(", ")),
                );
                format!("    .field_on({name}, Selection::{selection}, {plan})\n")
            })),
        }
        if let Some(plateau) = &entry.plateau {
            let settings = settings(plateau, |name, value| format!(".{name}({value})")).concat();
            lines.push(format!("    .control({name}, Plateau::builder(){settings}.build()?)\n"));
        }
    }
    let lines = lines.concat();
    let plateau = if lines.contains("Plateau::") { "use lehr::control::Plateau;\n" } else { "" };
    let selection = if lines.contains("Selection::") { "Selection, " } else { "" };
    format!(
        "{plateau}use lehr::{{Horizon, Scheduler, {selection}Spec}};\n\nlet horizon = {horizon};\n\
         let mut schedule = Scheduler::builder()\n{lines}    .attach(&mut optimizer)?;\n"
    )
}

/// Groups by name or by index: no selection has both.
enum Chosen {
    Names(Vec<String>),
    Indices(Vec<String>),
}

impl Chosen {
    fn map(
        &self,
        names: impl FnOnce(&[String]) -> String,
        indices: impl FnOnce(&[String]) -> String,
    ) -> String {
        match self {
            Self::Names(list) => names(list),
            Self::Indices(list) => indices(list),
        }
    }
}

fn selections(groups: &[Group]) -> Vec<Chosen> {
    let (mut names, mut indices) = (Vec::new(), Vec::new());
    for group in groups {
        match group {
            Group::Name(name) => names.push(quoted(&name.value)),
            Group::Index(index) => indices.push(index.value.to_string()),
        }
    }
    let names = Some(Chosen::Names(names.clone())).filter(|_| !names.is_empty());
    let indices = Some(Chosen::Indices(indices.clone())).filter(|_| !indices.is_empty());
    names.into_iter().chain(indices).collect()
}

/// What is said of a controller, each setting as a language has it.
fn settings(plateau: &PlateauTable, setting: impl Fn(&str, String) -> String) -> Vec<String> {
    let count = |at: &Option<At<u64>>| at.as_ref().map(|at| at.value.to_string());
    let number = |at: &Option<At<f64>>| at.as_ref().map(|at| format!("{:?}", at.value));
    let given = [
        ("patience", count(&plateau.patience)),
        ("factor", number(&plateau.factor)),
        ("cooldown", count(&plateau.cooldown)),
        ("min_factor", number(&plateau.min_factor)),
    ];
    given.into_iter().filter_map(|(name, value)| Some(setting(name, value?))).collect()
}

/// A text as Python and Rust have it: names and plans have nothing in them that the two escape differently.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::read;

    /// A test that is compiled, and run: what is copied for Rust stands in it word for word.
    const COMPILED: &str = include_str!("../tests/copied.rs");

    fn copied(tree: &str, name: &str) -> String {
        let copies = copies(&read(tree).unwrap()).unwrap();
        copies.into_iter().find(|copy| copy.name == name).unwrap().text
    }

    #[test]
    fn what_is_copied_for_rust_compiles() {
        let trees = COMPILED.split("r#\"").skip(1).map(|rest| rest.split("\"#").next().unwrap());
        let mut checked = 0;
        for tree in trees {
            let text = copied(tree, "Rust");
            let body = text.lines().filter(|line| !line.starts_with("use ") && !line.is_empty());
            let indented: Vec<String> = body.map(|line| format!("    {line}\n")).collect();
            assert!(COMPILED.contains(&indented.concat()), "{}", indented.concat());
            checked += 1;
        }
        assert_eq!(checked, 3);
    }

    #[test]
    fn what_is_copied_for_python_names_groups_and_controllers() {
        let tree = r#"{ "version": 1, "horizon": { "epochs": 3, "updates_per_epoch": 10 },
            "lr": { "phases": "linear(from=0x, over=5) -> cosine(to=1e-5)", "plateau": { "patience": 3, "factor": 0.5, "every": "2ep" } },
            "weight_decay": [{ "groups": ["w", 1], "phases": "cosine(to=0.4)" }] }"#;
        assert_eq!(
            copied(tree, "PyTorch"),
            "import lehr\n\n\
             schedule = lehr.Scheduler(optimizer, [\n    \
             (\"lr\", \"linear(from=0x, over=5) -> cosine(to=1e-5)\"),\n    \
             (\"weight_decay\", \"cosine(to=0.4)\", [\"w\"]),\n    \
             (\"weight_decay\", \"cosine(to=0.4)\", [1]),\n\
             ], epochs=3, updates_per_epoch=10, control={\"lr\": lehr.Plateau(patience=3, factor=0.5)})\n\
             # every 2ep: schedule.observe(metric)\n"
        );
    }
}
