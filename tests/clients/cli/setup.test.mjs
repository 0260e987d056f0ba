// Has `aic-mcp setup` write the configuration of agents in a terminal, each in a home of its own, and
// asks the agents what they make of it. None of them needs an account for that.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const program = process.env.AIC_MCP_BIN;
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const bin = (name) => [join(modules, ".bin", name)];
const platform = `${process.platform}-${process.arch}`;

// Each agent: its name for `setup`, how it is started, what it is asked, and what it has to answer.
// Scripts of packages do not run when they are installed, so two are started past what these would
// have put in place.
const AGENTS = [
  {
    client: "claude-code",
    start: [process.execPath, join(modules, "@anthropic-ai/claude-code/cli-wrapper.cjs")],
    ask: ["mcp", "list"],
    answers: [/aic-demo: .* demo - .*Connected/],
  },
  {
    client: "gemini",
    start: bin("gemini"),
    ask: ["mcp", "list"],
    env: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
    answers: [/aic-demo: .* demo \(stdio\) - Connected/],
  },
  {
    client: "codex",
    start: bin("codex"),
    ask: ["mcp", "get", "aic-demo"],
    answers: [/enabled: true/, /args: demo/, /tool_timeout_sec: 600/],
  },
  {
    client: "copilot-cli",
    start: bin("copilot"),
    ask: ["mcp", "get", "aic-demo"],
    answers: [/Status: Enabled/, /Type: local/, /Tools: \*/, /Timeout: 600000ms/],
  },
  {
    client: "opencode",
    start: [join(modules, `opencode-${platform}/bin/opencode`)],
    ask: ["mcp", "list"],
    answers: [/aic-demo.*connected/],
  },
  {
    client: "qwen",
    start: bin("qwen"),
    ask: ["mcp", "list"],
    answers: [/aic-demo: .* demo \(stdio\) - Connected/],
  },
  {
    client: "droid",
    start: bin("droid"),
    ask: ["mcp", "list"],
    answers: [/aic-demo\s+stdio\s+connected/],
  },
];

async function inHome(work) {
  const home = await mkdtemp(join(tmpdir(), "aic-mcp-cli-"));
  try {
    const project = join(home, "project");
    await mkdir(project);
    await work({
      cwd: project,
      env: { HOME: home, PATH: process.env.PATH, BROWSER: "true", NO_COLOR: "1" },
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** All that a program says, in colours or not, whatever it ends with. */
async function said([file, ...first], args, options) {
  const { stdout, stderr } = await run(file, [...first, ...args], options).catch((error) => error);
  return `${stdout}${stderr}`.replace(/\u001b\[[0-9;]*m/g, "");
}

for (const { client, start, ask, answers, env } of AGENTS) {
  test(`${client} reads what setup writes`, async () => {
    await inHome(async (options) => {
      await run(program, ["setup", client, "--demo", "--write"], options);
      const all = { ...options, env: { ...options.env, ...env } };
      const answer = await said(start, ask, all);
      answers.forEach((expected) => assert.match(answer, expected));
      await run(program, ["setup", client, "--demo", "--remove", "--write"], options);
      assert.doesNotMatch(await said(start, ask, all), answers[0]);
    });
  });
}

test("gemini starts nothing in a folder that it does not trust", async () => {
  await inHome(async (options) => {
    const { stderr } = await run(program, ["setup", "gemini", "--demo", "--write"], options);
    assert.match(stderr, /starts no server in a folder that it does not trust/);
    assert.match(await said(bin("gemini"), ["mcp", "list"], options), /aic-demo: .* - Disabled/);
  });
});
