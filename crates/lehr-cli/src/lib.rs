//! The command `lehr`: see, check, compare and audit schedules before and after a run.
//!
//! [`run`] is the whole program: a `main` of ten lines, a Python console script and a test call it alike. What it prints
//! comes from [`lehr`] and [`lehr_spec`]; nothing is computed here.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | clean |
//! | 1 | findings: a lint, a difference from the plan |
//! | 2 | usage, or a spec that cannot be read or resolved |
//!
//! ```
//! let (mut out, mut err) = (Vec::new(), Vec::new());
//! let args = ["lehr", "values", "linear(from=0x, over=4) -> hold", "--updates", "8", "--at", "1", "--base", "0.1"];
//! let exit = lehr_cli::run(args, &mut out, &mut err);
//! assert_eq!(exit, lehr_cli::Exit::Clean);
//! assert_eq!(String::from_utf8(out).unwrap(), "update,lr\n1,0.025\n");
//! ```

mod args;
mod command;
mod drawing;
mod exit;
mod input;
mod output;
mod session;

pub use exit::Exit;
pub use session::{Environment, run, run_in};
