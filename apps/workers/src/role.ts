import type { OpenServices } from '@nephos/core'

/** What every role is started with. */
export interface RoleDeps {
  services: OpenServices
  /** Name of the host that the process runs on. */
  hostName: string
}

/** A role that runs. */
export interface RunningRole {
  /** Ends the role: takes no more work, hands back what it does. Machines and networks stay. */
  stop: () => Promise<void>
  /** What the role counts itself, in the text format of Prometheus. */
  exposition?: () => string
}
