'use client'
import { ApiCall } from '#features/forms/api-call.tsx'
import { Card } from '#ui/card.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Answer, QuestionFields } from './checker.tsx'
import { inputOf } from './question.ts'
import { useQuestion } from './use-question.ts'

/** Can this one reach that one, and if not, what stops it? */
export function ReachabilityPage() {
  const [question, change] = useQuestion()
  const input = inputOf(question)
  return (
    <>
      <PageHeader
        title="Reachability"
        description="Can one reach the other, and if not, what stops it? Worked out from routers, addresses and security groups; nothing is sent."
      />
      <div className="flex flex-col gap-4">
        <Card title="Question">
          <QuestionFields question={question} onChange={change} />
        </Card>
        <Card title="Answer">
          <Answer question={question} />
        </Card>
        {input && <ApiCall verb="network.reachability.check" input={input} />}
      </div>
    </>
  )
}
