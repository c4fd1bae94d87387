import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import { seconds } from './format.ts'
import type { StepEvent, Steps } from './steps.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const titleWidth = 26
/** Without a spinner, a step that takes this long says that it is still at work. */
const longMs = 5_000

function line(event: Extract<StepEvent, { kind: 'end' }>): string {
  const mark = event.ok ? pc.green('✓') : pc.red('✗')
  const detail = event.detail ? `${event.detail}  ` : ''
  return `  ${mark} ${event.title.padEnd(titleWidth)} ${detail}${pc.dim(seconds(event.ms))}\n`
}

/** Prints a line for each step when it ends; on a terminal, a spinner while it runs. @returns a function that ends it */
export function printSteps(steps: Steps, out: NodeJS.WriteStream = process.stdout): () => void {
  const running = new Map<number, string>()
  const reminders = new Map<number, NodeJS.Timeout>()
  const live = out.isTTY && !process.env.CI
  let frame = 0
  const clear = () => live && (out as WriteStream).clearLine(0) && (out as WriteStream).cursorTo(0)
  const draw = () => {
    if (!live || running.size === 0) return
    clear()
    const text = [...running.values()].join(', ').slice(0, Math.max(10, (out.columns ?? 80) - 6))
    out.write(`  ${pc.cyan(frames[frame++ % frames.length]!)} ${text}`)
  }
  const ticker = live ? setInterval(draw, 100) : undefined

  const stopListening = steps.listen((event) => {
    clear()
    if (event.kind === 'note') out.write(`${event.text}\n`)
    else if (event.kind === 'begin') {
      running.set(event.id, event.title)
      if (!live)
        reminders.set(
          event.id,
          setTimeout(() => out.write(`  · ${event.title} …\n`), longMs),
        )
    } else {
      running.delete(event.id)
      clearTimeout(reminders.get(event.id))
      out.write(line(event))
    }
    draw()
  })
  return () => {
    stopListening()
    clearInterval(ticker)
    for (const reminder of reminders.values()) clearTimeout(reminder)
    clear()
  }
}
