'use client'
import { ArrowDownToLine, Pause, Play, WrapText } from 'lucide-react'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { InstanceDetail } from '#features/instances/row.ts'
import { Button } from '#ui/button.tsx'
import { cn } from '#ui/cn.ts'
import { StateCell } from '#ui/state-cell.tsx'
import { type ConsoleState, followConsole } from './console-stream.ts'
import { findHits, plainText, splitFound } from './console-text.ts'
import { DownloadLog } from './download-log.tsx'
import { LogSearch } from './log-search.tsx'

const empty: ConsoleState = { phase: 'connecting', why: null, text: '', cut: false }

/** What the guest wrote to its serial port, as it writes it. */
export function ConsoleLog({ instance, fill }: { instance: InstanceDetail; fill?: boolean }) {
  const [state, setState] = useState(empty)
  /** The text as it was when the reader paused. */
  const [paused, setPaused] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState(0)
  const [wrap, setWrap] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)

  useEffect(() => {
    setState(empty)
    return followConsole(instance.id, setState)
  }, [instance.id])

  const source = useDeferredValue(paused ?? state.text)
  const lines = useMemo(() => plainText(source).split('\n'), [source])
  const wanted = useDeferredValue(search.trim())
  const hits = useMemo(() => findHits(lines, wanted), [lines, wanted])
  const current = hits[Math.min(chosen, hits.length - 1)]
  useEffect(() => {
    if (atEnd && paused === null && wanted === '') box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [lines, atEnd, paused, wanted])
  const currentKey = current && `${current.line} ${current.nth} ${wanted}`
  useEffect(() => {
    if (currentKey) box.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'center' })
  }, [currentKey])

  return (
    <section
      aria-label="Console log"
      className={cn(
        'flex flex-col overflow-hidden bg-surface',
        fill ? 'h-full' : 'rounded-xl border border-line',
      )}
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <Phase state={state} paused={paused !== null} />
        <div className="flex-1" />
        <LogSearch
          search={search}
          onSearch={(text) => {
            setSearch(text)
            setChosen(0)
          }}
          hits={hits.length}
          chosen={Math.min(chosen, Math.max(0, hits.length - 1))}
          onChoose={setChosen}
        />
        <Button
          size="sm"
          aria-pressed={wrap}
          className="aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
          onClick={() => setWrap(!wrap)}
        >
          <WrapText aria-hidden="true" /> Wrap
        </Button>
        <Button size="sm" onClick={() => setPaused(paused === null ? state.text : null)}>
          {paused === null ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          {paused === null ? 'Pause' : 'Continue'}
        </Button>
        <DownloadLog instance={instance} />
      </div>
      <div className={cn('relative', fill && 'min-h-0 flex-1')}>
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
          className={cn(
            'scroll-thin overflow-auto bg-bg px-4 py-3 font-mono text-xs leading-relaxed focus-visible:outline-offset-[-2px]',
            fill ? 'h-full' : 'h-[min(34rem,65dvh)]',
          )}
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
            <pre className={wrap ? 'whitespace-pre-wrap break-words' : 'whitespace-pre'}>
              {wanted === ''
                ? lines.join('\n')
                : lines.map((line, index) => (
                    <FoundLine
                      key={index}
                      line={line}
                      search={wanted}
                      current={current?.line === index ? current.nth : -1}
                    />
                  ))}
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

function FoundLine({ line, search, current }: { line: string; search: string; current: number }) {
  let nth = -1
  return (
    <>
      {splitFound(line, search).map((part, index) => {
        if (!part.found) return part.text
        nth++
        const here = nth === current
        return (
          <mark
            key={index}
            data-current={here || undefined}
            className={cn('rounded-xs', here ? 'bg-accent text-accent-fg' : 'bg-warn-soft text-warn-text')}
          >
            {part.text}
          </mark>
        )
      })}
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
