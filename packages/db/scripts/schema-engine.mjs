#!/usr/bin/env node
// Answers the Prisma CLI in place of its native schema engine, which npm does not ship. The CLI starts this file (see
// prisma.mjs), passes the data model and the database URL as arguments, and sends JSON-RPC 2.0 requests, one a line.
// The work is done by Prisma's own WebAssembly build of the engine over a driver adapter.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { adapterFactory, providerOf } from './schema-engine/adapters.mjs'
import { createEngine } from './schema-engine/wasm.mjs'

// The CLI shows what it reads as log lines, and of anything else on stderr only that the engine has ended.
process.on('uncaughtException', (error) => {
  writeError(String(error?.stack || error))
  process.exit(1)
})

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
  },
})
const datasource = args.datasource ? JSON.parse(args.datasource) : {}
const datamodels = (args.datamodels ?? []).map((path) => [path, readFileSync(path, 'utf8')])
const factory = () =>
  adapterFactory(
    providerOf(
      datamodels.map(([, text]) => text),
      datasource.url,
    ),
    datasource,
  )

if (positionals[0] === 'cli') await checkConnection()
else serve()

/** `cli can-connect-to-database`: answers with the exit status; the reason goes to stderr as a log line. */
async function checkConnection() {
  try {
    const adapter = await factory().connect()
    await adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
    await adapter.dispose()
  } catch (error) {
    const missing = error?.cause?.kind === 'DatabaseDoesNotExist'
    writeError(String(error?.message ?? error), missing ? 'P1003' : 'P1001')
    process.exitCode = 1
  }
}

function writeError(message, code) {
  const fields = { message, ...(code && { error_code: code }) }
  const timestamp = new Date().toISOString()
  process.stderr.write(
    `${JSON.stringify({ timestamp, level: 'ERROR', fields, target: 'schema_engine::logger' })}\n`,
  )
}

function serve() {
  let engine
  let pending = 0
  let closed = false
  const lines = createInterface({ input: process.stdin })

  // The engine and its pool would keep the process alive, so it ends itself once everything asked was answered.
  const endWhenDone = () => closed && pending === 0 && process.exit(0)

  lines.on('line', async (line) => {
    const request = JSON.parse(line)
    // Answers to our own `print` requests carry no method.
    if (!request.method) return
    pending++
    try {
      engine ??= createEngine(datamodels, factory())
      send({ id: request.id, result: (await call(await engine, request)) ?? {} })
    } catch (error) {
      send({ id: request.id, error: rpcError(error) })
    }
    pending--
    endWhenDone()
  })
  lines.on('close', () => {
    closed = true
    endWhenDone()
  })
}

/** Methods are named alike in the protocol and in the WebAssembly engine, but for these. */
async function call(engine, { method, params }) {
  if (method === 'getDatabaseVersion') return engine.version(params)
  if (method === 'createDatabase') return { databaseName: '' }
  if (method === 'diff') {
    const { stdout, exitCode } = await engine.diff(params)
    if (stdout != null) send({ id: 'print', method: 'print', params: { content: stdout } })
    return { exitCode }
  }
  if (typeof engine[method] !== 'function') throw new Error(`The schema engine has no method ${method}.`)
  return engine[method](params)
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

/** The shape in which the CLI expects what went wrong. */
function rpcError(error) {
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: error instanceof WebAssembly.RuntimeError,
      message: String(error?.message ?? error),
      meta: error?.meta ?? null,
      error_code: error?.code ?? null,
    },
  }
}
