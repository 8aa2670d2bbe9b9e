//! `PlanText`: a plan as the one-line text, whatever it was written as, with the place of every part of it.

mod piece;

use std::ops::Range;

use lehr::{Error, Spec};

use crate::node::{Kind, Node};
use crate::problem::Problem;
use crate::walk::{Walk, verbatim};

use piece::{Piece, pieces_of};

pub(crate) use piece::split;

/// A plan with more phases is refused.
///
/// ```
/// use lehr_spec::{MAX_PHASES, Source, SpecFile};
///
/// let read = |phases| SpecFile::read_text(&Source::new("plan", vec!["hold(over=1)"; phases].join(" -> "))?, "lr");
/// assert!(read(MAX_PHASES).is_ok());
/// assert!(read(MAX_PHASES + 1).is_err());
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
pub const MAX_PHASES: usize = 10_000;

/// How deep plans may be nested in plans.
const MAX_NESTING: usize = 64;

const ARROW: &str = " -> ";

/// The one-line text of a plan, and where each part of it stands in the file.
///
/// ```
/// use lehr_spec::{Overrides, Source, SpecFile};
///
/// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
/// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
/// assert_eq!((plan.len(), plan.span.clone()), (2, 0..43));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanText {
    /// Where the whole plan stands.
    pub span: Range<usize>,
    pieces: Vec<Piece>,
}

impl PlanText {
    /// The whole text.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
    /// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
    /// assert_eq!(plan.text(), "linear(over=50) -> cosine(to=0.1x, over=50)");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(ARROW)
    }

    /// How many phases and combinators follow each other.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
    /// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
    /// assert_eq!(plan.len(), 2);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
    /// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
    /// assert!(!plan.is_empty());
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Where a phase stands, counted from 0.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
    /// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
    /// assert_eq!((plan.phase_span(0), plan.phase_span(1)), (0..15, 19..43));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn phase_span(&self, index: usize) -> Range<usize> {
        self.pieces.get(index).map_or(self.span.clone(), |piece| piece.span.clone())
    }

    /// Where the value of an argument of a phase stands, if it is given.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear(over=50) -> cosine(to=0.1x, over=50)")?, "lr")?;
    /// let plan = &spec.resolve(&Overrides::default())?.entries[0].text;
    /// assert_eq!(plan.argument_span(1, "to"), Some(29..33));
    /// assert_eq!(plan.argument_span(1, "from"), None);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn argument_span(&self, phase: usize, argument: &str) -> Option<Range<usize>> {
        self.pieces.get(phase)?.argument(argument)
    }

    /// The phases from the first on, up to this one.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self { span: self.span.clone(), pieces: self.pieces[..count.min(self.pieces.len())].to_vec() }
    }

    /// The spec of it, by the core's own reader.
    pub(crate) fn spec(&self) -> Result<Spec, Problem> {
        match self.text().parse::<Spec>() {
            Ok(spec) => Ok(spec),
            Err(Error::Text { position, message, .. }) => Err(self.fault(position, &message)),
            Err(error) => Err(Problem::error("plan", error.to_string()).at(self.span.clone())),
        }
    }

    /// What the reader of plan text says, at its place in the file.
    fn fault(&self, position: usize, message: &str) -> Problem {
        let (title, rest) = message.split_once("; ").map_or((message, ""), |(title, rest)| (title, rest));
        let mut problem = Problem::error("plan", title).at(self.place(position));
        if !rest.is_empty() {
            problem = problem.help(rest);
        }
        let quoted = title.split("did you mean `").nth(1).and_then(|rest| rest.split('`').next());
        match quoted {
            Some(word) => problem.label("not known").paste(word),
            None => problem.label("here"),
        }
    }

    /// Where a byte of the text stands in the file.
    fn place(&self, position: usize) -> Range<usize> {
        let mut start = 0;
        for piece in &self.pieces {
            let end = start + piece.text.len();
            if position <= end {
                // What is between two pieces, the arrow, is shown where the next one begins.
                return piece.place(position.saturating_sub(start));
            }
            start = end + ARROW.len();
        }
        self.span.end..self.span.end
    }

    /// Reads a node: the one-line text, a phase, or a list of phases.
    pub(crate) fn read(walk: &mut Walk, source: &str, name: &str, node: &Node) -> Option<Self> {
        let pieces = match &node.kind {
            Kind::Text(text) => {
                let start = verbatim(source, node, text);
                pieces_of(text, &|part| match start {
                    Some(start) => start + part.start..start + part.end,
                    None => node.span.clone(),
                })
            }
            Kind::Map(_) => vec![Piece::of_table(walk, source, node, 0)?],
            Kind::List(items) => {
                if items.is_empty() {
                    walk.wrong(
                        Problem::error("plan", "a plan has at least one phase")
                            .at(node.span.clone())
                            .label("there is none")
                            .paste(r#"phases = [{ shape = "cosine", to = "0.1x" }]"#),
                    );
                    return None;
                }
                if items.len() > MAX_PHASES {
                    walk.wrong(too_many(items.len(), node.span.clone()));
                    return None;
                }
                let pieces: Vec<_> =
                    items.iter().map(|item| Piece::of_table(walk, source, item, 0)).collect();
                pieces.into_iter().collect::<Option<Vec<_>>>()?
            }
            _ => {
                walk.wrong(
                    Problem::error(
                        "wrong-type",
                        format!("`{name}` must be a list of phases or the one-line text"),
                    )
                    .at(node.span.clone())
                    .label(format!("found {}", node.found()))
                    .paste(format!("{name} = \"linear(from=0.01x, over=5%) -> cosine(to=0.1x)\"")),
                );
                return None;
            }
        };
        if pieces.len() > MAX_PHASES {
            walk.wrong(too_many(pieces.len(), node.span.clone()));
            return None;
        }
        let plan = Self { span: node.span.clone(), pieces };
        if let Err(problem) = plan.spec() {
            walk.wrong(problem);
            return None;
        }
        Some(plan)
    }
}

fn too_many(count: usize, span: Range<usize>) -> Problem {
    Problem::error("size", format!("a plan in a file has at most {MAX_PHASES} phases, here are {count}"))
        .at(span.start..span.start)
        .help("a phase that comes again and again is one phase inside `repeat`")
}
