import pc from 'picocolors'
import { examine } from '../doctor/checks.ts'
import { loadOwnConfig } from '../installation.ts'

const marks = { ok: pc.green('✓'), limited: pc.yellow('–'), missing: pc.red('✗') }

/** `./nephos doctor`: what this machine can do and what would unlock more. Exit code 1 when the cloud cannot start. */
export async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const checks = await examine(loadOwnConfig())
  if (checks.some(({ state }) => state === 'missing')) process.exitCode = 1
  if (json) return void process.stdout.write(`${JSON.stringify({ checks }, null, 2)}\n`)
  const width = Math.max(...checks.map(({ name }) => name.length))
  for (const { name, state, found, remedy } of checks)
    process.stdout.write(
      `  ${marks[state]} ${name.padEnd(width)}  ${found}\n${remedy ? `    ${' '.repeat(width)}${pc.dim(`→ ${remedy}`)}\n` : ''}`,
    )
}
