//! An HTTP server on this machine that behaves as badly as a test wants.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How a request is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    /// With all that was asked for.
    Serve,
    /// With all of the file, whatever range was asked for.
    IgnoreRange,
    /// With this many bytes, then the connection ends.
    Truncate(usize),
    /// With this many bytes, then silence.
    Stall(usize),
    /// With a status and nothing else.
    Status(u16),
    /// With another address; HOST in it is this server.
    Redirect(&'static str),
    /// Not at all.
    Mute,
    /// With a byte now and then.
    Drip,
    /// With bytes for ever, and no word of how many.
    Endless,
}

/// Serves one file; each request takes the next behaviour, the last one for good.
pub(crate) struct Server {
    pub(crate) url: String,
    ranges: Receiver<Option<usize>>,
}

impl Server {
    pub(crate) fn start(content: Vec<u8>, behaviours: &[Behaviour]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
        let mut behaviours: VecDeque<_> = behaviours.iter().copied().collect();
        let (report, ranges) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let behaviour = behaviours.pop_front().unwrap();
                if behaviours.is_empty() {
                    behaviours.push_back(behaviour);
                }
                let stream = stream.unwrap();
                let range = requested_range(&stream);
                report.send(range).ok();
                answer(stream, &content, range, behaviour);
            }
        });
        Self { url, ranges }
    }

    /// Where each request so far wanted to start.
    pub(crate) fn requests(&self) -> Vec<Option<usize>> {
        self.ranges.try_iter().collect()
    }
}

fn requested_range(stream: &TcpStream) -> Option<usize> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut range = None;
    for line in lines.take_while(|line| !line.is_empty()) {
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("range: bytes=") {
            range = value.trim_end_matches('-').parse().ok();
        }
    }
    range
}

fn answer(mut stream: TcpStream, content: &[u8], range: Option<usize>, behaviour: Behaviour) {
    match behaviour {
        Behaviour::Mute => return keep_open(stream),
        Behaviour::Endless => {
            thread::spawn(move || endless(stream));
            return;
        }
        Behaviour::Redirect(location) => {
            let host = stream.local_addr().unwrap().to_string();
            let location = location.replace("HOST", &host);
            write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            .ok();
            return;
        }
        _ => {}
    }
    let range = range.filter(|_| !matches!(behaviour, Behaviour::IgnoreRange));
    let start = range.unwrap_or(0);
    if let Behaviour::Status(status) = behaviour {
        write!(
            stream,
            "HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .ok();
        return;
    }
    if start >= content.len() {
        write!(
            stream,
            "HTTP/1.1 416 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .ok();
        return;
    }
    let body = &content[start..];
    let head = match range {
        Some(start) => format!(
            "206 Partial Content\r\nContent-Range: bytes {start}-{}/{}",
            content.len() - 1,
            content.len()
        ),
        None => "200 OK".to_owned(),
    };
    write!(
        stream,
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .ok();
    let end = match behaviour {
        Behaviour::Truncate(count) | Behaviour::Stall(count) => count.min(body.len()),
        _ => body.len(),
    };
    if matches!(behaviour, Behaviour::Drip) {
        let body = body.to_vec();
        thread::spawn(move || drip(stream, &body));
        return;
    }
    stream.write_all(&body[..end]).ok();
    if matches!(behaviour, Behaviour::Stall(_)) {
        keep_open(stream);
    }
}

/// The connection stays open and silent while the next request is answered.
fn keep_open(stream: TcpStream) {
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
}

fn drip(mut stream: TcpStream, body: &[u8]) {
    for byte in body {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn endless(mut stream: TcpStream) {
    let mut outcome = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while outcome.is_ok() {
        outcome = stream.write_all(&[7; 10_000]);
    }
}
