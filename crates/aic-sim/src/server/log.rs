//! The log of everything received.

use std::collections::VecDeque;

use axum::http::Response;
use axum::http::header::CONTENT_ENCODING;
use axum::http::request::Parts;
use bytes::Bytes;
use parking_lot::Mutex;

/// The most requests that the log keeps.
const MAX_RECORDS: usize = 10_000;
/// The most bytes of request bodies that the log keeps.
const MAX_BODY_BYTES: usize = 64 << 20;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    /// The version of HTTP, such as `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    /// The request method, such as `GET`.
    pub method: String,
    /// The path and query exactly as sent, such as `/openidm/managed/alpha_user?_pageSize=5`.
    pub target: String,
    /// The headers in the order received, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty when it was refused for its size.
    pub body: Bytes,
    /// The status answered; none while the answer is due, or when a fault withheld it.
    pub status: Option<u16>,
    /// How the body of the answer is encoded, such as `gzip`; none where it is not.
    pub encoding: Option<String>,
}

impl RequestRecord {
    fn new(head: &Parts, body: Bytes) -> Self {
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let (method, target) = (head.method.to_string(), head.uri.to_string());
        let version = format!("{:?}", head.version);
        Self { version, method, target, headers, body, status: None, encoding: None }
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The last requests, bounded in number and in bytes.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Records>);

#[derive(Debug, Default)]
struct Records {
    /// The number of the oldest record kept: how many have been dropped before it.
    first: u64,
    kept: VecDeque<RequestRecord>,
    body_bytes: usize,
}

impl RequestLog {
    pub(crate) fn records(&self) -> Vec<RequestRecord> {
        self.0.lock().kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut log = self.0.lock();
        while log.drop_oldest() {}
    }

    /// Records a request and returns its number.
    pub(super) fn received(&self, head: &Parts, body: Bytes) -> u64 {
        let record = RequestRecord::new(head, body);
        let mut log = self.0.lock();
        log.body_bytes += record.body.len();
        log.kept.push_back(record);
        while log.kept.len() > MAX_RECORDS || log.body_bytes > MAX_BODY_BYTES {
            log.drop_oldest();
        }
        log.first + log.kept.len() as u64 - 1
    }

    /// Notes what the request with this number was answered, if it is still in the log.
    pub(super) fn answered<B>(&self, number: u64, answer: &Response<B>) {
        let mut log = self.0.lock();
        let index = number.checked_sub(log.first).and_then(|index| usize::try_from(index).ok());
        if let Some(record) = index.and_then(|index| log.kept.get_mut(index)) {
            record.status = Some(answer.status().as_u16());
            let encoding = answer.headers().get(CONTENT_ENCODING);
            record.encoding = encoding.and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        }
    }
}

impl Records {
    fn drop_oldest(&mut self) -> bool {
        let Some(record) = self.kept.pop_front() else { return false };
        self.body_bytes -= record.body.len();
        self.first += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, StatusCode};

    use super::*;

    fn answer(status: StatusCode) -> Response<()> {
        Response::builder().status(status).body(()).unwrap()
    }

    fn head(target: &str) -> Parts {
        Request::builder().uri(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn keeps_the_newest_requests_when_full() {
        let log = RequestLog::default();
        for number in 0..=MAX_RECORDS {
            log.received(&head(&format!("/{number}")), Bytes::new());
        }
        let records = log.records();
        assert_eq!(records.len(), MAX_RECORDS);
        assert_eq!(records[0].target, "/1");
    }

    #[test]
    fn keeps_bodies_only_up_to_the_byte_limit() {
        let log = RequestLog::default();
        let body = Bytes::from(vec![0; MAX_BODY_BYTES / 2 + 1]);
        log.received(&head("/1"), body.clone());
        log.received(&head("/2"), body);
        assert_eq!(log.records().len(), 1);
    }

    #[test]
    fn an_answer_to_a_forgotten_request_marks_no_other() {
        let log = RequestLog::default();
        let first = log.received(&head("/1"), Bytes::new());
        log.clear();
        let second = log.received(&head("/2"), Bytes::new());
        log.answered(first, &answer(StatusCode::OK));
        assert_eq!(log.records()[0].status, None);
        log.answered(second, &answer(StatusCode::CREATED));
        assert_eq!(log.records()[0].status, Some(201));
    }

    #[test]
    fn target_path_and_headers_are_as_sent() {
        let request = Request::builder().uri("/a%2Fb?c=%20").header("X-Y", "z").body(()).unwrap();
        let record = RequestRecord::new(&request.into_parts().0, Bytes::new());
        assert_eq!(record.target, "/a%2Fb?c=%20");
        assert_eq!(record.path(), "/a%2Fb");
        assert_eq!(record.header("x-y"), Some("z"));
    }
}
