'use client'
import { Tabs as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'

/** Tabs of a page. The caller keeps `value`, best in the URL. */
export function Tabs({
  value,
  onChange,
  tabs,
  label,
  children,
}: {
  value: string
  onChange: (value: string) => void
  tabs: readonly { value: string; label: ReactNode }[]
  label: string
  /** {@link TabPanel}s. */
  children: ReactNode
}) {
  const list = useRef<HTMLDivElement>(null)
  // On a phone not all of them fit.
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>(`[id$="-trigger-${CSS.escape(value)}"]`)
    if (chosen && list.current) list.current.scrollLeft = chosen.offsetLeft - list.current.offsetLeft - 32
  }, [value])
  return (
    <Radix.Root value={value} onValueChange={onChange}>
      <Radix.List
        ref={list}
        aria-label={label}
        className="scroll-thin flex gap-1 overflow-x-auto border-b border-line [&>button]:-mb-px"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="shrink-0 border-b-2 border-transparent px-3 py-2 text-sm text-muted transition-colors hover:text-fg focus-visible:outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-fg"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  )
}

/** What one tab shows; not rendered while another is chosen. */
export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radix.Content value={value} className="pt-5 focus-visible:outline-offset-4">
      {children}
    </Radix.Content>
  )
}
