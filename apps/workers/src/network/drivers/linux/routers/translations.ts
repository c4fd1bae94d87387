import { z } from 'zod'
import { runTool } from '../host-tools.ts'
import { routerTable, type Translations } from './table.ts'

const scalar = z.union([z.string(), z.number()])
const part = z.union([scalar, z.object({ concat: z.array(scalar) })])
const listed = z.object({
  nftables: z.array(
    z.looseObject({
      map: z.object({ name: z.string(), elem: z.array(z.tuple([part, part])).default([]) }).optional(),
    }),
  ),
})

const text = (value: z.output<typeof part>): string =>
  typeof value === 'object' ? value.concat.join(' . ') : String(value)

/** The translations that are in force in a router's namespace. None where the table is not there or not ours. */
export async function readTranslations(netns: string): Promise<Translations> {
  const output = await runTool(['nft', '-j', 'list', 'table', 'ip', routerTable], { netns }).catch(() => '{}')
  const { data } = listed.safeParse(JSON.parse(output))
  const entries = (name: string) =>
    new Map(
      data?.nftables
        .filter(({ map }) => map?.name === name)
        .flatMap(({ map }) => map!.elem.map(([key, value]): [string, string] => [text(key), text(value)])),
    )
  return { floating: entries('floating_in'), forwardings: entries('forwardings') }
}
