use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Process;

/// How long anything may take before a test gives up. Nothing is measured by it; it only keeps a
/// test that would wait for ever from doing so.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An MCP client that looks closely: every line of the server must be a JSON-RPC message, and
/// every result must match the schema that its tool declares, and every failure must be short and
/// end with what to do next.
#[derive(Debug)]
pub struct Client {
    process: Process,
    next_id: u64,
    /// The part that every request carries: a client of 2026-07-28 says who it is, others nothing.
    meta: Option<Value>,
    answers: HashMap<u64, Value>,
    /// Requests of the server, such as questions to the user.
    questions: VecDeque<Value>,
    notifications: VecDeque<Value>,
    /// By tool, made when first needed: making one takes longer than a call.
    output_schemas: HashMap<String, OutputSchema>,
    /// The server's own description in the handshake.
    pub server: Value,
}

/// The schema of a tool's results.
#[derive(Debug)]
enum OutputSchema {
    Listed(Value),
    Made(jsonschema::Validator),
}

impl OutputSchema {
    fn validator(&mut self) -> &jsonschema::Validator {
        if let Self::Listed(schema) = self {
            *self = Self::Made(jsonschema::validator_for(schema).expect("a schema"));
        }
        match self {
            Self::Made(validator) => validator,
            Self::Listed(_) => unreachable!("it has just been made"),
        }
    }
}

/// The outcome of a tool call.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Whether it failed.
    pub is_error: bool,
    /// The text of its result.
    pub text: String,
    /// Its structured content, null where there is none.
    pub data: Value,
}

impl Outcome {
    /// The data of a call that must have succeeded.
    ///
    /// # Panics
    ///
    /// When it failed.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(!self.is_error, "{}", self.text);
        self.data
    }

    /// The text of a call that must have failed.
    ///
    /// # Panics
    ///
    /// When it succeeded.
    #[track_caller]
    pub fn failed(self) -> String {
        assert!(self.is_error, "{}", self.text);
        self.text
    }
}

impl Client {
    /// Shakes hands as a client of 2025-11-25 does, and lists the tools.
    ///
    /// # Panics
    ///
    /// When the server does not answer as it must.
    pub async fn connect(process: Process) -> Self {
        Self::connect_as(process, "2025-11-25", json!({})).await
    }

    /// Starts as a client of this version and with these capabilities does, and lists the tools.
    ///
    /// # Panics
    ///
    /// When the server does not answer as it must.
    pub async fn connect_as(process: Process, version: &str, capabilities: Value) -> Self {
        let mut client = Self {
            process,
            next_id: 0,
            meta: None,
            answers: HashMap::new(),
            questions: VecDeque::new(),
            notifications: VecDeque::new(),
            output_schemas: HashMap::new(),
            server: Value::Null,
        };
        let info = json!({ "name": "aic-e2e", "version": "1" });
        if version == "2026-07-28" {
            client.meta = Some(json!({
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": capabilities,
                "io.modelcontextprotocol/clientInfo": info,
            }));
            client.server = client.request("server/discover", json!({})).await["result"].take();
        } else {
            let hello = json!({
                "protocolVersion": version,
                "capabilities": capabilities,
                "clientInfo": info,
            });
            client.server = client.request("initialize", hello).await["result"].take();
            client.notify("notifications/initialized", json!({})).await;
        }
        for tool in client.tools().await {
            let name = tool["name"].as_str().unwrap_or_default().to_owned();
            // A tool need not say what its results are.
            let schema = tool.get("outputSchema").cloned().unwrap_or(Value::Bool(true));
            let schema = OutputSchema::Listed(schema);
            client.output_schemas.insert(name, schema);
        }
        client
    }

    /// The tools, as listed.
    ///
    /// # Panics
    ///
    /// When the server does not list them.
    pub async fn tools(&mut self) -> Vec<Value> {
        let answer = self.request("tools/list", json!({})).await;
        answer["result"]["tools"].as_array().cloned().unwrap_or_else(|| panic!("{answer}"))
    }

    /// Calls a tool and waits for what comes of it.
    ///
    /// # Panics
    ///
    /// When the result is not one, or does not match the tool's schema.
    pub async fn call(&mut self, tool: &str, arguments: Value) -> Outcome {
        let id = self.start_call(tool, arguments).await;
        self.outcome(tool, id).await
    }

    /// Starts a call of a tool, for [`Self::outcome`].
    pub async fn start_call(&mut self, tool: &str, arguments: Value) -> u64 {
        self.start("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// Waits for what comes of a call.
    ///
    /// # Panics
    ///
    /// When the result is not one, or does not match the tool's schema.
    pub async fn outcome(&mut self, tool: &str, id: u64) -> Outcome {
        let answer = self.answer(id).await;
        let result = &answer["result"];
        let outcome = Outcome {
            is_error: result["isError"].as_bool().unwrap_or_else(|| panic!("{answer}")),
            text: result["content"][0]["text"].as_str().unwrap_or_default().to_owned(),
            data: result["structuredContent"].clone(),
        };
        if outcome.is_error {
            assert!(outcome.text.chars().count() < 2000, "too long: {}", outcome.text);
            assert!(outcome.text.contains("\nnext: "), "no next step: {}", outcome.text);
        } else {
            let text: Value = serde_json::from_str(&outcome.text).expect("the text is JSON");
            assert_eq!(text, outcome.data, "text and structured content differ");
            let schema = self.output_schemas.get_mut(tool).expect("a tool that is listed");
            let schema = schema.validator();
            let faults: Vec<_> =
                schema.iter_errors(&outcome.data).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{tool}: {faults:?}");
        }
        outcome
    }

    /// Whether the answer to a request has come among what was read so far.
    pub fn is_answered(&self, id: u64) -> bool {
        self.answers.contains_key(&id)
    }

    /// Sends a request and waits for its answer, the whole message.
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.start(method, params).await;
        self.answer(id).await
    }

    /// Sends a request and returns its id.
    pub async fn start(&mut self, method: &str, mut params: Value) -> u64 {
        self.next_id += 1;
        for (name, value) in self.meta.iter().filter_map(Value::as_object).flatten() {
            params["_meta"][name] = value.clone();
        }
        let id = self.next_id;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.process.send(&message.to_string()).await;
        id
    }

    /// Sends a notification.
    pub async fn notify(&mut self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.process.send(&message.to_string()).await;
    }

    /// Waits for the answer to a request.
    ///
    /// # Panics
    ///
    /// When the server ends without it, or writes what is no JSON-RPC message.
    pub async fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            self.receive().await;
        }
    }

    /// Waits for a notification of this method.
    ///
    /// # Panics
    ///
    /// When the server ends without it, or writes what is no JSON-RPC message.
    pub async fn notification(&mut self, method: &str) -> Value {
        loop {
            let found = self.notifications.iter().position(|message| message["method"] == method);
            if let Some(message) = found.and_then(|index| self.notifications.remove(index)) {
                return message;
            }
            self.receive().await;
        }
    }

    /// Waits for a request of the server, such as a question to the user.
    ///
    /// # Panics
    ///
    /// When the server ends without it, or writes what is no JSON-RPC message.
    pub async fn question(&mut self) -> Value {
        loop {
            if let Some(question) = self.questions.pop_front() {
                return question;
            }
            self.receive().await;
        }
    }

    /// Answers a request of the server.
    pub async fn reply(&mut self, question: &Value, result: Value) {
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
        self.process.send(&answer.to_string()).await;
    }

    /// Answers a question as a person does, who takes some time to read it.
    pub async fn decide(&mut self, question: &Value, result: Value) {
        tokio::time::sleep(std::time::Duration::from_millis(450)).await;
        self.reply(question, result).await;
    }

    /// How many requests of the server have come that nobody has waited for.
    pub fn questions(&self) -> usize {
        self.questions.len()
    }

    /// How many notifications have come that nobody has waited for.
    pub fn notifications(&self) -> usize {
        self.notifications.len()
    }

    async fn receive(&mut self) {
        let line = self.process.line().await;
        let line = line.unwrap_or_else(|| panic!("it has ended; log:\n{}", self.process.log()));
        let message: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("not a message on standard output: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        match message["id"].as_u64() {
            Some(_) if message["method"].is_string() => self.questions.push_back(message),
            Some(id) => {
                let repeated = self.answers.insert(id, message);
                assert!(repeated.is_none(), "a second answer: {line}");
            }
            None => self.notifications.push_back(message),
        }
    }

    /// The process behind it.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
