import { consoleSubject } from '@nephos/jobs'
import { type Ctx, conflict, type OpenServices } from '../../kernel/index.ts'
import { findInstance } from './find.ts'

/**
 * Asks the instance's host to tell for the next 30 seconds when its serial log grows; ask again to go on.
 * @throws NephosError not_found, conflict when it is on no host yet, unavailable when the host does not answer
 */
export async function followInstanceConsole(ctx: Ctx, id: string, offset: number): Promise<void> {
  const { host } = await findInstance(ctx, id)
  if (!host) throw conflict('The instance has no console yet: it is on no host.')
  await ctx.ask(host.name, 'console.follow', { instanceId: id, offset })
}

/**
 * Calls back when a followed log has grown; the text is then read with `readInstanceConsole`, in order and whole.
 * Undefined while the queue is away. @returns a function that ends it
 */
export function onConsoleGrowth(
  { queue }: Pick<OpenServices, 'queue'>,
  id: string,
  listener: () => void,
): (() => void) | undefined {
  const subscription = queue.bus.now()?.nc.subscribe(consoleSubject(id), { callback: () => listener() })
  return subscription && (() => subscription.unsubscribe())
}
