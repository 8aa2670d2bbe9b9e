//! The one-line form of a spec: `linear(from=0.01x, over=5%) -> cosine(to=1e-6)`.
//!
//! ```text
//! spec     = phase { "->" phase }
//! phase    = shape [ "(" [ argument { "," argument } ] ")" ]
//! argument = name "=" value
//! ```

use std::str::FromStr;

use crate::curve::Curve;
use crate::error::Error;
use crate::number::parse_finite;
use crate::phase::{Phase, phase};
use crate::spec::Spec;

/// Longer texts are refused before they are read: 4 MiB hold 100,000 phases.
const MAX_BYTES: usize = 4 << 20;

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            return Err(Error::parameter(
                "text",
                format!("{} bytes long", text.len()),
                format!("a plan has at most {MAX_BYTES}"),
            ));
        }
        let mut reader = Reader { text, position: 0 };
        let mut spec = Self::default();
        loop {
            spec = spec.then(reader.phase()?);
            if reader.at_end() {
                return Ok(spec);
            }
            if !reader.eat("->") {
                return Err(reader.error("`->` and another phase, or the end of the plan"));
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn phase(&mut self) -> Result<Phase, Error> {
        let (start, name) = self.word();
        let Some(curve) = Curve::named(name) else {
            let wanted =
                if name.is_empty() { "a shape".to_owned() } else { unknown("shape", name, Curve::NAMES) };
            return Err(Error::text(
                self.text,
                start,
                format!("{wanted}; the shapes are {}", Curve::NAMES.join(", ")),
            ));
        };
        let mut read = phase(curve);
        let mut seen: Vec<&str> = Vec::new();
        if !self.eat("(") || self.eat(")") {
            return Ok(read);
        }
        loop {
            let (start, name) = self.word();
            if seen.contains(&name) {
                return Err(Error::text(self.text, start, format!("`{name}` is given twice")));
            }
            seen.push(name);
            if !self.eat("=") {
                return Err(self.error("`=` and a value after the name, as in over=5%"));
            }
            self.argument(&mut read, start, name)?;
            if self.eat(")") {
                return Ok(read);
            }
            if !self.eat(",") {
                return Err(self.error("`,` or `)`"));
            }
        }
    }

    fn argument(&mut self, read: &mut Phase, name_at: usize, name: &str) -> Result<(), Error> {
        let (start, value) = self.value();
        let at_value = |error: Error| match error {
            Error::Text { message, .. } => Error::text(self.text, start, message),
            other => other,
        };
        match name {
            "from" => read.from = Some(value.parse().map_err(at_value)?),
            "to" => read.to = Some(value.parse().map_err(at_value)?),
            "over" => read.over = Some(value.parse().map_err(at_value)?),
            "inclusive" => match value {
                "true" => read.inclusive = true,
                "false" => read.inclusive = false,
                _ => return Err(Error::text(self.text, start, "`inclusive` is true or false")),
            },
            _ => {
                let names: Vec<&str> = read.curve.parameters().into_iter().map(|(name, _)| name).collect();
                if !names.contains(&name) {
                    let known: Vec<&str> =
                        names.into_iter().chain(["from", "to", "over", "inclusive"]).collect();
                    let wanted = unknown("argument", name, &known);
                    let message = format!("{wanted}; {} takes {}", read.curve.name(), known.join(", "));
                    return Err(Error::text(self.text, name_at, message));
                }
                let number = parse_finite(value)
                    .ok_or_else(|| Error::text(self.text, start, format!("`{name}` is a finite number")))?;
                read.curve.set(name, number);
            }
        }
        Ok(())
    }

    /// Letters, digits and `_`, with their position.
    fn word(&mut self) -> (usize, &'a str) {
        self.take_while(|c| c.is_alphanumeric() || c == '_')
    }

    /// Everything up to the next `,` or `)`.
    fn value(&mut self) -> (usize, &'a str) {
        let (start, value) = self.take_while(|c| c != ',' && c != ')' && c != '(');
        (start, value.trim_end())
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> (usize, &'a str) {
        self.skip_space();
        let start = self.position;
        let rest = &self.text[start..];
        let taken = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.position += taken.len();
        (start, taken)
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.text[self.position..].starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    fn at_end(&mut self) -> bool {
        self.skip_space();
        self.position == self.text.len()
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest.len() - rest.trim_start().len();
    }

    fn error(&self, wanted: &str) -> Error {
        Error::text(self.text, self.position, format!("expected {wanted}"))
    }
}

/// "there is no shape `cosin`, did you mean `cosine`?"
fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|candidate| (distance(name, candidate), candidate)).min();
    match nearest {
        Some((edits, candidate)) if edits <= 2 && edits < candidate.len() => {
            format!("there is no {kind} `{name}`, did you mean `{candidate}`?")
        }
        _ => format!("there is no {kind} `{name}`"),
    }
}

/// Edits between two words: insertions, deletions, substitutions and swapped neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(rows[i - 2][j - 2] + 1);
            }
            row.push(edits);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> (usize, String) {
        match text.parse::<Spec>() {
            Err(Error::Text { position, message, .. }) => (position, message),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn spaces_do_not_matter() {
        let spec: Spec = " linear ( from = 0.01x ,over=5% )->cosine( ) -> hold ".parse().unwrap();
        assert_eq!(spec.to_string(), "linear(from=0.01x, over=5%) -> cosine -> hold");
    }

    #[test]
    fn errors_carry_position_and_a_way_out() {
        let cases = [
            ("", 0, "a shape; the shapes are hold, linear"),
            ("cosin(to=0)", 0, "there is no shape `cosin`, did you mean `cosine`?"),
            (
                "cosine(ot=0)",
                7,
                "there is no argument `ot`, did you mean `to`?; cosine takes k, from, to, over, inclusive",
            ),
            ("cosine(to=zero)", 10, "a level is a finite number"),
            ("cosine(to=nan)", 10, "a level is a finite number"),
            ("cosine(k=inf)", 9, "`k` is a finite number"),
            ("linear(over=5 %, over=3)", 17, "`over` is given twice"),
            ("linear(over=2.5)", 12, "a length is a whole number of updates"),
            ("linear(over=5%", 14, "expected `,` or `)`"),
            ("linear over", 7, "expected `->`"),
            ("linear ->", 9, "a shape"),
            ("linear(over)", 11, "expected `=`"),
            ("linear(inclusive=yes)", 17, "`inclusive` is true or false"),
            ("длинный -> x", 0, "there is no shape `длинный`"),
        ];
        for (text, position, message) in cases {
            let (found, said) = fails(text);
            assert_eq!(found, position, "{text}: {said}");
            assert!(said.starts_with(message), "{text}: {said}");
        }
    }

    #[test]
    fn size_is_bounded() {
        let huge = "hold -> ".repeat(1 << 20);
        assert!(huge.parse::<Spec>().unwrap_err().to_string().contains("a plan has at most 4194304"));
    }
}
