//! A headless Chromium, spoken to over its debugging protocol.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::complaint::complaint;

/// How long the browser may stay silent before the test gives up on it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser with one page open.
pub struct Browser {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    sent: u64,
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts `program` and opens the file `page` in a window of `width` × `height`.
    pub fn open(program: &Path, page: &Path, width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut process = Command::new(program)
            // The page is our own, and in a container there is no sandbox to be had.
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let mut lines = BufReader::new(process.stderr.take().expect("stderr is piped")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("DevTools listening on ")?.to_owned()))
            .expect("the browser says where it listens");
        // Read on, or the browser would wait for a full pipe to empty.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = tungstenite::connect(address).expect("the browser listens");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("a timeout can be set");
        }
        let mut browser = Self {
            process,
            socket,
            session: None,
            sent: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        browser.attach(page, width, height);
        browser
    }

    fn attach(&mut self, page: &Path, width: u32, height: u32) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &attached);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
        self.resize(width, height);
        let address = format!("file://{}", page.display());
        self.call("Page.navigate", &json!({ "url": address }));
        self.wait_for("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// Sends a command and waits for its answer; events in between are looked through for
    /// complaints.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let text = Message::text(command.to_string());
        self.socket.send(text).expect("the browser takes commands");
        loop {
            let message = self.socket.read().expect("the browser answers");
            let Message::Text(text) = message else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).expect("the protocol speaks JSON");
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.complaints.extend(complaint(&answer));
        }
    }

    /// What the page complained about so far, and what it tried to load from the network.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The value of an expression; a promise is waited for.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let answer = self.call("Runtime.evaluate", &params);
        let exception = &answer["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception}");
        answer["result"]["value"].clone()
    }

    /// The text of the first element that `selector` finds.
    pub fn text(&mut self, selector: &str) -> String {
        let found = self.evaluate(&format!("document.querySelector({selector:?}).textContent"));
        found.as_str().expect("an element with text").to_owned()
    }

    /// Waits, picture by picture, until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        self.evaluate(&format!(
            "new Promise((done, fail) => {{
                const started = performance.now();
                const look = () => {{
                    if ({expression}) done(true);
                    else if (performance.now() - started > {}) fail(new Error('never came true'));
                    else setTimeout(look, 20);
                }};
                look();
            }})",
            PATIENCE.as_millis() / 2
        ));
    }

    /// The middle of the first element that `selector` finds, scrolled into view.
    pub fn middle_of(&mut self, selector: &str) -> (f64, f64) {
        let box_of = self.evaluate(&format!(
            "(() => {{
                const element = document.querySelector({selector:?});
                element.scrollIntoView({{ block: 'center' }});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"
        ));
        let at = |index: usize| box_of[index].as_f64().expect("an element with a place");
        (at(0), at(1))
    }

    /// Moves the pointer to a place in the window.
    pub fn point_at(&mut self, (x, y): (f64, f64)) {
        self.mouse("mouseMoved", (x, y), "none");
    }

    /// Moves the pointer to a place in the window and clicks.
    pub fn click_at(&mut self, at: (f64, f64)) {
        self.point_at(at);
        self.mouse("mousePressed", at, "left");
        self.mouse("mouseReleased", at, "left");
    }

    /// Clicks the middle of the first element that `selector` finds.
    pub fn click(&mut self, selector: &str) {
        let middle = self.middle_of(selector);
        self.click_at(middle);
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64), button: &str) {
        let params = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", &params);
    }

    /// Presses and releases a key, by the name that scripts know it by.
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        let text = if key == "Enter" { "\r" } else { "" };
        let mut params = json!({
            "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text,
        });
        self.call("Input.dispatchKeyEvent", &params);
        params["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", &params);
    }

    /// Gives the window another size, in pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let params = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Sets what the user prefers, as media queries ask for it: `prefer("prefers-color-scheme", "dark")`.
    pub fn prefer(&mut self, feature: &str, value: &str) {
        let params = json!({ "features": [{ "name": feature, "value": value }] });
        self.call("Emulation.setEmulatedMedia", &params);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is gone already is as good as one that is stopped.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
