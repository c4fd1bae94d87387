/** Who traces, and where the traces go. */
export interface TracingOptions {
  /** Address of an OpenTelemetry collector that takes OTLP over HTTP, without a path: `http://127.0.0.1:4318`. */
  endpoint: string
  /** `nephos-api`, `nephos-compute-host1`. */
  service: string
  version: string
}

/**
 * Sends the spans of this process to a collector, in batches, until stopped. A collector that is away costs nothing
 * but its spans.
 * @returns ends it, after sending what is left (two seconds at most)
 */
export async function startTracing(options: TracingOptions): Promise<() => Promise<void>> {
  const { openProvider } = await import('./provider.ts')
  const provider = openProvider(options)
  return async () => {
    const sent = provider.shutdown().catch(() => undefined)
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
  }
}
