/** JSON as it is stored and sent. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * The closed set of reasons why the cloud says no. Each API face maps a code to its own status:
 * - `unauthenticated`: no session or token, or it ended
 * - `forbidden`: the actor may not do this (never used for another project's resource: that is `not_found`)
 * - `not_found`: no such resource in what the actor can see
 * - `conflict`: the resource is in a state that does not allow this, or a race was lost
 * - `invalid_input`: a field is wrong; `field` names it
 * - `quota_exceeded`: a limit of the project or user is reached
 * - `too_large`: more bytes than allowed
 * - `rate_limited`: try again after `detail.retryAfterSeconds`
 * - `unsupported`: this machine or driver cannot do it
 * - `no_valid_host`: no host can take the instance; `detail` holds the table of why
 * - `driver_failed`: QEMU, the network or the store refused or broke
 * - `cancelled`: a person stopped it
 * - `timeout`: it took longer than it may
 * - `unavailable`: a part of the cloud is down; nothing was changed
 * - `internal`: a defect of Nephos
 */
export const errorCodes = [
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'invalid_input',
  'quota_exceeded',
  'too_large',
  'rate_limited',
  'unsupported',
  'no_valid_host',
  'driver_failed',
  'cancelled',
  'timeout',
  'unavailable',
  'internal',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** What a {@link NephosError} may carry beside its sentence. */
export interface ErrorExtras {
  /** Path of the input field at fault: `subnet.cidr`. */
  field?: string
  /** What the person can do about it, as a sentence. */
  remedy?: string
  /** Machine-readable facts. */
  detail?: { [key: string]: Json }
  cause?: unknown
}

const brand = Symbol.for('nephos.error')

/** The only error that may reach a person. `message` is one plain sentence. */
export class NephosError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly field?: string
  readonly remedy?: string
  readonly detail?: { [key: string]: Json }

  constructor(code: ErrorCode, message: string, { field, remedy, detail, cause }: ErrorExtras = {}) {
    super(message, { cause })
    this.name = 'NephosError'
    this.code = code
    this.field = field
    this.remedy = remedy
    this.detail = detail
  }

  /** A bundle may hold this class more than once; an error of either copy is one of ours. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The resource does not exist for this actor. `noun` as people say it: "instance", "key pair". */
export const notFound = (noun: string, id: string): NephosError =>
  new NephosError('not_found', `No ${noun} ${id} was found.`, { detail: { noun, id } })

/** One field is wrong. */
export const invalid = (field: string, message: string, remedy?: string): NephosError =>
  new NephosError('invalid_input', message, { field, remedy })

/** The state of the resource does not allow this. */
export const conflict = (message: string, extras?: ErrorExtras): NephosError =>
  new NephosError('conflict', message, extras)
