import {
  type Ctx,
  isAdmin,
  NephosError,
  nephosVersion,
  type RoleName,
  requireUser,
} from '../../kernel/index.ts'
import { projectIdsOf, rolesOn, withGrants } from '../principals/grants.ts'

/** Something about the whole cloud that whoever is signed in should know. */
export interface CloudNotice {
  kind: string
  message: string
  remedy: string
}

/** Who is signed in, where it acts, what it may do, and what cloud this is. */
export interface CurrentSession {
  /** Id of the session; of the token when the call came with one. */
  sessionId: string
  user: { id: string; name: string; domainId: string; domainName: string; email: string | null }
  project: { id: string; name: string } | null
  /** Every project on which the user holds a role, by name. */
  projects: { id: string; name: string; roles: RoleName[] }[]
  /** Roles on `project`, as they were assigned; each holds the rights of the weaker ones. */
  roles: RoleName[]
  systemRoles: RoleName[]
  isAdmin: boolean
  idleExpiresAt: Date
  absoluteExpiresAt: Date
  cloud: { version: string; simulated: boolean; notices: CloudNotice[] }
}

/** Describes the session of a context whose actor is a user. @throws NephosError unauthenticated */
export async function describeSession(ctx: Ctx): Promise<CurrentSession> {
  const actor = requireUser(ctx)
  const [user, credential, cloud] = await Promise.all([
    ctx.db.user.findUnique({ where: { id: actor.userId }, include: withGrants }),
    findCredential(ctx),
    describeCloud(ctx),
  ])
  if (!user || !credential) throw new NephosError('unauthenticated', 'The session has ended. Sign in again.')
  const projects = await ctx.db.project.findMany({
    where: { id: { in: projectIdsOf(user) }, enabled: true, domain: { enabled: true } },
    select: { id: true, name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return {
    sessionId: credential.id,
    user: {
      id: user.id,
      name: user.name,
      domainId: user.domainId,
      domainName: user.domain.name,
      email: user.email,
    },
    project: actor.project ? { id: actor.project.id, name: actor.project.name } : null,
    projects: projects.map((project) => ({ ...project, roles: rolesOn(user, 'project', project.id) })),
    roles: actor.projectRoles,
    systemRoles: actor.systemRoles,
    isAdmin: isAdmin(actor),
    idleExpiresAt: credential.idleExpiresAt,
    absoluteExpiresAt: credential.absoluteExpiresAt,
    cloud,
  }
}

async function findCredential(ctx: Ctx) {
  const { via } = requireUser(ctx)
  if (via.type === 'session') return ctx.db.session.findUnique({ where: { id: via.sessionId } })
  const token = await ctx.db.token.findUnique({ where: { id: via.tokenId } })
  return token && { id: token.id, idleExpiresAt: token.expiresAt, absoluteExpiresAt: token.expiresAt }
}

async function describeCloud({ db, config }: Ctx): Promise<CurrentSession['cloud']> {
  const drivers = await db.host.groupBy({ by: ['computeDriver', 'networkDriver'] })
  const compute = drivers.some((row) => row.computeDriver === 'simulated')
  const network = drivers.some((row) => row.networkDriver === 'simulated')
  const notices: CloudNotice[] = []
  const remedy = 'Run ./nephos doctor on the host: it says what would unlock the real ones.'
  if (compute || (drivers.length === 0 && config.computeDriver === 'simulated'))
    notices.push({
      kind: 'simulated-compute',
      message: 'Instances are simulated: no real machine runs.',
      remedy,
    })
  if (network || (drivers.length === 0 && config.networkDriver === 'simulated'))
    notices.push({
      kind: 'simulated-network',
      message: 'Networks are simulated: no packet is carried.',
      remedy,
    })
  return { version: nephosVersion, simulated: notices.length > 0, notices }
}
