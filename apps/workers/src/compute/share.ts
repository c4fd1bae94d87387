import type { Inventory } from './driver.ts'

/**
 * What one of `hosts` hosts on the same machine has of it: an equal part, so that they do not promise the same memory
 * twice. The facts say so.
 */
export function shareOf(inventory: Inventory, hosts: number): Inventory {
  if (hosts <= 1 || inventory.facts.simulated === true) return inventory
  const part = (amount: number) => Math.floor(amount / hosts)
  return {
    ...inventory,
    vcpus: Math.max(1, part(inventory.vcpus)),
    ramMib: part(inventory.ramMib),
    diskGib: part(inventory.diskGib),
    facts: { ...inventory.facts, shareOfMachine: `1/${hosts}` },
  }
}
