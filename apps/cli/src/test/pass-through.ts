import { spawn } from 'node:child_process'
import { root } from '../installation.ts'

/** Runs a command in the installation's directory with our terminal. @returns its exit code */
export function passThrough(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' })
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
