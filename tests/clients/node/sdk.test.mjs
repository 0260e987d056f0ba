// Runs `aic-mcp demo` from the official TypeScript SDK's stdio client.
//
// `cargo xtask test` runs this file with AIC_MCP_BIN set to the binary that it built.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

/** What the user says to a question, and the questions so far. */
let answer;
let questions;
let client;

async function connect(...args) {
  client = new Client(
    { name: "aic-mcp-node-tests", version: "1" },
    { capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    questions.push(params.message);
    // An answer that comes faster is no person's.
    await new Promise((done) => setTimeout(done, 500));
    return answer();
  });
  const command = process.env.AIC_MCP_BIN;
  assert.ok(command, "AIC_MCP_BIN names the binary");
  await client.connect(new StdioClientTransport({ command, args: ["demo", ...args] }));
}

beforeEach(() => {
  questions = [];
  answer = () => ({ action: "accept", content: {} });
});

afterEach(() => client.close());

async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name}: ${JSON.stringify(result.content)}`);
  return result.structuredContent;
}

async function variable() {
  return call("getVariable", { variableId: "esv-smtp-port" });
}

test("every tool is listed, and the SDK's validator takes the schemas of results", async () => {
  await connect();
  const { tools } = await client.listTools();
  assert.ok(tools.length > 50);
  assert.ok(tools.every((tool) => tool.description && tool.inputSchema.type === "object"));
  // callTool validates structured content with the schemas that listTools has read.
  const { objects } = await call("queryManagedObjects", { objectType: "alpha_user", pageSize: 2 });
  assert.equal(objects.length, 2);
});

test("a change is confirmed by the user, or not done", async () => {
  await connect();
  const change = { variableId: "esv-smtp-port" };
  answer = () => ({ action: "decline" });
  const declined = await client.callTool({ name: "deleteVariable", arguments: change });
  assert.ok(declined.isError);
  assert.match(declined.content[0].text, /the user declined/);
  assert.equal((await variable()).value, 587);

  answer = () => ({ action: "accept", content: {} });
  await call("deleteVariable", change);
  const gone = await client.callTool({ name: "getVariable", arguments: change });
  assert.ok(gone.isError);
  assert.equal(questions.length, 2);
  assert.match(questions[1], /delete the variable "esv-smtp-port"/);
});

test("long work reports progress", async () => {
  await connect();
  const seen = [];
  await client.callTool(
    { name: "getJourney", arguments: { realm: "alpha", journeyName: "Login" } },
    undefined,
    { onprogress: (progress) => seen.push(progress) },
  );
  assert.ok(seen.length > 0);
  assert.ok(seen.every((now, at) => at === 0 || now.progress > seen[at - 1].progress), "it only grows");
});

test("a cancelled call ends, and the next one works", async () => {
  await connect();
  const cancel = new AbortController();
  answer = () => {
    cancel.abort("changed my mind");
    return new Promise(() => {});
  };
  const pending = client.callTool(
    { name: "deleteVariable", arguments: { variableId: "esv-smtp-port" } },
    undefined,
    { signal: cancel.signal },
  );
  await assert.rejects(pending);
  assert.equal((await variable()).value, 587);
});

test("prompts, resources and completion are there", async () => {
  await connect();
  const { prompts } = await client.listPrompts();
  assert.ok(prompts.some((prompt) => prompt.name === "audit-mcp-activity"));
  const prompt = await client.getPrompt({ name: "failed-logins", arguments: { realm: "alpha" } });
  assert.match(prompt.messages[0].content.text, /queryLogs/);
  const { contents } = await client.readResource({ uri: "aic://alpha/journeys/Login" });
  assert.equal(JSON.parse(contents[0].text).journey._id, "Login");
  const { completion } = await client.complete({
    ref: { type: "ref/resource", uri: "aic://{realm}/journeys/{journeyName}" },
    argument: { name: "journeyName", value: "Log" },
    context: { arguments: { realm: "alpha" } },
  });
  assert.ok(completion.values.includes("Login"));
});

test("the compact surface does the same through four tools", async () => {
  await connect("--surface", "compact");
  const { tools } = await client.listTools();
  assert.equal(tools.length, 4);
  const result = await call("callReadingTool", {
    tool: "getVariable",
    arguments: { variableId: "esv-smtp-port" },
  });
  assert.equal(result.value, 587);
});
