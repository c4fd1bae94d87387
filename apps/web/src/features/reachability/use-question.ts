'use client'
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { protocols, type Question } from './question.ts'

/** The question of the page, kept in the URL: whoever is sent the link sees the same answer. */
export function useQuestion(): [Question, (change: Partial<Question>) => void] {
  const [{ from, to, protocol, port }, set] = useQueryStates(
    {
      from: parseAsString,
      to: parseAsString,
      protocol: parseAsStringLiteral(protocols).withDefault('tcp'),
      port: parseAsInteger.withDefault(22),
    },
    { history: 'replace', clearOnDefault: false },
  )
  return [{ from, to, protocol, port }, (change) => void set(change)]
}
