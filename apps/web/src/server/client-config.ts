import type { ClientConfig } from '#features/session/use-session.ts'
import { services } from './services.ts'

/** What the pages must know of the configuration. */
export function clientConfig(): ClientConfig {
  const { bind, apiPort, dhcpDomain, reclaimInstanceInterval, resizeConfirmWindow } = services().config
  const host = bind === '0.0.0.0' || bind === '::' ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind
  return {
    apiUrl: `http://${host}:${apiPort}`,
    reclaimSeconds: reclaimInstanceInterval,
    resizeConfirmSeconds: resizeConfirmWindow,
    dnsDomain: dhcpDomain,
  }
}
