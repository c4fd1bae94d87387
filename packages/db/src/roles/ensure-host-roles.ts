import { Client } from 'pg'
import { type HostRight, hostRights, privileges, type Table } from './host-tables.ts'

/** The login of one host's workers. */
export interface HostRole {
  name: string
  password: string
}

/** What {@link ensureHostRoles} could do. */
export interface HostRoles {
  /** False: the database does not let its user make roles; `reason` says what it said. */
  made: boolean
  reason: string | null
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** insufficient_privilege, and what managed databases answer in its place. */
const refusals = new Set(['42501', '0A000', '0LP01'])

/**
 * Makes the logins that hosts use, with the rights of {@link hostRights} and no others; logins of hosts that are not
 * in the list any more lose everything. Doing it again changes nothing.
 * @param group role that holds the rights; names of roles count for the whole server
 */
export async function ensureHostRoles(
  url: string,
  group: string,
  roles: readonly HostRole[],
): Promise<HostRoles> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN')
    // Two processes that grant at once trip over each other's rows.
    await client.query('SELECT pg_advisory_xact_lock(72707370)')
    if (!(await exists(client, group))) await client.query(`CREATE ROLE ${quoted(group)} NOLOGIN`)
    await grant(client, group)
    for (const { name, password } of roles) {
      const verb = (await exists(client, name)) ? 'ALTER' : 'CREATE'
      await client.query(`${verb} ROLE ${quoted(name)} LOGIN PASSWORD ${text(password)}`)
      await client.query(`GRANT ${quoted(group)} TO ${quoted(name)}`)
    }
    await dismiss(client, group, roles)
    await client.query('COMMIT')
    return { made: true, reason: null }
  } catch (error) {
    await client.query('ROLLBACK')
    const { code = '', message } = error as { code?: string; message: string }
    if (!refusals.has(code)) throw error
    return { made: false, reason: message }
  } finally {
    await client.end()
  }
}

async function exists(client: Client, role: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
  return rowCount === 1
}

async function grant(client: Client, group: string): Promise<void> {
  const to = quoted(group)
  await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${to}`)
  await client.query(`GRANT USAGE ON SCHEMA public TO ${to}`)
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${to}`)
  const byRight = new Map<HostRight, Table[]>()
  for (const [table, right] of Object.entries(hostRights) as [Table, HostRight][])
    byRight.set(right, [...(byRight.get(right) ?? []), table])
  for (const [right, tables] of byRight)
    if (privileges[right])
      await client.query(`GRANT ${privileges[right]} ON ${tables.map(quoted).join(', ')} TO ${to}`)
}

/** Takes the login from hosts that left. Their role stays as a name without any right. */
async function dismiss(client: Client, group: string, roles: readonly HostRole[]): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT member.rolname FROM pg_auth_members m
     JOIN pg_roles member ON member.oid = m.member
     JOIN pg_roles owner ON owner.oid = m.roleid
     WHERE owner.rolname = $1 AND NOT member.rolsuper`,
    [group],
  )
  const kept = new Set(roles.map(({ name }) => name))
  for (const { rolname } of rows)
    if (!kept.has(rolname)) {
      await client.query(`REVOKE ${quoted(group)} FROM ${quoted(rolname)}`)
      await client.query(`ALTER ROLE ${quoted(rolname)} NOLOGIN PASSWORD NULL`)
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()',
        [rolname],
      )
    }
}
