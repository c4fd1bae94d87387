import { conflict, type MutationTx } from '../../kernel/index.ts'

/**
 * Called in a transaction after a change that may have taken the last enabled administrator from the system.
 * Such changes wait for each other at the row of the role, so two at once cannot both pass.
 * @throws NephosError conflict
 */
export async function keepSystemAdmin({ db }: MutationTx): Promise<void> {
  const { id } = await db.role.update({ where: { name: 'admin' }, data: { name: 'admin' } })
  const left = await db.assignment.count({
    where: { roleId: id, targetType: 'system', user: { enabled: true, domain: { enabled: true } } },
  })
  if (left === 0)
    throw conflict('The cloud would be left without an administrator.', {
      remedy: 'Give another enabled user the role admin on the system first.',
    })
}
