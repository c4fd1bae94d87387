'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { policyWords } from './words.ts'

/** A policy by its name, with what it does. One that cannot be seen belongs to another project. */
export function PolicyLink({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, isError } = useQuery(trpc.network.qosPolicies.show.queryOptions({ id }, { retry: false }))
  if (isError) return 'set by the owner of the network'
  if (!data) return '…'
  return (
    <>
      <Link href={paths.qosPolicy(id)} className="rounded hover:underline">
        {data.name}
      </Link>
      <span className="text-muted">: a port {policyWords(data.rules)}</span>
    </>
  )
}
