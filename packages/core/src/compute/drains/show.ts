import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { type DrainDetail, drainMoveRow, drainRows, findDrain } from './row.ts'

/** One drain with every instance, in the order of their turns. @throws NephosError not_found */
export const showDrain = defineVerb({
  name: 'compute.drains.show',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<DrainDetail> => {
    const db = reader(ctx)
    const drain = await findDrain(ctx, id)
    const [[row], moves] = await Promise.all([
      drainRows(db, [drain]),
      db.drainMove.findMany({ where: { drainId: id }, orderBy: { position: 'asc' } }),
    ])
    return { ...row!, moves: moves.map(drainMoveRow) }
  },
})
