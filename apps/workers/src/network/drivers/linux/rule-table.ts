import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { changeText, type PortRules, tableText } from './anti-spoofing.ts'
import { runNft } from './host-tools.ts'
import { namespaceInode } from './namespaces.ts'

const whole = 'table'

/** The rules of a host against spoofing, kept in step with the kernel: one change at a time. */
export class RuleTable {
  readonly #netns: string
  readonly #lock = new KeyedLock()
  readonly #rules = new Map<string, PortRules>()

  constructor(netns: string) {
    this.#netns = netns
  }

  /** Makes the rules of one port these. */
  apply(rules: PortRules): Promise<void> {
    return this.#lock.run(whole, async () => {
      const text = changeText(this.#rules.get(rules.tap), rules)
      this.#rules.set(rules.tap, rules)
      if (text !== '') await this.#change(text)
    })
  }

  /** Takes the rules of these taps away. */
  remove(taps: readonly string[]): Promise<void> {
    return this.#lock.run(whole, async () => {
      const text = taps.map((tap) => changeText(this.#rules.get(tap), undefined)).join('')
      for (const tap of taps) this.#rules.delete(tap)
      if (text !== '' && (await namespaceInode(this.#netns)) !== null) await this.#change(text)
    })
  }

  /** Puts exactly these rules in place, whatever is there. */
  replace(rules: readonly PortRules[]): Promise<void> {
    return this.#lock.run(whole, async () => {
      await runNft(this.#netns, tableText(rules))
      this.#rules.clear()
      for (const one of rules) this.#rules.set(one.tap, one)
    })
  }

  /** When the table is not as expected, all of it is put in place again. */
  async #change(text: string): Promise<void> {
    await runNft(this.#netns, text).catch(() => runNft(this.#netns, tableText([...this.#rules.values()])))
  }
}
