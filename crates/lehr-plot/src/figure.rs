//! `Figure`: what a picture, a table or a page shows: traces, grouped by their field.

use lehr::Trace;

/// Traces to be shown together: those of one field in one panel, laid over each other; other fields below, over the
/// same updates.
///
/// The field of a trace is its label. [`Svg`](crate::Svg), [`Html`](crate::Html), [`Csv`](crate::Csv) and
/// [`Json`](crate::Json) all take a figure.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, cosine, linear, times};
/// use lehr_plot::Figure;
///
/// let horizon = Horizon::updates(1000)?;
/// let lr = |curve| Plan::builder().then(curve).resolve(&horizon);
/// let figure = Figure::new("Two ways down")
///     .named("a.toml", Trace::sample("lr", &lr(linear().to(times(0.0)))?, 0.1, 200))
///     .named("b.toml", Trace::sample("lr", &lr(cosine().to(times(0.0)))?, 0.1, 200))
///     .trace(Trace::sample("weight_decay", &lr(cosine().to(times(10.0)))?, 0.01, 200));
/// assert_eq!(figure.fields().collect::<Vec<_>>(), ["lr", "weight_decay"]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    title: String,
    groups: Vec<Group>,
    log: Vec<String>,
}

/// The traces of one field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) field: String,
    pub(crate) series: Vec<Series>,
}

/// A trace and what tells it apart from others of its field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) trace: Trace,
}

impl Figure {
    /// A figure without traces. An empty title is not shown.
    ///
    /// ```
    /// use lehr_plot::Figure;
    ///
    /// assert_eq!(Figure::new("Two runs").title(), "Two runs");
    /// assert_eq!(Figure::new("Two runs").fields().count(), 0);
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The same figure under another title.
    ///
    /// ```
    /// use lehr_plot::Figure;
    ///
    /// assert_eq!(Figure::new("old").titled("new").title(), "new");
    /// ```
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Adds a trace that is named after its field.
    ///
    /// ```
    /// use lehr::Trace;
    /// use lehr_plot::Figure;
    ///
    /// let trace = |label| Trace::of_points(label, vec![(0, 0.1), (9, 0.2)]);
    /// let figure = Figure::new("").trace(trace("lr")?).trace(trace("momentum")?);
    /// assert_eq!(figure.fields().collect::<Vec<_>>(), ["lr", "momentum"]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn trace(self, trace: Trace) -> Self {
        self.named(trace.label().to_owned(), trace)
    }

    /// Adds a trace under a name of its own: a file, a run, a parameter group. The legend shows it. A name that the
    /// field has already gets a number.
    ///
    /// ```
    /// use lehr::Trace;
    /// use lehr_plot::{Csv, Figure};
    ///
    /// let trace = |label| Trace::of_points(label, vec![(0, 0.1), (9, 0.2)]);
    /// let figure = Figure::new("").named("old", trace("lr")?).named("old", trace("lr")?);
    /// assert!(Csv.draw(&figure).starts_with("update,lr (old),lr (old (2))\n"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, trace: Trace) -> Self {
        let index = self.groups.iter().position(|group| group.field == trace.label()).unwrap_or_else(|| {
            self.groups.push(Group { field: trace.label().to_owned(), series: Vec::new() });
            self.groups.len() - 1
        });
        let group = &mut self.groups[index];
        let wanted = name.into();
        let taken = |name: &String| group.series.iter().any(|series| series.name == *name);
        let name = (2..=group.series.len() + 1)
            .map(|number| format!("{wanted} ({number})"))
            .fold(wanted.clone(), |name, next| if taken(&name) { next } else { name });
        group.series.push(Series { name, trace });
        self
    }

    /// Shows the values of this field on a logarithmic axis. Where no value is above zero the axis stays linear.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Trace, exponential, times};
    /// use lehr_plot::{Figure, Svg};
    ///
    /// let plan =
    ///     Plan::builder().then(exponential(1e-4).to(times(1e-4))).resolve(&Horizon::updates(1000)?)?;
    /// let figure = Figure::new("").trace(Trace::sample("lr", &plan, 0.1, 200)).log_y("lr");
    /// assert!(Svg::default().draw(&figure).contains(">1e-4</text>"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn log_y(mut self, field: impl Into<String>) -> Self {
        self.log.push(field.into());
        self
    }

    /// The title, empty where there is none.
    ///
    /// ```
    /// use lehr_plot::Figure;
    ///
    /// assert_eq!(Figure::default().title(), "");
    /// ```
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The fields, in the order of their first traces.
    ///
    /// ```
    /// use lehr::Trace;
    /// use lehr_plot::Figure;
    ///
    /// let trace = |label| Trace::of_points(label, vec![(0, 0.1), (9, 0.2)]);
    /// let figure = Figure::new("").named("a", trace("lr")?).named("b", trace("lr")?);
    /// assert_eq!(figure.fields().collect::<Vec<_>>(), ["lr"]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(|group| group.field.as_str())
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn is_log(&self, group: &Group) -> bool {
        self.log.contains(&group.field)
    }

    /// Every trace with its field, its name, and what to call it where fields stand side by side: `lr`, `lr (a.toml)`.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&Group, &Series, String)> {
        self.groups.iter().flat_map(|group| group.series.iter().map(move |series| (group, series))).map(
            |(group, series)| {
                let rest = series.name.strip_prefix(&group.field);
                let bare = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("));
                let name =
                    if bare { series.name.clone() } else { format!("{} ({})", group.field, series.name) };
                (group, series, name)
            },
        )
    }

    /// What the figure is of, for its title element.
    pub(crate) fn heading(&self) -> String {
        if self.title.is_empty() {
            let fields: Vec<_> = self.fields().collect();
            return format!("Schedule of {}", fields.join(", "));
        }
        self.title.clone()
    }

    /// The first update shown and the one after the last.
    pub(crate) fn updates(&self) -> (u64, u64) {
        let traces = || self.groups.iter().flat_map(|group| &group.series).map(|series| &series.trace);
        let first = traces().filter_map(|trace| trace.points().first()).map(|(n, _)| *n).min();
        (first.unwrap_or(0), traces().map(crate::panel::end_of).max().unwrap_or(0))
    }
}

impl FromIterator<Trace> for Figure {
    /// A figure without a title.
    fn from_iter<T: IntoIterator<Item = Trace>>(traces: T) -> Self {
        traces.into_iter().fold(Self::default(), Self::trace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lehr::{Horizon, Plan, hold};

    #[test]
    fn names_are_unique_within_a_field() {
        let plan = Plan::builder().then(hold()).resolve(&Horizon::updates(10).unwrap()).unwrap();
        let figure: Figure =
            ["lr", "wd", "lr", "lr"].map(|label| Trace::sample(label, &plan, 1.0, 2)).into_iter().collect();
        let names: Vec<_> = figure.columns().map(|(_, _, name)| name).collect();
        assert_eq!(names, ["lr", "lr (2)", "lr (3)", "wd"]);
        assert_eq!(figure.updates(), (0, 10));
        assert_eq!(figure.heading(), "Schedule of lr, wd");
    }
}
