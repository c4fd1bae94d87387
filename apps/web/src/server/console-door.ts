import { type ConsoleDoor, openConsoleDoor } from '@nephos/api'
import { services } from './services.ts'

const holder = globalThis as typeof globalThis & { nephosConsoleDoor?: ConsoleDoor }

/** Where the WebSockets of consoles come in: one for the process, however often Next loads this module. */
export function consoleDoor(): ConsoleDoor {
  holder.nephosConsoleDoor ??= openConsoleDoor(services())
  return holder.nephosConsoleDoor
}
