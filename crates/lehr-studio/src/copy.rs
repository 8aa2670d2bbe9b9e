//! Copy: a schedule as text for a file, a shell, a training script.

use lehr_spec::{Entry, Format, Group, Problems, Resolved, SpecFile};
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
    let trainer = "\ntrainer = transformers.Trainer(model=model, args=args, train_dataset=train, optimizers=(optimizer, schedule))\n";
    let copy = |name, text| Copy { name, text };
    Ok(vec![
        copy("TOML", spec.write(Format::Toml)),
        copy("YAML", spec.write(Format::Yaml)),
        copy("JSON", spec.write(Format::Json)),
        copy(
            "Text",
            resolved.entries.iter().flat_map(|entry| [entry.spec.to_string(), "\n".to_owned()]).collect(),
        ),
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
    let scheduler = scheduler(resolved, &run, "");
    format!("import lehr\n\nschedule = {scheduler}\n{}", observed(resolved))
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
    let line = |entry: &Entry| {
        let (field, plan) = (quoted(&entry.field.to_string()), quoted(&entry.spec.to_string()));
        match &entry.groups {
            Some(groups) => format!("{indent}    ({field}, {plan}, [{}]),\n", list(groups)),
            None if grouped => format!("{indent}    ({field}, {plan}),\n"),
            None => format!("{indent}    {field}: {plan},\n"),
        }
    };
    let (open, close) = if grouped { ("[", "]") } else { ("{", "}") };
    let lines: String = resolved.entries.iter().map(line).collect();
    format!("lehr.Scheduler(optimizer, {open}\n{lines}{indent}{close}{run}{})", control(resolved))
}

/// The controllers, one for a field.
fn control(resolved: &Resolved) -> String {
    let mut fields: Vec<String> = Vec::new();
    for entry in &resolved.entries {
        let Some(plateau) = &entry.plateau else { continue };
        let count =
            |name, at: &Option<lehr_spec::At<u64>>| at.as_ref().map(|at| format!("{name}={}", at.value));
        let number =
            |name, at: &Option<lehr_spec::At<f64>>| at.as_ref().map(|at| format!("{name}={:?}", at.value));
        let settings = [
            count("patience", &plateau.patience),
            number("factor", &plateau.factor),
            count("cooldown", &plateau.cooldown),
            number("min_factor", &plateau.min_factor),
        ];
        let settings: Vec<String> = settings.into_iter().flatten().collect();
        let field = quoted(&entry.field.to_string());
        fields.push(format!("{field}: lehr.Plateau({})", settings.join(", ")));
    }
    if fields.is_empty() { String::new() } else { format!(", control={{{}}}", fields.join(", ")) }
}

fn observed(resolved: &Resolved) -> String {
    let plateau = resolved.entries.iter().find_map(|entry| entry.plateau.as_ref());
    plateau.map_or_else(String::new, |plateau| {
        let every = plateau.every.as_ref().map_or("1ep", |every| &every.value);
        format!("# every {every}: schedule.observe(metric)\n")
    })
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
    let field = |entry: &Entry| {
        let name = quoted(&entry.field.to_string());
        let plan = format!("{}.parse::<Spec>()?.resolve(&horizon)?", quoted(&entry.spec.to_string()));
        match &entry.groups {
            None => format!("    .field({name}, {plan})\n"),
            Some(groups) => {
                let names = groups.iter().all(|group| matches!(group, Group::Name(_)));
                let selection = if names {
                    let list: Vec<_> =
                        groups.iter().map(|group| format!("{}.into()", quoted(&group.text()))).collect();
                    format!("Selection::Names(vec![{}])", list.join(", "))
                } else {
                    format!("Selection::Indices(vec![{}])", list(groups))
                };
                format!("    .field_on({name}, {selection}, {plan})\n")
            }
        }
    };
    let fields: String = resolved.entries.iter().map(field).collect();
    let selection = if fields.contains("Selection::") { "Selection, " } else { "" };
    format!(
        "use lehr::{{Horizon, Scheduler, {selection}Spec}};\n\nlet horizon = {horizon};\nlet mut schedule = Scheduler::builder()\n\
         {fields}    .attach(&mut optimizer)?;\n"
    )
}

fn list(groups: &[Group]) -> String {
    let item = |group: &Group| match group {
        Group::Index(index) => index.value.to_string(),
        Group::Name(name) => quoted(&name.value),
    };
    groups.iter().map(item).collect::<Vec<_>>().join(", ")
}

/// A text as Python and Rust have it: names and plans have nothing in them that the two escape differently.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
