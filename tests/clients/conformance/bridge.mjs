// Serves an MCP server that speaks on standard input and output over HTTP, as the conformance suite
// wants it: Streamable HTTP on a loopback address, which is printed when it is there.
//
//     node bridge.mjs COMMAND [ARGUMENT...]
//
// Each session has a process of its own. Versions without sessions (2026-07-28) share one.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const [command, ...args] = process.argv.slice(2)

/** A process of the server. Requests are renumbered, for clients that share one choose the same ids. */
class Session {
  #child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  #waiting = new Map()
  #last = 0
  #elsewhere

  constructor() {
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(JSON.parse(line)))
    this.#child.on('exit', () => this.end())
  }

  /** Sends a request, and gives the stream every message until its answer, that one too. */
  request(message, stream) {
    const id = ++this.#last
    this.#waiting.set(id, { id: message.id, stream, progress: message.params?._meta?.progressToken })
    this.send({ ...message, id })
  }

  send(message) {
    if (message.method === 'notifications/cancelled') {
      const named = [...this.#waiting].find(([, { id }]) => id === message.params?.requestId)
      message = { ...message, params: { ...message.params, requestId: named?.[0] } }
    }
    this.#child.stdin.write(JSON.stringify(message) + '\n')
  }

  /** Takes a stream for what belongs to no request. */
  listen(stream) {
    this.#elsewhere = stream
  }

  end() {
    this.#child.kill()
    for (const { stream } of this.#waiting.values()) stream.end()
    this.#elsewhere?.end()
  }

  #receive(message) {
    const answered = message.method === undefined && this.#waiting.get(message.id)
    if (answered) {
      this.#waiting.delete(message.id)
      answer(answered.stream, { ...message, id: answered.id })
      return
    }
    // What the server says while it works on a request goes where its answer will go.
    const token = message.params?.progressToken
    const all = [...this.#waiting.values()]
    const about = all.find(({ progress }) => token !== undefined && progress === token)
    const stream = about?.stream ?? all.at(-1)?.stream ?? this.#elsewhere
    stream?.write(event(message))
  }
}

/** An answer ends the stream. One that is an error, and the first thing said, says so by the status too. */
function answer(response, message) {
  const status = response.headersSent ? undefined : STATUS[message.error?.code]
  if (status) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(message))
  } else {
    response.write(event(message))
    response.end()
  }
}

/** What versions without sessions want errors to have (method, parameters, version, capability). */
const STATUS = { [-32601]: 404, [-32602]: 400, [-32021]: 400, [-32022]: 400 }

const event = (message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`

const sessions = new Map()
let shared

function refuse(response, status, text) {
  const error = { jsonrpc: '2.0', id: null, error: { code: -32600, message: text } }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error))
}

function open(response, headers = {}) {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
  response.flushHeaders()
  return response
}

/** A stream whose status is open until something is said. */
function opened(response) {
  response.setHeader('content-type', 'text/event-stream')
  return response
}

// A page in a browser must not reach it under a name of its own (DNS rebinding).
const isLocal = (host) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
// An origin need not be a URL: that of a sandboxed page is the word null.
const isLocalOrigin = (origin) => URL.canParse(origin) && isLocal(new URL(origin).host)

const http = createServer(async (request, response) => {
  const { host, origin, 'mcp-session-id': id } = request.headers
  if (!isLocal(host) || (origin && !isLocalOrigin(origin))) return refuse(response, 403, 'not from there')
  const session = sessions.get(id)
  if (id !== undefined && !session) return refuse(response, 404, 'no such session')
  if (request.method === 'DELETE') {
    session?.end()
    sessions.delete(id)
    return response.writeHead(200).end()
  }
  if (request.method === 'GET') {
    return session ? session.listen(open(response)) : response.writeHead(405).end()
  }
  let message
  try {
    message = JSON.parse(Buffer.concat(await request.toArray()))
  } catch {
    return refuse(response, 400, 'not JSON')
  }
  const stateless = message.params?._meta?.['io.modelcontextprotocol/protocolVersion']
  if (message.method === 'initialize' && !stateless) {
    const id = randomUUID()
    sessions.set(id, new Session())
    return sessions.get(id).request(message, open(response, { 'mcp-session-id': id }))
  }
  const to = session ?? (shared ??= new Session())
  if (message.id !== undefined && message.method !== undefined) {
    return to.request(message, session ? open(response) : opened(response))
  }
  to.send(message)
  response.writeHead(202).end()
})

http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`))
process.on('SIGTERM', () => {
  for (const session of [...sessions.values(), shared]) session?.end()
  process.exit()
})
