import { paths } from '#paths.ts'

/** What the console stream says of itself. */
export type ConsolePhase = 'connecting' | 'following' | 'waiting' | 'interrupted'

/** Follows the serial log of one instance; keeps the newest part of it. */
export interface ConsoleState {
  phase: ConsolePhase
  /** Why nothing comes, in words, when `waiting` or `interrupted`. */
  why: string | null
  text: string
  /** True when the beginning was left out to keep the page fast. */
  cut: boolean
}

/** Most characters kept in the page; the whole log can be downloaded. */
export const keptCharacters = 400_000

/** Adds text to what is shown, dropping whole lines from the beginning when it grows too long. */
export function append(state: ConsoleState, text: string): ConsoleState {
  const all = state.text + text
  if (all.length <= keptCharacters) return { ...state, text: all }
  const from = all.indexOf('\n', all.length - keptCharacters)
  return { ...state, text: all.slice(from + 1), cut: true }
}

/** Opens the stream. @returns a function that ends it */
export function followConsole(
  instanceId: string,
  onChange: (change: (state: ConsoleState) => ConsoleState) => void,
): () => void {
  let at: number | undefined
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  const connect = () => {
    source = new EventSource(paths.api.console(instanceId, at))
    source.addEventListener('text', (event) => {
      const { offset, end, text } = JSON.parse((event as MessageEvent<string>).data) as {
        offset: number
        end: number
        text: string
      }
      const fresh = at === undefined || offset < at
      at = end
      onChange((state) => append(fresh ? { ...state, text: '', cut: offset > 0 } : state, text))
    })
    source.addEventListener('following', () =>
      onChange((state) => ({ ...state, phase: 'following', why: null })),
    )
    source.addEventListener('waiting', (event) => {
      const { why } = JSON.parse((event as MessageEvent<string>).data) as { why: string }
      onChange((state) => ({ ...state, phase: 'waiting', why }))
    })
    source.onerror = () => {
      onChange((state) => ({ ...state, phase: 'interrupted', why: 'The connection was interrupted.' }))
      // Opened anew rather than by the browser, which would ask for the old place.
      source?.close()
      clearTimeout(timer)
      if (!ended) timer = setTimeout(connect, 2_000)
    }
  }
  connect()
  return () => {
    ended = true
    clearTimeout(timer)
    source?.close()
  }
}
