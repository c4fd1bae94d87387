/** Called by Next once when the server starts; not while building. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { start } = await import('./server/start.ts')
  await start()
}
