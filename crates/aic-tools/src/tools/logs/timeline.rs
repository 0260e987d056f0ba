//! Tool calls, as log entries show them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::TRANSACTION_PREFIX;

/// The most requests and changes of one call that are named.
const MOST: usize = 25;
/// How long a transaction id of this server is: the prefix and a UUID.
const OWN_ID: usize = TRANSACTION_PREFIX.len() + 36;

/// The calls and logins that log entries show.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The tool calls, oldest first.
    pub(super) calls: Vec<TracedCall>,
    /// Logins, oldest first.
    pub(super) logins: Vec<Value>,
    /// How many tokens were exchanged.
    pub(super) exchanges: usize,
}

/// A tool call: all that has one transaction id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TracedCall {
    transaction_id: String,
    /// When it began.
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    administrator: Option<String>,
    /// The server that made it, and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// Method, path and status.
    requests: Vec<String>,
    /// How many of them failed.
    // Before a write, looking for something that is not there yet is no failure.
    #[serde(skip_serializing_if = "is_zero")]
    failed: usize,
    /// How many found that something is not there.
    #[serde(skip)]
    not_found: usize,
    /// Whether it was to change something.
    #[serde(skip)]
    writes: bool,
    /// Operation, object and changed fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    /// How many requests or changes are not named.
    #[serde(skip_serializing_if = "is_zero")]
    left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Timeline {
    /// Reads the entries, only those of one administrator if one is named.
    pub(super) fn of(entries: &[Value], administrator: Option<&str>) -> Self {
        let mut sorted: Vec<_> = entries.iter().collect();
        sorted.sort_by_cached_key(|entry| instant(&entry["timestamp"]));
        let mut timeline = Self::default();
        let mut calls: BTreeMap<String, usize> = BTreeMap::new();
        for entry in sorted {
            let payload = &entry["payload"];
            match text(&payload["eventName"]).as_str() {
                "AM-TOKEN-EXCHANGE" => timeline.exchanges += 1,
                "AM-LOGIN-COMPLETED" => timeline.logins.push(json!({
                    "time": payload["timestamp"],
                    "administrator": administrator_of(payload),
                    "client": payload["principal"][0],
                })),
                // Logging in and exchanging is no call of a tool.
                _ if text(&payload["http"]["request"]["path"]).contains("/oauth2/") => {}
                _ => {
                    let id = call_id(&text(&payload["transactionId"]));
                    let index = *calls.entry(id.clone()).or_insert_with(|| {
                        let time = text(&entry["timestamp"]);
                        let call = TracedCall { transaction_id: id, time, ..TracedCall::default() };
                        timeline.calls.push(call);
                        timeline.calls.len() - 1
                    });
                    timeline.calls[index].add(entry);
                }
            }
        }
        let is_asked_for = |call: &TracedCall| {
            administrator.is_none_or(|asked| call.administrator.as_deref() == Some(asked))
        };
        timeline.calls.retain(is_asked_for);
        for call in timeline.calls.iter_mut().filter(|call| !call.writes) {
            call.failed += call.not_found;
        }
        timeline
    }
}

impl TracedCall {
    /// When it began.
    pub(super) fn time(&self) -> &str {
        &self.time
    }

    fn add(&mut self, entry: &Value) {
        let payload = &entry["payload"];
        if self.administrator.is_none() {
            self.administrator = administrator_of(payload);
        }
        let request = &payload["http"]["request"];
        if request.is_object() {
            let agent = &request["headers"]["user-agent"];
            let agent = agent.as_array().and_then(|all| all.first()).unwrap_or(agent);
            self.user_agent = self.user_agent.take().or_else(|| agent.as_str().map(str::to_owned));
            let failed = payload["response"]["status"] == "FAILED";
            let is_read = text(&request["method"]) == "GET";
            let is_missing = is_read && text(&payload["response"]["statusCode"]) == "404";
            self.writes |= !is_read;
            self.not_found += usize::from(failed && is_missing);
            self.failed += usize::from(failed && !is_missing);
            let path = text(&request["path"]);
            let path = path.find("://").map_or(path.as_str(), |scheme| {
                let rest = &path[scheme + 3..];
                rest.find('/').map_or("", |slash| &rest[slash..])
            });
            let status = text(&payload["response"]["statusCode"]);
            let line = format!("{} {path} {status}", text(&request["method"]));
            Self::push(&mut self.requests, &mut self.left_out, line);
        } else if !payload["objectId"].is_null() {
            let fields: Vec<_> =
                payload["changedFields"].as_array().into_iter().flatten().map(text).collect();
            let mut line =
                format!("{} {}", text(&payload["operation"]), text(&payload["objectId"]));
            if !fields.is_empty() {
                line = format!("{line}: {}", fields.join(", "));
            }
            // AM notes a change of a journey twice: for the administrator, and for itself.
            if !self.changes.contains(&line) {
                Self::push(&mut self.changes, &mut self.left_out, line);
            }
        }
    }

    fn push(lines: &mut Vec<String>, left_out: &mut usize, line: String) {
        if lines.len() < MOST {
            lines.push(line);
        } else {
            *left_out += 1;
        }
    }
}

/// A point in time to sort by. Text would not do: AIC leaves out the zeros at the end of a fraction of
/// a second. A text that is no time comes last.
fn instant(timestamp: &Value) -> (bool, Option<OffsetDateTime>, String) {
    let text = text(timestamp);
    let instant = OffsetDateTime::parse(&text, &Rfc3339).ok();
    (instant.is_none(), instant, text)
}

/// AIC adds to a transaction id what tells the parts of a transaction apart.
fn call_id(id: &str) -> String {
    if id.starts_with(TRANSACTION_PREFIX) && id.is_char_boundary(OWN_ID.min(id.len())) {
        return id[..OWN_ID.min(id.len())].to_owned();
    }
    id.split('/').next().unwrap_or_default().to_owned()
}

/// The administrator's id: AM writes it as a distinguished name.
fn administrator_of(payload: &Value) -> Option<String> {
    let user = payload["userId"].as_str()?;
    let id = user.strip_prefix("id=").map_or(user, |rest| rest.split(',').next().unwrap_or(rest));
    Some(id.to_owned()).filter(|id| !id.is_empty())
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "aic-mcp-3f0c2a1e-5b7d-4c9a-8e21-0d6b8f6f1e21";

    fn access(time: &str, id: &str, status: &str) -> Value {
        json!({ "timestamp": time, "source": "idm-access", "payload": {
            "eventName": "access", "transactionId": id, "userId": "ingrid",
            "http": { "request": { "method": "PATCH", "path": "https://id.example.com/openidm/x",
                "headers": { "user-agent": ["aic-mcp-server/0.1"] } } },
            "response": { "status": status, "statusCode": "200" } } })
    }

    #[test]
    fn a_call_is_what_has_one_transaction_whatever_aic_adds_to_it() {
        let activity = json!({ "timestamp": "2", "source": "idm-activity", "payload": {
            "eventName": "activity", "transactionId": format!("{ID}/0/1"), "userId": "ingrid",
            "objectId": "managed/alpha_user/1", "operation": "PATCH", "changedFields": ["sn"] } });
        let exchange = json!({ "timestamp": "0", "payload": { "eventName": "AM-TOKEN-EXCHANGE" } });
        let login = json!({ "timestamp": "0", "payload": { "eventName": "AM-LOGIN-COMPLETED",
            "timestamp": "0", "userId": "id=ingrid,ou=user,ou=am-config",
            "principal": ["AICMCPClient"] } });
        let entries = [
            activity,
            access("1", ID, "SUCCESSFUL"),
            access("3", "other/2", "FAILED"),
            exchange,
            login,
        ];
        let timeline = Timeline::of(&entries, None);
        assert_eq!((timeline.exchanges, timeline.calls.len()), (1, 2));
        assert_eq!(
            timeline.logins,
            [json!({ "time": "0", "administrator": "ingrid", "client": "AICMCPClient" })]
        );
        let call = serde_json::to_value(&timeline.calls[0]).unwrap();
        assert_eq!(
            call,
            json!({ "transactionId": ID, "time": "1", "administrator": "ingrid",
                "userAgent": "aic-mcp-server/0.1", "requests": ["PATCH /openidm/x 200"],
                "changes": ["PATCH managed/alpha_user/1: sn"] })
        );
        assert_eq!(
            (timeline.calls[1].transaction_id.as_str(), timeline.calls[1].failed),
            ("other", 1)
        );
        assert!(Timeline::of(&entries, Some("astrid")).calls.is_empty());
    }

    #[test]
    fn looking_before_a_write_is_no_failure() {
        let request = |method: &str, status: &str| {
            let mut entry = access("1", ID, if status == "200" { "SUCCESSFUL" } else { "FAILED" });
            entry["payload"]["http"]["request"]["method"] = method.into();
            entry["payload"]["response"]["statusCode"] = status.into();
            entry
        };
        let failed = |entries: &[Value]| Timeline::of(entries, None).calls[0].failed;
        assert_eq!(failed(&[request("GET", "404"), request("PUT", "200")]), 0);
        assert_eq!(failed(&[request("GET", "404"), request("PUT", "500")]), 1);
        assert_eq!(failed(&[request("GET", "404")]), 1);
        assert_eq!(failed(&[request("GET", "503"), request("PUT", "200")]), 1);
    }

    #[test]
    fn entries_of_another_shape_are_passed_over() {
        for odd in [json!(null), json!({ "payload": "text" }), json!({ "payload": { "http": 1 } })]
        {
            let timeline = Timeline::of(&[odd], None);
            assert!(timeline.calls.iter().all(|call| call.requests.is_empty()));
        }
        let many = vec![access("1", ID, "SUCCESSFUL"); MOST + 3];
        let call = &Timeline::of(&many, None).calls[0];
        assert_eq!((call.requests.len(), call.left_out), (MOST, 3));
    }

    #[test]
    fn entries_are_in_the_order_of_their_instants() {
        let at = |time: &str, path: &str| {
            let mut entry = access(time, ID, "SUCCESSFUL");
            entry["payload"]["http"]["request"]["path"] = path.into();
            entry
        };
        let entries = [
            at("2026-01-31T12:00:41.12Z", "/third"),
            at("2026-01-31T14:00:41.5+02:00", "/fourth"),
            at("2026-01-31T12:00:41.1Z", "/second"),
            at("2026-01-31T12:00:41Z", "/first"),
        ];
        let calls = Timeline::of(&entries, None).calls;
        let paths = ["/first", "/second", "/third", "/fourth"];
        assert_eq!(calls[0].requests, paths.map(|path| format!("PATCH {path} 200")));
        assert_eq!(calls[0].time, "2026-01-31T12:00:41Z");
    }
}
