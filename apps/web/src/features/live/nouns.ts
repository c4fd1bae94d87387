import type { ListInput, LiveRow, RowRules } from './rows.ts'

/** How the event stream keeps what is cached about one noun true. */
export interface LiveNoun<Row extends LiveRow> extends RowRules<Row> {
  /** The noun of the events: `instance`, `key-pair`. */
  noun: string
  /** Path of the list verb: `['compute', 'instances', 'list']`. */
  list: readonly string[]
  /** Path of the verb that shows one, with input `{ id }`. */
  show?: readonly string[]
  /** The detail holds what a row cannot tell (steps, members): it is asked for again after it was patched. */
  refetchesShown?: boolean
  /** Queries to ask again when one appears, changes or leaves, because a row does not tell what they need. */
  refetches?: readonly (readonly string[])[]
  /** Fields that events leave null and only administrators' queries fill. */
  adminOnly?: readonly (keyof Row & string)[]
  /** Rows of other projects that are listed nevertheless: shared networks, public images. */
  listedElsewhere?: (row: Row, scope: LiveScope, input: ListInput) => boolean
  /** Rows of the own project that a list leaves out nevertheless, as one of what others share. */
  listedAtHome?: (row: Row, input: ListInput) => boolean
  /** Fills in what an event's row leaves out. */
  complete?: (row: Row) => Row
}

/** Whose session it is: administrators get the events of every project, but their lists show one. */
export interface LiveScope {
  projectId: string | null
}

/** A {@link LiveNoun} of any row; the registry holds many kinds. */
export interface AnyLiveNoun extends LiveNoun<LiveRow> {}

/** Declares a noun; the row type is the list verb's. */
export const defineNoun = <Row extends LiveRow>(noun: LiveNoun<Row>): AnyLiveNoun =>
  noun as unknown as AnyLiveNoun
