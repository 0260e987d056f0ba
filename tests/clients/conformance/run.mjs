// Runs the official conformance suite against the demo, over the bridge, for both eras of the protocol.
// It fails where a scenario fails that is not expected to, and where one passes that is.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const SUITE = 'node_modules/@modelcontextprotocol/conformance/dist/index.js'
const RUNS = [
  ['--spec-version', '2025-11-25', '--expected-failures', 'expected-2025-11-25.yml'],
  ['--requirements', '2026-07-28', '--expected-failures', 'expected-2026-07-28.yml'],
]

const env = { ...process.env, AIC_CONFIRM: 'never', AIC_LOG: 'off' }
const bridge = spawn(process.execPath, ['bridge.mjs', process.env.AIC_MCP_BIN, 'demo'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [url] = await once(createInterface({ input: bridge.stdout }), 'line')
let failed = false
for (const run of RUNS) {
  const suite = spawnSync(process.execPath, [SUITE, 'server', '--url', url, ...run], { encoding: 'utf8' })
  const summary = suite.stdout.indexOf('=== SUMMARY ===')
  console.log(`${run.join(' ')}\n${suite.stdout.slice(Math.max(summary, 0))}${suite.stderr}`)
  failed ||= suite.status !== 0
}
bridge.kill()
process.exitCode = failed ? 1 : 0
