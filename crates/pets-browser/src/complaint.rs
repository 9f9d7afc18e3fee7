//! What a browser has to say against a page.

use serde_json::Value;

/// What an event says against the page, if anything.
pub(crate) fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled" if params["type"] == "error" => Some(params["args"].to_string()),
        "Log.entryAdded" if params["entry"]["level"] == "error" => {
            Some(params["entry"]["text"].to_string())
        }
        "Network.requestWillBeSent" => {
            let address = params["request"]["url"].as_str()?;
            let local = ["file:", "data:", "about:"]
                .iter()
                .any(|scheme| address.starts_with(scheme));
            (!local).then(|| format!("the page asks the network for {address}"))
        }
        _ => None,
    }
}
