/** One event as the dashboard's stream sends it. */
export interface StreamEvent {
  id: string
  event: string
  data: string
}

/** A browser session at the dashboard: only what a browser would send. */
export class DashboardSession {
  private cookie = ''

  constructor(
    private readonly webUrl: string,
    private readonly password: string,
  ) {}

  /** Signs in and acts in `project`. */
  async open(project: string): Promise<void> {
    await this.call('identity.sessions.login', { name: 'admin', password: this.password })
    const current = await this.query('identity.sessions.current')
    const wanted = current.projects.find((candidate: { name: string }) => candidate.name === project)
    if (current.project?.name !== project)
      await this.call('identity.sessions.switchProject', { projectId: wanted.id })
  }

  private headers() {
    return {
      cookie: this.cookie,
      origin: this.webUrl,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the session is read as a browser does, without the router's types
  private async answer(response: Response): Promise<any> {
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith('nephos_session='))
    if (cookie) this.cookie = cookie.split(';')[0]!
    const body = (await response.json()) as { result: { data: { json: unknown } } }
    if (!response.ok) throw new Error(JSON.stringify(body))
    return body.result.data.json
  }

  private async call(path: string, input: unknown) {
    const body = JSON.stringify({ json: input })
    return this.answer(
      await fetch(`${this.webUrl}/api/trpc/${path}`, { method: 'POST', headers: this.headers(), body }),
    )
  }

  private async query(path: string) {
    return this.answer(await fetch(`${this.webUrl}/api/trpc/${path}`, { headers: this.headers() }))
  }

  /** Reads the live stream until `signal` aborts. Resolves once the stream is open. */
  async listen(signal: AbortSignal, onEvent: (event: StreamEvent) => void): Promise<void> {
    const response = await fetch(`${this.webUrl}/api/events`, { headers: this.headers(), signal })
    if (!response.ok || !response.body) throw new Error(`/api/events answered ${response.status}`)
    void read(response.body, onEvent).catch((error) => {
      if (!signal.aborted) throw error
    })
  }
}

async function read(body: ReadableStream<Uint8Array>, onEvent: (event: StreamEvent) => void) {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event: StreamEvent = { id: '', event: 'message', data: '' }
      for (const line of block.split('\n')) {
        const [, key, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
        if (key === 'data') event.data += value
        else if (key === 'id' || key === 'event') event[key] = value
      }
      if (event.data) onEvent(event)
    }
  }
}
