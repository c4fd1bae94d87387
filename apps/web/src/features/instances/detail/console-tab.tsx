'use client'
import { ArrowDownToLine, Download, Pause, Play, Search } from 'lucide-react'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import { useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import type { InstanceDetail } from '../row.ts'
import { type ConsoleState, followConsole } from './console-stream.ts'
import { plainText, splitFound } from './console-text.ts'

const empty: ConsoleState = { phase: 'connecting', why: null, text: '', cut: false }

/** What the guest wrote to its serial port, as it writes it. */
export function ConsoleTab({ instance }: { instance: InstanceDetail }) {
  const [state, setState] = useState(empty)
  /** The text as it was when the reader paused. */
  const [paused, setPaused] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [onlyMatches, setOnlyMatches] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)

  useEffect(() => {
    setState(empty)
    return followConsole(instance.id, setState)
  }, [instance.id])

  const source = useDeferredValue(paused ?? state.text)
  const lines = useMemo(() => plainText(source).split('\n'), [source])
  const wanted = useDeferredValue(search.trim())
  const matching = useMemo(
    () => (wanted === '' ? [] : lines.filter((line) => line.toLowerCase().includes(wanted.toLowerCase()))),
    [lines, wanted],
  )
  const shown = wanted !== '' && onlyMatches ? matching : lines
  useEffect(() => {
    if (atEnd && paused === null) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [lines, atEnd, paused])

  return (
    <section aria-label="Console log" className="overflow-hidden rounded-xl border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <Phase state={state} paused={paused !== null} />
        <div className="flex-1" />
        <div className="relative w-full sm:w-56">
          <Search className="absolute left-2.5 top-2 size-4 text-subtle" aria-hidden="true" />
          <Input
            type="search"
            aria-label="Search the log"
            placeholder="Search the log"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="h-8 pl-8"
          />
        </div>
        {wanted !== '' && (
          <Button size="sm" aria-pressed={onlyMatches} onClick={() => setOnlyMatches(!onlyMatches)}>
            {onlyMatches ? 'All lines' : `Only ${count(matching.length, 'match', 'matches')}`}
          </Button>
        )}
        <Button
          size="sm"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? state.text : null)}
        >
          {paused === null ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          {paused === null ? 'Pause' : 'Continue'}
        </Button>
        <DownloadButton instance={instance} />
      </div>
      <div className="relative">
        <div
          ref={box}
          role="log"
          aria-label={`Console of ${instance.name}`}
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={({ currentTarget }) =>
            setAtEnd(currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < 24)
          }
          className="scroll-thin h-[min(34rem,65dvh)] overflow-auto bg-bg px-4 py-3 font-mono text-xs leading-relaxed focus-visible:outline-offset-[-2px]"
        >
          {state.cut && wanted === '' && (
            <p className="mb-2 font-sans text-subtle">
              Earlier lines are left out here; download the log for all of it.
            </p>
          )}
          {state.text === '' ? (
            <p className="font-sans text-muted">
              {state.why ??
                (state.phase === 'following' ? 'The guest has written nothing yet.' : 'Reading the log …')}
            </p>
          ) : (
            <pre className="whitespace-pre-wrap break-words">
              {wanted === ''
                ? shown.join('\n')
                : shown.map((line, index) => <FoundLine key={index} line={line} search={wanted} />)}
            </pre>
          )}
        </div>
        {!atEnd && (
          <Button
            size="sm"
            className="absolute bottom-3 right-5 shadow-pop"
            onClick={() => box.current?.scrollTo({ top: box.current.scrollHeight })}
          >
            <ArrowDownToLine aria-hidden="true" /> To the end
          </Button>
        )}
      </div>
    </section>
  )
}

function FoundLine({ line, search }: { line: string; search: string }) {
  return (
    <>
      {splitFound(line, search).map((part, index) =>
        part.found ? (
          <mark key={index} className="rounded-xs bg-warn-soft text-warn-text">
            {part.text}
          </mark>
        ) : (
          part.text
        ),
      )}
      {'\n'}
    </>
  )
}

function Phase({ state, paused }: { state: ConsoleState; paused: boolean }) {
  if (paused) return <StateCell tone="warn" word="Paused" />
  if (state.phase === 'following') return <StateCell tone="ok" word="Following" />
  if (state.phase === 'waiting') return <StateCell tone="idle" word="Not running" />
  if (state.phase === 'interrupted') return <StateCell tone="bad" word="Interrupted, trying again" />
  return <StateCell tone="busy" word="Connecting" />
}

const chunk = 262_144

/** Saves everything that is kept of the log, not only what is on the page. */
function DownloadButton({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPCClient()
  const [busy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      const parts: string[] = []
      for (let offset = 0; ; ) {
        const read = await trpc.compute.instances.console.query({ id: instance.id, offset, limit: chunk })
        parts.push(read.text)
        const end = read.offset + new TextEncoder().encode(read.text).length
        if (end >= read.size || end <= offset) break
        offset = end
      }
      const url = URL.createObjectURL(new Blob(parts, { type: 'text/plain' }))
      const link = document.createElement('a')
      link.href = url
      link.download = `${instance.name}-console.log`
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    } catch (error) {
      const { message, remedy } = readError(error)
      toast.error(message, { description: remedy })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" loading={busy} onClick={() => void download()}>
      <Download aria-hidden="true" /> Download
    </Button>
  )
}
