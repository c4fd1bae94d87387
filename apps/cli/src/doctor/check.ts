/** One look at the machine. */
export interface Check {
  /** What was looked at. */
  name: string
  /** `limited`: Nephos works, with less. `missing`: it cannot start. */
  state: 'ok' | 'limited' | 'missing'
  /** What was found. */
  found: string
  /** What to do to get more; absent when there is nothing to do. */
  remedy?: string
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found })

export const limited = (name: string, found: string, remedy?: string): Check => ({
  name,
  state: 'limited',
  found,
  remedy,
})

export const missing = (name: string, found: string, remedy: string): Check => ({
  name,
  state: 'missing',
  found,
  remedy,
})
