import { v7 } from 'uuid'

/** A new id in UUID form (version 7, RFC 9562): sorts by creation time. */
export const newId = (): string => v7()

/** A new id in the 32 hex digits form that Keystone uses for users, projects and domains. */
export const newHexId = (): string => v7().replaceAll('-', '')
