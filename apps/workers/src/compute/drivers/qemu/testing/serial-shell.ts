import { setTimeout as sleep } from 'node:timers/promises'
import { connectUnix } from '../unix-socket.ts'

const patienceMs = 60_000
const beginMark = 'begin-of-answer\n'
// Whatever else writes at the console may follow the prompt at once.
const atPrompt = /login: |# /

/**
 * Types a command at the serial console of a guest, logging in where that is needed.
 * @returns what it wrote, without the echo of the command
 * @throws Error when the guest refuses the password or does not answer
 */
export async function typeAt(serialPath: string, password: string, command: string): Promise<string> {
  const socket = await connectUnix(serialPath, 5_000)
  let heard = ''
  socket.on('data', (data: Buffer) => {
    heard += data.toString()
  })
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(20)) {
      const found = pattern.exec(heard)
      if (found) return found
    }
    throw new Error(`the guest did not write ${pattern}: ${JSON.stringify(heard.slice(-500))}`)
  }
  try {
    socket.write('\n')
    let [prompt] = await until(atPrompt)
    if (prompt === 'login: ') {
      heard = ''
      socket.write('root\n')
      await until(/Password: /)
      heard = ''
      socket.write(`${password}\n`)
      ;[prompt] = await until(/incorrect|# /)
      if (prompt === 'incorrect') throw new Error('the guest refuses the password')
    }
    heard = ''
    // The echo of the line, which may be broken anywhere, has the halves of the marks apart.
    socket.write(`echo 'begin-''of-answer'; ${command}; echo 'end-''of-answer'\n`)
    await until(/end-of-answer/)
    const text = heard.replaceAll('\r', '')
    return text.slice(text.indexOf(beginMark) + beginMark.length, text.indexOf('end-of-answer'))
  } finally {
    socket.destroy()
  }
}
