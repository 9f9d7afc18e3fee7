//! A request and its answer, waited for without standing still.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ureq::http::StatusCode;
use ureq::http::header::{CONTENT_RANGE, RANGE};
use ureq::http::response::Parts;
use ureq::{Agent, Body, ResponseExt};

use crate::address;
use crate::error::FetchError;

/// How often whoever waits is asked whether to go on.
pub(crate) const HEARTBEAT: Duration = Duration::from_millis(100);
/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;
/// Blocks that are read ahead.
const AHEAD: usize = 4;

/// Why an attempt ended before the file was complete.
pub(crate) enum Broken {
    /// Another attempt may do better.
    Passing(String),
    /// Another attempt would fare the same.
    Lasting(FetchError),
}

impl From<FetchError> for Broken {
    fn from(error: FetchError) -> Self {
        Self::Lasting(error)
    }
}

/// What comes before the file.
pub(crate) struct Head {
    parts: Parts,
    content_length: Option<u64>,
}

impl Head {
    pub(crate) fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// Bytes of the whole file, where the server tells.
    pub(crate) fn total(&self) -> Option<u64> {
        if self.status() != StatusCode::PARTIAL_CONTENT {
            return self.content_length;
        }
        let range = self.parts.headers.get(CONTENT_RANGE)?.to_str().ok()?;
        range.rsplit('/').next()?.parse().ok()
    }
}

/// A request that a thread of its own makes, from looking the name up to the last byte. The thread ends with the answer,
/// or when nobody waits for it any more and its next byte or its time limit has come.
pub(crate) struct Connection {
    head: Receiver<Result<Head, Broken>>,
    blocks: Receiver<Result<Vec<u8>, Broken>>,
}

impl Connection {
    /// Asks for `url` from the byte `offset` on.
    pub(crate) fn open(agent: Agent, url: String, offset: u64) -> io::Result<Self> {
        let (send_head, head) = sync_channel(1);
        let (send_block, blocks) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("fetch".to_owned())
            .spawn(move || match request(&agent, &url, offset) {
                Ok((answer, body)) => {
                    // Whoever is gone needs nothing.
                    if send_head.send(Ok(answer)).is_ok() {
                        forward(body, &send_block);
                    }
                }
                Err(broken) => drop(send_head.send(Err(broken))),
            })?;
        Ok(Self { head, blocks })
    }

    /// The beginning of the answer; `waiting` is called while there is none.
    pub(crate) fn head(
        &self,
        waiting: &mut dyn FnMut() -> Result<(), Broken>,
    ) -> Result<Head, Broken> {
        receive(&self.head, waiting)
    }

    /// The next bytes, none at the end.
    pub(crate) fn block(
        &self,
        waiting: &mut dyn FnMut() -> Result<(), Broken>,
    ) -> Result<Vec<u8>, Broken> {
        receive(&self.blocks, waiting)
    }
}

fn receive<T>(
    from: &Receiver<Result<T, Broken>>,
    waiting: &mut dyn FnMut() -> Result<(), Broken>,
) -> Result<T, Broken> {
    loop {
        match from.recv_timeout(HEARTBEAT) {
            Ok(arrived) => return arrived,
            Err(RecvTimeoutError::Timeout) => waiting()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Broken::Passing("the connection ended".to_owned()));
            }
        }
    }
}

fn request(agent: &Agent, url: &str, offset: u64) -> Result<(Head, Body), Broken> {
    let mut request = agent.get(url);
    if offset > 0 {
        request = request.header(RANGE, format!("bytes={offset}-"));
    }
    let response = request.call().map_err(|error| broken(url, &error))?;
    // Redirects may have led elsewhere.
    address::check(&response.get_uri().to_string())?;
    let (parts, body) = response.into_parts();
    let content_length = body.content_length();
    let head = Head {
        parts,
        content_length,
    };
    Ok((head, body))
}

/// Hands on what `body` brings, an empty block at its end, until nobody takes it.
fn forward(body: Body, blocks: &SyncSender<Result<Vec<u8>, Broken>>) {
    let mut body = body.into_reader();
    let mut buffer = vec![0; BLOCK];
    loop {
        let block = match body.read(&mut buffer) {
            Ok(count) => Ok(buffer[..count].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(Broken::Passing(error.to_string())),
        };
        let ended = block.as_ref().map_or(true, Vec::is_empty);
        if blocks.send(block).is_err() || ended {
            return;
        }
    }
}

fn broken(url: &str, error: &ureq::Error) -> Broken {
    use ureq::Error::{
        BadUri, Http, InvalidProxyUrl, Io, RedirectFailed, Rustls, Tls, TooManyRedirects,
    };
    let reason = match error {
        BadUri(_) => format!("{error}; {}", address::ALLOWED),
        Http(_) | InvalidProxyUrl | RedirectFailed | Rustls(_) | Tls(_) | TooManyRedirects => {
            error.to_string()
        }
        // A certificate that is not to be trusted, or no TLS at all.
        Io(tls) if tls.kind() == ErrorKind::InvalidData => tls.to_string(),
        _ => return Broken::Passing(error.to_string()),
    };
    Broken::Lasting(FetchError::Unfetchable {
        url: url.to_owned(),
        reason,
    })
}
