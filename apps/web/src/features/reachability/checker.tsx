'use client'
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { AnswerView } from './answer-view.tsx'
import { EndField } from './end-field.tsx'
import { inputOf, missingOf, type Protocol, type Question } from './question.ts'

type Change = (change: Partial<Question>) => void

/** What is asked for: the protocol and its port. */
export function WhatFields({ question, onChange }: { question: Question; onChange: Change }) {
  const id = useId()
  return (
    <div className="flex gap-3">
      <Field label="Protocol" className="w-32">
        <Select
          id={`${id}-protocol`}
          value={question.protocol}
          onChange={(protocol) => onChange({ protocol: protocol as Protocol })}
          options={[
            { value: 'tcp', label: 'TCP' },
            { value: 'udp', label: 'UDP' },
            { value: 'icmp', label: 'Ping' },
          ]}
        />
      </Field>
      {question.protocol !== 'icmp' && (
        <Field label="Port" className="w-28">
          <Input
            id={`${id}-port`}
            inputMode="numeric"
            className="tabular"
            value={question.port ?? ''}
            onChange={({ target }) => {
              const digits = target.value.replaceAll(/\D/g, '').slice(0, 5)
              onChange({ port: digits === '' ? null : Number(digits) })
            }}
          />
        </Field>
      )}
    </div>
  )
}

/** Both ends and what is asked for. */
export function QuestionFields({ question, onChange }: { question: Question; onChange: Change }) {
  return (
    <div className="grid items-start gap-4 md:grid-cols-[1fr_1fr_auto]">
      <EndField label="From" side="from" value={question.from} onChange={(from) => onChange({ from })} />
      <EndField label="To" side="to" value={question.to} onChange={(to) => onChange({ to })} />
      <WhatFields question={question} onChange={onChange} />
    </div>
  )
}

/** The answer to a question; it follows what changes in the cloud. */
export function Answer({ question }: { question: Question }) {
  const trpc = useTRPC()
  const input = inputOf(question)
  const { data, error, refetch } = useQuery(
    trpc.network.reachability.check.queryOptions(input ?? skipToken, {
      placeholderData: keepPreviousData,
      retry: false,
    }),
  )
  if (!input) return <p className="text-sm text-muted">{missingOf(question)}</p>
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!data)
    return (
      <div aria-busy="true" className="flex flex-col gap-3">
        <Skeleton className="h-12 w-full rounded-lg" />
        <Skeleton className="h-24 w-full rounded-lg" />
      </div>
    )
  return <AnswerView answer={data} />
}
