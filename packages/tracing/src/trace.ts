import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

/** What a span says beside its name and times. */
export type TraceAttributes = Record<string, string | number | boolean | undefined>

const tracer = () => trace.getTracer('nephos')

/**
 * Runs `work` as a span of the current trace. A failure is noted on the span and thrown on. Costs next to nothing
 * while no collector is configured.
 */
export function traced<T>(name: string, attributes: TraceAttributes, work: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span: Span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof Error ? error.message : String(error),
      })
      throw error
    } finally {
      span.end()
    }
  })
}

/** The current trace as a W3C `traceparent` header, for messages that carry it on; undefined outside of one. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** Runs `work` inside the trace that a message came with. Without one it just runs. */
export function continued<T>(parent: string | undefined, work: () => T): T {
  if (!parent) return work()
  return context.with(propagation.extract(context.active(), { traceparent: parent }), work)
}
