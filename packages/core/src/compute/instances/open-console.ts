import { newId, type Tx } from '@nephos/db'
import { type ConsoleKind, consoleKinds } from '@nephos/jobs'
import { z } from 'zod'
import { newSecret } from '../../identity/principals/secret.ts'
import { conflict, defineVerb, mutate, NephosError, requireUser } from '../../kernel/index.ts'
import { consoleTokenMs, consoleUrl, hashConsoleToken } from '../consoles/token.ts'
import { whyNoConsole } from '../states.ts'
import { findInstance } from './find.ts'

/** How a console is reached: a WebSocket that carries the bytes of the serial port, or those of the RFB protocol (VNC). */
export interface OpenedConsole {
  kind: ConsoleKind
  /** Whole address, with the token. */
  url: string
  /** Good for one connection. */
  token: string
  /** When it is worth nothing any more, unless it was used. */
  expiresAt: Date
}

/**
 * The right to open one console of an instance once, within a minute. A token that a browser session asked for works
 * only together with that session; the console ends with the session or API token. A lock does not matter.
 * @throws NephosError not_found, conflict saying why the instance has no console now, unsupported when its machine has no screen
 */
export const openInstanceConsole = defineVerb({
  name: 'compute.instances.openConsole',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), kind: z.enum(consoleKinds) }),
  run: ({ ctx, input: { id, kind } }): Promise<OpenedConsole> =>
    mutate(ctx, async (tx) => {
      const { userId, via, project } = requireUser(ctx)
      const record = await findInstance(ctx, id, tx.db)
      const { vmState, taskState } = record
      const why =
        whyNoConsole(record) ?? (record.hostId ? null : 'The instance has no console: it is on no host.')
      if (why)
        throw conflict(why, { remedy: 'Open it once the instance runs.', detail: { vmState, taskState } })
      await refuseScreenOfSimulated(tx.db, record.hostId!, kind)
      const token = newSecret()
      const expiresAt = new Date(Date.now() + consoleTokenMs)
      await tx.db.consoleToken.create({
        data: {
          id: newId(),
          secretHash: hashConsoleToken(token),
          kind,
          instanceId: id,
          userId,
          projectId: project?.id ?? null,
          credentialType: via.type,
          credentialId: via.type === 'session' ? via.sessionId : via.tokenId,
          expiresAt,
        },
      })
      tx.audit({
        verb: 'compute.instances.openConsole',
        resourceType: 'instance',
        resourceId: id,
        resourceName: record.name,
        projectId: record.projectId,
        detail: { kind },
      })
      return { kind, url: consoleUrl(ctx.config, token), token, expiresAt }
    }),
})

async function refuseScreenOfSimulated(db: Tx, id: string, kind: ConsoleKind): Promise<void> {
  if (kind !== 'vnc') return
  const host = await db.host.findUnique({ where: { id }, select: { computeDriver: true } })
  if (host?.computeDriver === 'simulated')
    throw new NephosError('unsupported', 'This machine is simulated: it has no screen.', {
      remedy: 'Open its serial console.',
    })
}
