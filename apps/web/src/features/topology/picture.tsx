'use client'
import '@xyflow/react/dist/base.css'
import {
  Background,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { type CSSProperties, type FocusEvent, type KeyboardEvent, useMemo } from 'react'
import { Button } from '#ui/button.tsx'
import { TopologyCard } from './cards.tsx'
import type { Box, BoxContent, Line } from './layout.ts'

type Toggle = (networkId: string, open: boolean) => void
type BoxNode = Node<{ content: BoxContent; onToggle: Toggle }, 'box'>

const BoxView = ({ data }: NodeProps<BoxNode>) => (
  <>
    <Handle type="target" position={Position.Top} isConnectable={false} className="opacity-0" />
    <TopologyCard content={data.content} onToggle={data.onToggle} className="pointer-events-auto h-full" />
    <Handle type="source" position={Position.Bottom} isConnectable={false} className="opacity-0" />
  </>
)
const nodeTypes = { box: BoxView }

const nodeOf = ({ id, x, y, width, height, content }: Box, onToggle: Toggle): BoxNode => ({
  id,
  type: 'box',
  position: { x, y },
  width,
  height,
  measured: { width, height },
  handles: [
    { type: 'target', position: Position.Top, x: width / 2, y: 0, width: 1, height: 1 },
    { type: 'source', position: Position.Bottom, x: width / 2, y: height, width: 1, height: 1 },
  ],
  data: { content, onToggle },
})

const edgeOf = ({ id, from, to, label, up }: Line): Edge => ({
  id,
  source: from,
  target: to,
  type: 'smoothstep',
  label,
  style: {
    stroke: up ? 'var(--accent)' : 'var(--idle)',
    strokeWidth: 1.5,
    ...(!up && { strokeDasharray: '5 4' }),
  },
  labelStyle: { fill: 'var(--muted)', fontSize: 11 },
  labelBgStyle: { fill: 'var(--bg)' },
})

const colours = {
  '--xy-background-pattern-color': 'var(--line)',
  '--xy-attribution-background-color': 'transparent',
} as CSSProperties

interface PictureProps {
  boxes: readonly Box[]
  lines: readonly Line[]
  onToggle: Toggle
}

/** External networks, routers and networks as boxes with lines between them; what is on a network stands in its box. */
export function Picture(props: PictureProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  )
}

const smooth = { duration: 150 }

function Flow({ boxes, lines, onToggle }: PictureProps) {
  const flow = useReactFlow()
  const nodes = useMemo(() => boxes.map((box) => nodeOf(box, onToggle)), [boxes, onToggle])
  const edges = useMemo(() => lines.map(edgeOf), [lines])
  const move = (x: number, y: number) => {
    const view = flow.getViewport()
    void flow.setViewport({ ...view, x: view.x + x, y: view.y + y }, smooth)
  }
  const keys: Record<string, () => unknown> = {
    ArrowLeft: () => move(80, 0),
    ArrowRight: () => move(-80, 0),
    ArrowUp: () => move(0, 80),
    ArrowDown: () => move(0, -80),
    '+': () => flow.zoomIn(smooth),
    '=': () => flow.zoomIn(smooth),
    '-': () => flow.zoomOut(smooth),
    '0': () => flow.fitView(smooth),
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    // A list inside a box scrolls by itself.
    if (!act || (event.target as HTMLElement).tagName === 'UL') return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  /** What is reached by Tab comes into view. */
  const onFocus = ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
    const id =
      target.matches(':focus-visible') && target.closest('.react-flow__node')?.getAttribute('data-id')
    if (!id) return
    const [inner, outer] = [target.getBoundingClientRect(), currentTarget.getBoundingClientRect()]
    const inView =
      inner.left >= outer.left &&
      inner.right <= outer.right &&
      inner.top >= outer.top &&
      inner.bottom <= outer.bottom
    if (!inView) void flow.fitView({ nodes: [{ id }], maxZoom: 1, ...smooth })
  }
  return (
    <section
      aria-label="Picture of the networks"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the picture
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      style={colours}
      className="h-[calc(100dvh-13rem)] min-h-96 overflow-hidden rounded-xl border border-line bg-bg [&_.react-flow\_\_attribution]:text-subtle"
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
        minZoom={0.15}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        onlyRenderVisibleElements={false}
      >
        <Background gap={20} />
        <Panel position="bottom-left" className="flex gap-1">
          <Button size="icon" aria-label="Zoom in" onClick={() => void flow.zoomIn(smooth)}>
            <Plus aria-hidden="true" />
          </Button>
          <Button size="icon" aria-label="Zoom out" onClick={() => void flow.zoomOut(smooth)}>
            <Minus aria-hidden="true" />
          </Button>
          <Button size="icon" aria-label="Show all of it" onClick={() => void flow.fitView(smooth)}>
            <Maximize aria-hidden="true" />
          </Button>
        </Panel>
      </ReactFlow>
    </section>
  )
}
