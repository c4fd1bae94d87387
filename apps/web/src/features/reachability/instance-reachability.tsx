'use client'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { paths } from '#paths.ts'
import { Card } from '#ui/card.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Answer, WhatFields } from './checker.tsx'
import { EndField } from './end-field.tsx'
import { emptyQuestion, type Question } from './question.ts'

/** Who reaches an instance, and whom it reaches. */
export function InstanceReachability({ id, name }: { id: string; name: string }) {
  const [asked, setAsked] = useState<'in' | 'out'>('in')
  const [other, setOther] = useState<{ in: string | null; out: string | null }>({ in: 'outside', out: null })
  const [what, setWhat] = useState<Pick<Question, 'protocol' | 'port'>>(emptyQuestion)
  const self = `instance:${id}`
  const question: Question =
    asked === 'in' ? { ...what, from: other.in, to: self } : { ...what, from: self, to: other.out }
  return (
    <Card
      title="Reachability"
      action={
        <LinkButton size="sm" href={paths.reachability(question)}>
          <ExternalLink aria-hidden="true" /> Open as a page
        </LinkButton>
      }
    >
      <div className="flex flex-col gap-4">
        <RadioCards
          label="Direction"
          className="grid-cols-2"
          value={asked}
          onChange={setAsked}
          options={[
            { value: 'in', title: `To ${name}`, facts: 'Who reaches it' },
            { value: 'out', title: `From ${name}`, facts: 'Whom it reaches' },
          ]}
        />
        <div className="grid items-start gap-4 md:grid-cols-[1fr_auto]">
          <EndField
            key={asked}
            label={asked === 'in' ? 'From' : 'To'}
            side={asked === 'in' ? 'from' : 'to'}
            value={other[asked]}
            onChange={(value) => setOther({ ...other, [asked]: value })}
          />
          <WhatFields question={question} onChange={(change) => setWhat({ ...what, ...change })} />
        </div>
        <Answer question={question} />
      </div>
    </Card>
  )
}
