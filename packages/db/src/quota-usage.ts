import type { Tx } from './client.ts'
import { Prisma } from './gen/postgresql/client.ts'
import type { QuotaScope } from './gen/postgresql/enums.ts'

/** An amount to add to one counter. */
export interface UsageChange {
  resource: string
  amount: number
  /** Limit unless the owner has one of its own; -1 is unlimited. */
  defaultLimit: number
}

/**
 * Adds to counters of one owner, each only as far as its limit allows, in one statement. Rows are locked in the order
 * of their resource, so that two callers cannot wait for each other; a counter that another transaction just raised is
 * looked at again before it is raised.
 * @returns the resources whose counters were raised: one that is missing does not exist or would exceed its limit
 */
export async function raiseUsage(
  db: Tx,
  owner: { scope: QuotaScope; scopeId: string },
  changes: readonly UsageChange[],
): Promise<string[]> {
  const values = Prisma.join(
    changes.map(
      ({ resource, amount, defaultLimit }) =>
        Prisma.sql`(${resource}::text, ${amount}::double precision, ${defaultLimit}::double precision)`,
    ),
  )
  const raised = await db.$queryRaw<{ resource: string }[]>`
    WITH change (resource, amount, default_limit) AS (VALUES ${values}),
    locked AS (
      SELECT u."resource", c.amount, coalesce(l."limit", c.default_limit) AS most
      FROM "QuotaUsage" u
      JOIN change c ON c.resource = u."resource"
      LEFT JOIN "QuotaLimit" l ON l."projectId" = u."scopeId" AND l."resource" = u."resource"
      WHERE u."scope" = ${owner.scope}::"QuotaScope" AND u."scopeId" = ${owner.scopeId}
      ORDER BY u."resource"
      FOR UPDATE OF u
    )
    UPDATE "QuotaUsage" u SET "used" = u."used" + locked.amount
    FROM locked
    WHERE u."scope" = ${owner.scope}::"QuotaScope" AND u."scopeId" = ${owner.scopeId}
      AND u."resource" = locked."resource"
      AND (locked.most < 0 OR u."used" + locked.amount <= locked.most)
    RETURNING u."resource"`
  return raised.map(({ resource }) => resource)
}

/**
 * Takes from counters of one owner in one statement, none below zero. Rows are locked in the order of
 * {@link raiseUsage}.
 */
export async function lowerUsage(
  db: Tx,
  owner: { scope: QuotaScope; scopeId: string },
  changes: readonly Pick<UsageChange, 'resource' | 'amount'>[],
): Promise<void> {
  const values = Prisma.join(
    changes.map(({ resource, amount }) => Prisma.sql`(${resource}::text, ${amount}::double precision)`),
  )
  await db.$executeRaw`
    WITH change (resource, amount) AS (VALUES ${values}),
    locked AS (
      SELECT u."resource", c.amount
      FROM "QuotaUsage" u
      JOIN change c ON c.resource = u."resource"
      WHERE u."scope" = ${owner.scope}::"QuotaScope" AND u."scopeId" = ${owner.scopeId}
      ORDER BY u."resource"
      FOR UPDATE OF u
    )
    UPDATE "QuotaUsage" u SET "used" = u."used" - locked.amount
    FROM locked
    WHERE u."scope" = ${owner.scope}::"QuotaScope" AND u."scopeId" = ${owner.scopeId}
      AND u."resource" = locked."resource" AND u."used" >= locked.amount`
}
