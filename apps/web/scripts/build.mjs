// Builds the standalone server and puts the static files where it serves them from; Next leaves that to the packager.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const app = fileURLToPath(new URL('..', import.meta.url))
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
const next = fileURLToPath(new URL(import.meta.resolve('next/dist/bin/next')))
const { status } = spawnSync(process.execPath, [next, 'build'], { cwd: app, env, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const standalone = `${app}.next/standalone/apps/web`
cpSync(`${app}.next/static`, `${standalone}/.next/static`, { recursive: true })
if (existsSync(`${app}public`)) cpSync(`${app}public`, `${standalone}/public`, { recursive: true })
