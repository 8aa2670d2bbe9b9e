//! Guard: who may ask, and how often.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::{Method, StatusCode};

/// Requests in a second that go on for ever, and how many may come at once.
const RATE: f64 = 300.0;
const BURST: f64 = 600.0;

/// The header with the token.
const TOKEN: HeaderName = HeaderName::from_static("x-lehr-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The rules of one run.
pub(crate) struct Guard {
    token: String,
    hosts: [String; 2],
    allowance: Mutex<(f64, Instant)>,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) StatusCode, pub(crate) &'static str);

impl Guard {
    pub(crate) fn new(port: u16, token: String) -> Self {
        let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        Self { token, hosts, allowance: Mutex::new((BURST, Instant::now())) }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Whether a request may be answered at all: a name that was bound anew to this address is not ours.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        if hosts.next().is_some() || !host.is_some_and(|host| self.hosts.iter().any(|own| own == host)) {
            return Err(Refused(StatusCode::MISDIRECTED_REQUEST, "this is not the address that was given"));
        }
        if self.spend() { Ok(()) } else { Err(Refused(StatusCode::TOO_MANY_REQUESTS, "too many requests")) }
    }

    /// Whether a request may read or change anything.
    pub(crate) fn authorise(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let own = |origin: &str| {
            origin.strip_prefix("http://").is_some_and(|host| self.hosts.iter().any(|own| own == host))
        };
        if text(&ORIGIN).is_some_and(|origin| !own(origin))
            || text(&FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none")
        {
            return Err(Refused(StatusCode::FORBIDDEN, "another page may not ask"));
        }
        if !text(&TOKEN).is_some_and(|token| same(token.as_bytes(), self.token.as_bytes())) {
            let message = "the token is missing: open the address that `lehr serve` printed";
            return Err(Refused(StatusCode::UNAUTHORIZED, message));
        }
        if method == Method::POST && text(&CONTENT_TYPE) != Some("application/json") {
            return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "a request is JSON"));
        }
        Ok(())
    }

    fn spend(&self) -> bool {
        let mut allowance = self.allowance.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, before) = *allowance;
        let now = Instant::now();
        let left = (left + now.duration_since(before).as_secs_f64() * RATE).min(BURST);
        *allowance = (left - 1.0, now);
        if left < 1.0 {
            allowance.0 = left;
        }
        left >= 1.0
    }
}

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// 128 random bits.
pub(crate) fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_end() {
        let guard = Guard::new(1, "t".to_owned());
        let admitted = (0..2000).filter(|_| guard.spend()).count();
        assert!((600..1200).contains(&admitted), "{admitted}");
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let tokens = [new_token().unwrap(), new_token().unwrap()];
        assert!(tokens[0].len() == 32 && tokens[0] != tokens[1]);
    }
}
