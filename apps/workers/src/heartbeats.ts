import { heartbeat, type ServiceIdentity, type Services, signOff } from '@nephos/core'
import { runEvery } from '@nephos/jobs'

const version = process.env.npm_package_version ?? '0.1.0'

/**
 * Says every few seconds that a role is up. The first heartbeat is written before this returns.
 * @param hostId null for roles that belong to no host
 */
export async function startHeartbeats(
  services: Services,
  role: string,
  hostName: string,
  hostId: string | null,
): Promise<{ stop: () => Promise<void> }> {
  const service: ServiceIdentity = {
    role,
    hostName,
    hostId,
    pid: process.pid,
    version,
    startedAt: new Date(),
  }
  await heartbeat(services, service)
  const loop = runEvery({
    name: `heartbeat-${role}`,
    everyMs: Math.min(5_000, (services.config.serviceDownTime * 1000) / 4),
    log: services.log,
    run: () => heartbeat(services, service),
  })
  return {
    stop: async () => {
      await loop.stop()
      await signOff(services, service).catch((error: unknown) =>
        services.log.warn({ err: error, role }, 'the end of a role could not be announced'),
      )
    },
  }
}
