import { loadConfig, processName } from '@nephos/config'
import { createServices, type OpenServices } from '@nephos/core'

const holder = globalThis as typeof globalThis & { nephosWebServices?: OpenServices }

/**
 * The services of this process, opened at the first request. Next loads a module once for every bundle it is in, so
 * the one instance is kept where all of them find it.
 */
export function services(): OpenServices {
  holder.nephosWebServices ??= createServices({
    // The supervisor names the state directory; without it, the repository's own.
    config: loadConfig(),
    processName: processName('web'),
    connections: 8,
  })
  return holder.nephosWebServices
}
