import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { runNft } from './host-tools.ts'
import { namespaceInode } from './namespaces.ts'

const table = 'nephos_dscp'
const whole = 'table'

const element = (tap: string, mark: number) => `"${tap}" : jump dscp_${mark}`

/**
 * The whole table, put in place of what is there in one step: what a guest sends is marked by the tap that it comes
 * from. Without any mark there is no table.
 */
export function dscpText(marks: ReadonlyMap<string, number>): string {
  const empty = `table bridge ${table}\ndelete table bridge ${table}\n`
  if (marks.size === 0) return empty
  const chains = [...new Set(marks.values())].map(
    (mark) => `  chain dscp_${mark} {\n    ip dscp set ${mark}\n    ip6 dscp set ${mark}\n  }\n`,
  )
  const elements = [...marks].map(([tap, mark]) => element(tap, mark)).join(', ')
  return `${empty}table bridge ${table} {
${chains.join('')}  map marks {
    type ifname : verdict
    elements = { ${elements} }
  }
  chain prerouting {
    type filter hook prerouting priority -340; policy accept;
    iifname vmap @marks
  }
}
`
}

/** The marks of what the guests of a host send, kept in step with the kernel: one change at a time. */
export class DscpMarks {
  readonly #netns: string
  readonly #lock = new KeyedLock()
  readonly #marks = new Map<string, number>()

  constructor(netns: string) {
    this.#netns = netns
  }

  /** Makes this the mark of what comes from a tap; null: what its guest chose. Costs nothing when it is. */
  apply(tap: string, mark: number | null): Promise<void> {
    return this.#lock.run(whole, async () => {
      if ((this.#marks.get(tap) ?? null) === mark) return
      if (mark === null) this.#marks.delete(tap)
      else this.#marks.set(tap, mark)
      if ((await namespaceInode(this.#netns)) !== null) await runNft(this.#netns, dscpText(this.#marks))
    })
  }

  /** Makes these the marks of the host, whatever was done to them by hand. */
  reconcile(wanted: ReadonlyMap<string, number>): Promise<void> {
    return this.#lock.run(whole, async () => {
      this.#marks.clear()
      for (const [tap, mark] of wanted) this.#marks.set(tap, mark)
      await runNft(this.#netns, dscpText(this.#marks))
    })
  }
}
