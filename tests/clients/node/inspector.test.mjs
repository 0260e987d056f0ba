// Runs `aic-mcp demo` from the MCP Inspector's command line.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/inspector/package.json");
const { default: described } = await import(manifest, { with: { type: "json" } });
const inspector = join(dirname(manifest), described.bin["mcp-inspector"]);

async function inspect(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    inspector,
    "--cli",
    process.env.AIC_MCP_BIN,
    "demo",
    ...args,
  ]);
  return JSON.parse(stdout);
}

test("tools are listed", async () => {
  const { tools } = await inspect("--method", "tools/list");
  assert.ok(tools.some((tool) => tool.name === "listJourneys"));
});

test("a tool is called", async () => {
  const args = ["--tool-name", "getVariable", "--tool-arg", "variableId=esv-smtp-port"];
  const result = await inspect("--method", "tools/call", ...args);
  assert.equal(result.structuredContent.value, 587);
});

test("prompts and resource templates are listed", async () => {
  const { prompts } = await inspect("--method", "prompts/list");
  assert.ok(prompts.length > 3);
  const { resourceTemplates } = await inspect("--method", "resources/templates/list");
  assert.ok(resourceTemplates.length > 3);
});
