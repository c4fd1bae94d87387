'use client'
import { paths } from '#paths.ts'
import { BackLink } from '#ui/back-link.tsx'
import { Card } from '#ui/card.tsx'
import { OperationView } from './operation-view.tsx'

/** One operation as a page: what toasts and panels link to. */
export function OperationPage({ id }: { id: string }) {
  return (
    <>
      <BackLink href={paths.operations()}>Operations</BackLink>
      <Card>
        <OperationView id={id} heading />
      </Card>
    </>
  )
}
