import type { Failure } from './define.ts'

/** Another holder took the operation over: this one must stop without writing or answering anything. */
export class LeaseLost extends Error {
  constructor(operationId: string) {
    super(`the lease on operation ${operationId} was lost`)
    this.name = 'LeaseLost'
  }
}

/** The process is asked to end; the work stays resumable and is handed back at once. */
export class Interrupted extends Error {
  constructor() {
    super('the process is ending')
    this.name = 'Interrupted'
  }
}

/** Only for tests: what the runtime sees of a step that throws this is what it would see of a killed process: nothing. */
export class SimulatedCrash extends Error {
  constructor() {
    super('simulated crash')
    this.name = 'SimulatedCrash'
  }
}

const isTyped = (error: unknown): error is Error & Failure =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[a-z_]+$/.test(error.code)

/** The failure that an error of the closed set stands for; undefined for any other error. */
export function typedFailure(error: unknown): Failure | undefined {
  if (!isTyped(error)) return undefined
  const { code, message, detail } = error
  return { code, message, ...(detail && { detail }) }
}

/** What a person is told about an error. The words of an untyped one stay in the log. */
export const toFailure = (error: unknown): Failure =>
  typedFailure(error) ?? {
    code: 'internal',
    message: 'Nephos failed in a way that it does not know. The log has the details under the request id.',
  }
