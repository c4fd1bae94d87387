import type { NephosConfig } from '@nephos/config'
import { type ImageStore, imageStores, NephosError } from '@nephos/core'
import { type Check, limited, ok } from './check.ts'

const patienceMs = 10_000

/** Asks every image store on another machine for its first file: address, key, bucket and rights are then known to work. */
export const imageStoreChecks = (config: NephosConfig): Promise<Check[]> =>
  Promise.all(
    imageStores(config)
      .filter(({ kind }) => kind !== 'filesystem')
      .map(look),
  )

async function look(store: ImageStore): Promise<Check> {
  const name = `Image store ${store.name}`
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs)
  })
  try {
    await Promise.race([store.list()[Symbol.asyncIterator]().next(), silence])
    return ok(name, `answers (${store.kind})`)
  } catch (error) {
    const { message, remedy } = error as NephosError
    const known = error instanceof NephosError && remedy
    return limited(name, message, known || 'see that it runs and is reached from here')
  } finally {
    clearTimeout(timer)
  }
}
