//! The server: loopback, HTTP/1.1, bounded.

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::api;
use crate::assets;
use crate::error::StudioError;
use crate::files::File;
use crate::follow::{Followed, Sheet};
use crate::guard::{Guard, Refused, new_token};
use crate::run::Run;

/// A longer body is refused before it is read.
const MOST_BYTES: usize = 4 << 20;

/// More connections wait.
const MOST_CONNECTIONS: usize = 64;

/// How long a head or a body may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a question for news waits for some.
const WAIT: Duration = Duration::from_secs(25);

/// A schedule that the page begins with.
///
/// ```
/// use lehr_studio::{Opened, Options, Studio};
///
/// let tree = serde_json::json!({ "version": 1, "lr": "hold" });
/// let schedules = vec![Opened::Tree("constant".to_owned(), tree)];
/// assert!(Studio::bind(&Options { schedules, ..Options::default() }).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// A spec file, which is followed and can be saved.
    File(PathBuf),
    /// A spec as a tree (its JSON form), under a name.
    Tree(String, Value),
}

/// What to serve.
///
/// ```
/// use lehr_studio::Options;
///
/// // Nothing to begin with, on any free port.
/// let options = Options::default();
/// assert_eq!((options.port, options.schedules.len(), options.runs.len()), (0, 0, 0));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The port; any free one where it is 0.
    pub port: u16,
    /// The schedules, at most 16.
    pub schedules: Vec<Opened>,
    /// The CSV files of runs, which are laid over the plans and followed while they are written.
    pub runs: Vec<PathBuf>,
}

/// The page's server, bound to its address.
///
/// ```
/// use lehr_studio::{Options, Studio};
///
/// let studio = Studio::bind(&Options::default())?;
/// println!("open {}", studio.url());
/// # if false {
/// studio.run()?; // until the process ends
/// # }
/// # Ok::<(), lehr_studio::StudioError>(())
/// ```
pub struct Studio {
    listener: TcpListener,
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    guard: Guard,
    followed: Followed,
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token is nobody else's.
        f.debug_struct("Studio").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Studio {
    /// Listens on 127.0.0.1, with a new token.
    ///
    /// # Errors
    ///
    /// If the port is taken, if a file is not there, or if the system has no random numbers.
    ///
    /// ```
    /// use lehr_studio::{Options, Studio};
    ///
    /// let studio = Studio::bind(&Options::default())?;
    /// assert!(studio.url().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), lehr_studio::StudioError>(())
    /// ```
    pub fn bind(options: &Options) -> Result<Self, StudioError> {
        let address = |source| StudioError::Address { port: options.port, source };
        let mut sheets = Vec::new();
        for opened in &options.schedules {
            sheets.push(match opened {
                Opened::Tree(name, tree) => Sheet::Tree { name: name.clone(), tree: tree.clone() },
                Opened::File(path) => Sheet::File(
                    File::open(path).map_err(|source| StudioError::File { path: path.clone(), source })?,
                ),
            });
        }
        let runs = options.runs.iter().map(|path| Run::new(path)).collect();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(address)?;
        listener.set_nonblocking(true).map_err(address)?;
        let port = listener.local_addr().map_err(address)?.port();
        let token = new_token().map_err(|error| StudioError::System(std::io::Error::other(error)))?;
        let shared = Shared { guard: Guard::new(port, token), followed: Followed::new(sheets, runs) };
        Ok(Self { listener, port, shared: Arc::new(shared) })
    }

    /// The address to open, with the token in its fragment.
    ///
    /// ```
    /// use lehr_studio::{Options, Studio};
    ///
    /// let (one, other) = (Studio::bind(&Options::default())?, Studio::bind(&Options::default())?);
    /// let token = |studio: &Studio| studio.url().split_once('#').map(|(_, token)| token.to_owned());
    /// assert_ne!(token(&one), token(&other));
    /// # Ok::<(), lehr_studio::StudioError>(())
    /// ```
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/#{}", self.port, self.shared.guard.token())
    }

    /// Serves until the process ends.
    ///
    /// # Errors
    ///
    /// If the system gives no threads.
    ///
    /// ```
    /// use lehr_studio::{Options, Studio};
    /// use std::io::{Read, Write};
    /// use std::net::TcpStream;
    ///
    /// let studio = Studio::bind(&Options::default())?;
    /// let url = studio.url();
    /// let host = url.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
    /// std::thread::spawn(|| studio.run());
    ///
    /// let mut connection = TcpStream::connect(&host)?;
    /// write!(connection, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    /// let mut answer = String::new();
    /// connection.read_to_string(&mut answer)?;
    /// assert!(answer.starts_with("HTTP/1.1 200"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(self) -> Result<(), StudioError> {
        let followed = self.shared.followed.clone();
        std::thread::Builder::new()
            .name("lehr-follow".to_owned())
            .spawn(move || followed.watch())
            .map_err(StudioError::System)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(4)
            .build()
            .map_err(StudioError::System)?;
        runtime.block_on(accept(self.listener, self.shared))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Result<(), StudioError> {
    let listener = tokio::net::TcpListener::from_std(listener).map_err(StudioError::System)?;
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return Ok(()) };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, or a connection that is gone already.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _permit = permit;
            let serve = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(respond(&shared, request).await) }
            });
            // A connection that breaks is the browser's business.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_buf_size(64 << 10)
                .serve_connection(TokioIo::new(stream), serve)
                .await;
        });
    }
}

async fn respond(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    match route(shared, request).await {
        Ok(response) => response,
        Err(Refused(status, message)) => json_response(status, json!({ "error": message }).to_string()),
    }
}

async fn route(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Refused> {
    let (head, body) = request.into_parts();
    shared.guard.admit(&head.headers)?;
    let path = head.uri.path();
    let Some(question) = path.strip_prefix("/api/") else {
        if head.method != Method::GET {
            return Err(Refused(StatusCode::METHOD_NOT_ALLOWED, "the page is read with GET"));
        }
        let asset = assets::find(path).ok_or(Refused(StatusCode::NOT_FOUND, "there is no such page"))?;
        return Ok(response(StatusCode::OK, asset.kind, Bytes::from_static(asset.text.as_bytes())));
    };
    shared.guard.authorise(&head.method, &head.headers)?;
    if question == "state" && head.method == Method::GET {
        let since =
            head.uri.query().and_then(|query| query.strip_prefix("since=")?.parse().ok()).unwrap_or(0);
        // Without news it is said that all is as it was.
        let _ = tokio::time::timeout(WAIT, shared.followed.newer(since)).await;
        return Ok(json_response(StatusCode::OK, shared.followed.report().to_string()));
    }
    if head.method != Method::POST {
        return Err(Refused(StatusCode::METHOD_NOT_ALLOWED, "a question is asked with POST"));
    }
    let body = match tokio::time::timeout(PATIENCE, Limited::new(body, MOST_BYTES).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, "a question has at most 4 MiB")),
        Err(_) => return Err(Refused(StatusCode::REQUEST_TIMEOUT, "the question did not come")),
    };
    let (shared, question) = (Arc::clone(shared), question.to_owned());
    let answer = tokio::task::spawn_blocking(move || api::answer(&shared.followed, &question, &body)).await;
    match answer {
        Ok(Some((status, text))) => Ok(json_response(status, text)),
        Ok(None) => Err(Refused(StatusCode::NOT_FOUND, "there is no such question")),
        Err(_) => Err(Refused(StatusCode::INTERNAL_SERVER_ERROR, "the question could not be answered")),
    }
}

fn json_response(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    response(status, "application/json", Bytes::from(text))
}

/// What every response says: what it may do, and that it is nobody else's.
const HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];

fn response(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
