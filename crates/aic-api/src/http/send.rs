use aic_auth::{
    AccessToken, Attempts, AuthError, BodyError, RequestLog, TRANSACTION_ID, Tenant, Transport,
    describe_transport_error, failure_kind, read_body, transaction_id,
};
use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::parse::{ParseError, parse};
use super::{Precondition, Request};
use crate::ApiError;
use crate::error::{Refusal, Service, WriteOutcome, is_html};

const ACCEPT_API_VERSION: HeaderName = HeaderName::from_static("accept-api-version");

/// The surroundings of a request.
pub(crate) struct Exchange<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) tenant: &'a Tenant,
    pub(crate) token: &'a AccessToken,
    pub(crate) transaction_id: &'a str,
    pub(crate) largest_answer: usize,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    service: Service,
    writes: bool,
    headers: HeaderMap,
    body: Bytes,
}

/// A resource that a service has created.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// Its id.
    pub id: String,
    /// All that the service answered, its `_id` included.
    pub object: Map<String, Value>,
}

/// The outcome of sending a request: the answer and its head.
pub(crate) struct Sent {
    pub(crate) answer: Result<Answer, ApiError>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) headers: HeaderMap,
}

impl Exchange<'_> {
    /// Sends the request once. Dropping the future ends what it does on the wire.
    pub(crate) async fn send(&self, request: &Request, attempts: &mut Attempts) -> Sent {
        let prepared = match self.prepare(request) {
            Ok(prepared) => prepared,
            Err(error) => return Sent::without_answer(error),
        };
        let _slot = self.transport.slot().await;
        let prepared = prepared.timeout(attempts.start());
        let (method, path) = (&request.method, request.path.as_str());
        let log = RequestLog::start(method, path, attempts.number());
        let log = log.transaction_id(self.transaction_id);
        match prepared.send().await {
            // Boxed, since a future that holds a response by value is large.
            Ok(response) => Box::pin(self.read(response, request, log)).await,
            Err(error) => {
                log.failed(failure_kind(&error), None);
                // A connection that was never made carried nothing.
                let outcome =
                    if error.is_connect() { WriteOutcome::NotDone } else { WriteOutcome::Unknown };
                let outcome = request.writes().then_some(outcome);
                Sent::without_answer(transport_error(request.service, error, outcome))
            }
        }
    }

    /// Reads the answer to a request.
    async fn read(
        &self,
        response: reqwest::Response,
        request: &Request,
        mut log: RequestLog<'_>,
    ) -> Sent {
        let (service, writes) = (request.service, request.writes());
        let status = response.status();
        let headers = response.headers().clone();
        let transaction_id = transaction_id(&headers);
        log.note_transaction_id(transaction_id.as_deref());
        let answer = match read_body(response, self.largest_answer).await {
            Ok(body) => {
                log.answered(status, body.len());
                if status.is_success() {
                    Ok(Answer { service, writes, headers: headers.clone(), body })
                } else {
                    let id = transaction_id.clone();
                    let mut refusal = Refusal::parse(service, status, &headers, &body, id, writes);
                    refusal.see_request(request.body.as_deref());
                    Err(ApiError::Refused(Box::new(refusal)))
                }
            }
            Err(BodyError::TooLarge) => {
                log.failed("too large", Some(status));
                // No API answers a write with so much, so it may be somebody else who does.
                let outcome = writes.then_some(WriteOutcome::Unknown);
                Err(ApiError::TooLarge { service, limit: self.largest_answer, outcome })
            }
            Err(BodyError::Broken(error)) => {
                log.failed(failure_kind(&error), Some(status));
                let outcome =
                    if status.is_success() { WriteOutcome::Done } else { WriteOutcome::Unknown };
                Err(transport_error(service, error, writes.then_some(outcome)))
            }
        };
        Sent { answer, transaction_id, headers }
    }

    /// The request as it goes on the wire.
    fn prepare(&self, request: &Request) -> Result<RequestBuilder, ApiError> {
        if self.token.tenant() != self.tenant {
            return Err(ApiError::Auth(AuthError::OtherTenant {
                issuer: self.token.tenant().to_string(),
                target: self.tenant.to_string(),
            }));
        }
        let mut url = self.tenant.url().clone();
        url.set_path(request.path.as_str());
        url.set_query(request.query.as_str());
        let mut builder = self
            .transport
            .client()?
            .request(request.method.clone(), url)
            .bearer_auth(self.token.expose())
            .header(TRANSACTION_ID, self.transaction_id)
            .header(header::ACCEPT, "application/json");
        if let Some(version) = request.api_version {
            builder = builder.header(ACCEPT_API_VERSION, version);
        }
        if let Some(precondition) = &request.precondition {
            let any = HeaderValue::from_static("*");
            let (name, value) = match precondition {
                Precondition::Exists => (header::IF_MATCH, any),
                Precondition::IsAt(revision) => (header::IF_MATCH, revision.clone()),
                Precondition::IsNew => (header::IF_NONE_MATCH, any),
            };
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        Ok(builder)
    }
}

impl Sent {
    fn without_answer(error: ApiError) -> Self {
        Self { answer: Err(error), transaction_id: None, headers: HeaderMap::new() }
    }
}

fn transport_error(
    service: Service,
    error: reqwest::Error,
    outcome: Option<WriteOutcome>,
) -> ApiError {
    if error.is_timeout() && !error.is_connect() {
        return ApiError::Timeout { service, outcome };
    }
    ApiError::Unreachable { service, reason: describe_transport_error(error), outcome }
}

impl Answer {
    /// The answer to a request that was not sent.
    pub(crate) fn rehearsed(request: &Request, body: Bytes) -> Self {
        let headers = HeaderMap::new();
        Self { service: request.service, writes: request.writes(), headers, body }
    }

    /// The body as it came, shared.
    pub(crate) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// The body as JSON of this shape.
    ///
    /// # Errors
    ///
    /// When it is empty, is not JSON or has another shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        parse(&self.body).map_err(|error| match error {
            ParseError::Json(error) => self.unreadable(&error),
            ParseError::TooMany => ApiError::Unreadable {
                service: self.service,
                problem: "it holds more values than are taken in".to_owned(),
                outcome: self.writes.then_some(WriteOutcome::Done),
            },
        })
    }

    /// The body as a JSON object, empty where there is none: some services answer a write that
    /// succeeded with nothing.
    ///
    /// # Errors
    ///
    /// When it is not empty and no JSON object.
    pub(crate) fn object_if_any(&self) -> Result<Map<String, Value>, ApiError> {
        if self.body.is_empty() { Ok(Map::new()) } else { self.json() }
    }

    /// The resource that a service has created: a JSON object that has an id.
    ///
    /// # Errors
    ///
    /// When it is anything else. It was created all the same, and whoever goes on needs its id.
    pub(crate) fn created(&self) -> Result<Created, ApiError> {
        let object: Map<String, Value> = self.json()?;
        match object.get("_id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
            Some(id) => Ok(Created { id: id.to_owned(), object }),
            None => Err(ApiError::Unreadable {
                service: self.service,
                problem: "it does not have the id of what was created".to_owned(),
                outcome: self.writes.then_some(WriteOutcome::Done),
            }),
        }
    }

    fn unreadable(&self, error: &serde_json::Error) -> ApiError {
        let is_page = is_html(&self.headers, &self.body);
        let problem = if self.body.is_empty() {
            "it is empty".to_owned()
        } else if is_page {
            "it is a web page".to_owned()
        } else if error.is_eof() {
            "it ends in the middle".to_owned()
        } else {
            // The parser's own words may quote a value, which may be a secret.
            let what = if error.is_data() { "JSON of another shape" } else { "not JSON" };
            format!("it is {what} (line {}, column {})", error.line(), error.column())
        };
        // No API answers with a page: something else did, which may have kept the request.
        let outcome =
            self.writes.then_some(if is_page { WriteOutcome::Unknown } else { WriteOutcome::Done });
        ApiError::Unreadable { service: self.service, problem, outcome }
    }
}
