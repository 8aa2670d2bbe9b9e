//! The one-line form of a spec: `linear(from=0.01x, over=5%) -> cosine(to=1e-6)`.
//!
//! ```text
//! spec     = step { "->" step }
//! step     = name [ "(" [ part { "," part } ] ")" ]  |  "(" spec ")"
//! part     = name "=" value  |  spec
//! ```

use std::fmt;
use std::str::FromStr;

use crate::call::{Argument, Call, Fault};
use crate::error::Error;
use crate::spec::Spec;

/// Longer texts are refused before they are read: 4 MiB hold 100,000 phases.
const MAX_BYTES: usize = 4 << 20;

/// How deep plans may be nested in plans.
pub(crate) const MAX_DEPTH: usize = 64;

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            let found = format!("{} bytes long", text.len());
            return Err(Error::parameter("text", found, format!("a plan has at most {MAX_BYTES} bytes")));
        }
        read(text)
            .and_then(|calls| Self::from_calls(&calls))
            .map_err(|fault| Error::text(text, fault.position, fault.message))
    }
}

fn read(text: &str) -> Result<Vec<Call>, Fault> {
    let mut reader = Reader { text, position: 0, depth: 0 };
    let calls = reader.spec()?;
    if reader.at_end() {
        Ok(calls)
    } else {
        Err(reader.fault("expected `->` and another phase, or the end of the plan"))
    }
}

/// Prints calls as they are read.
pub(crate) fn write(calls: &[Call], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            f.write_str(" -> ")?;
        }
        f.write_str(&call.name)?;
        if call.plans.is_empty() && call.arguments.is_empty() {
            continue;
        }
        f.write_str("(")?;
        let mut separator = "";
        for plan in &call.plans {
            f.write_str(separator)?;
            write(plan, f)?;
            separator = ", ";
        }
        for argument in &call.arguments {
            write!(f, "{separator}{}={}", argument.name, argument.value)?;
            separator = ", ";
        }
        f.write_str(")")?;
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn spec(&mut self) -> Result<Vec<Call>, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault(format!("plans may be nested {MAX_DEPTH} deep, not deeper")));
        }
        let mut calls = Vec::new();
        loop {
            if self.eat("(") {
                calls.extend(self.spec()?);
                if !self.eat(")") {
                    return Err(self.fault("expected `->` or `)`"));
                }
            } else {
                calls.push(self.step()?);
            }
            if !self.eat("->") {
                self.depth -= 1;
                return Ok(calls);
            }
        }
    }

    fn step(&mut self) -> Result<Call, Fault> {
        let (position, name) = self.word();
        let mut call = Call { position, ..Call::new(name, Vec::new()) };
        if name.is_empty() {
            return Err(Fault::new(position, format!("expected a shape; {}", Spec::shapes())));
        }
        if !self.eat("(") || self.eat(")") {
            return Ok(call);
        }
        loop {
            let before = self.position;
            let (position, name) = self.word();
            if !name.is_empty() && self.eat("=") {
                let (value_position, value) = self.value();
                let (name, value) = (name.to_owned(), value.to_owned());
                call.arguments.push(Argument { name, position, value, value_position });
            } else {
                self.position = before;
                call.plans.push(self.spec()?);
            }
            if self.eat(")") {
                return Ok(call);
            }
            if !self.eat(",") {
                return Err(self.fault("expected `,` or `)`"));
            }
        }
    }

    /// Letters, digits, `_` and `.`, with their position.
    fn word(&mut self) -> (usize, &'a str) {
        self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '.')
    }

    /// Everything up to the next `,` or bracket; a list goes to its own end.
    fn value(&mut self) -> (usize, &'a str) {
        self.skip_space();
        if self.text[self.position..].starts_with('[') {
            let (start, _) = self.take_while(|c| c != ']');
            self.eat("]");
            return (start, self.text[start..self.position].trim_end());
        }
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

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.position, message)
    }
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
            ("", 0, "expected a shape; the shapes are hold, linear"),
            ("cosin(to=0)", 0, "there is no shape `cosin`, did you mean `cosine`?"),
            ("clmap(hold)", 0, "there is no shape `clmap`, did you mean `clamp`?"),
            (
                "cosine(ot=0)",
                7,
                "there is no argument `ot`, did you mean `to`?; cosine takes k, exponent, cycles, from, to",
            ),
            ("cosine(to=zero)", 10, "a level is a finite number"),
            ("cosine(to=nan)", 10, "a level is a finite number"),
            ("cosine(k=inf)", 9, "`k` is a finite number"),
            ("linear(over=5 %, over=3)", 17, "`over` is given twice"),
            ("linear(over=2.5)", 12, "a length is a whole number of updates"),
            ("linear(over=5%", 14, "expected `,` or `)`"),
            ("linear over", 7, "expected `->`"),
            ("linear ->", 9, "expected a shape"),
            ("linear(over)", 0, "linear is a shape and takes no plans"),
            ("linear(inclusive=yes)", 17, "`inclusive` is true or false"),
            ("clamp(hold, hold)", 0, "clamp takes one plan, as in clamp(cosine(to=0)); here are 2"),
            ("product(hold)", 0, "product takes two plans or more"),
            ("hold -> scale(hold)", 8, "scale needs `by`, as in scale(cosine(to=0), by=0.5)"),
            ("stretch(hold, by=0)", 17, "`by` is a ratio above 0"),
            ("shift(hold, by=rest)", 15, "`by` is a length, as in by=100"),
            ("repeat(hold, times=-1)", 19, "`times` is a whole number"),
            (
                "clamp(hold, mni=0)",
                12,
                "there is no argument `mni`, did you mean `min`?; clamp takes min, max, over",
            ),
            ("(hold -> linear", 15, "expected `->` or `)`"),
            ("длинный -> x", 0, "there is no shape `длинный`"),
        ];
        for (text, position, message) in cases {
            let (found, said) = fails(text);
            assert_eq!(found, position, "{text}: {said}");
            assert!(said.starts_with(message), "{text}: {said}");
        }
    }

    #[test]
    fn brackets_group_and_plans_nest() {
        let spec: Spec = "(linear -> (hold)) -> clamp((cosine -> hold), min=0.1x, over=5%)".parse().unwrap();
        assert_eq!(spec.to_string(), "linear -> hold -> clamp(cosine -> hold, min=0.1x, over=5%)");
        let deep = |depth: usize| {
            format!("{}hold{}", "scale(".repeat(depth), ", by=1)".repeat(depth)).parse::<Spec>()
        };
        assert!(deep(60).is_ok());
        assert!(deep(1000).unwrap_err().to_string().contains("plans may be nested 64 deep"));
        assert!("(".repeat(100_000).parse::<Spec>().is_err());
    }

    #[test]
    fn size_is_bounded() {
        let huge = "hold -> ".repeat(1 << 20);
        assert!(huge.parse::<Spec>().unwrap_err().to_string().contains("a plan has at most 4194304"));
    }
}
