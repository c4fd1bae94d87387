'use client'
import { useQueries } from '@tanstack/react-query'
import { ArrowRight, Check } from 'lucide-react'
import Link from 'next/link'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { cn } from '#ui/cn.ts'

/** What is still missing until the first virtual machine runs. Gone once there is one. */
export function GettingStarted() {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [images, networks, keyPairs, instances] = useQueries({
    queries: [
      trpc.image.images.list.queryOptions({ limit: 1, status: 'active' }),
      trpc.network.networks.list.queryOptions({ limit: 1 }),
      trpc.compute.keyPairs.list.queryOptions({ limit: 1 }),
      trpc.compute.instances.list.queryOptions({ limit: 1 }),
    ],
  })
  const loaded = images.data && networks.data && keyPairs.data && instances.data
  if (!loaded || readOnly || instances.data.items.length > 0) return null
  const steps = [
    {
      title: 'An image to boot from',
      done: images.data.items.length > 0,
      text: images.data.items[0]?.name ?? 'A disk with an operating system.',
      href: paths.imageCatalogue(),
      action: 'Add image',
    },
    {
      title: 'A network to be reached on',
      done: networks.data.items.length > 0,
      text: networks.data.items[0]?.name ?? 'It gives addresses to instances.',
      href: paths.networkNew(),
      action: 'Create network',
    },
    {
      title: 'A key to log in with',
      optional: true,
      done: keyPairs.data.items.length > 0,
      text: keyPairs.data.items[0]?.name ?? 'Without one, nobody can log in over SSH.',
      href: paths.keyPairNew(),
      action: 'Create key pair',
    },
    {
      title: 'Your first virtual machine',
      done: false,
      text: 'The form is filled in; one click is enough.',
      href: paths.instanceNew(),
      action: 'Create instance',
    },
  ]
  const next = steps.find((step) => !step.done && !step.optional)
  return (
    <Card title="To your first virtual machine">
      <ol className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {steps.map((step, index) => (
          <li
            key={step.title}
            className={cn(
              'flex flex-col gap-1 rounded-lg border p-3',
              step === next ? 'border-accent bg-accent-soft' : 'border-line',
            )}
          >
            <div className="flex items-center gap-2">
              <span
                className={cn(
                  'tabular flex size-5 items-center justify-center rounded-full text-xs font-medium',
                  step.done ? 'bg-ok-soft text-ok-text' : 'bg-idle-soft text-muted',
                )}
              >
                {step.done ? <Check className="size-3" aria-label="done" /> : index + 1}
              </span>
              <h3 className="text-sm font-medium">{step.title}</h3>
            </div>
            <p className="truncate text-xs text-muted">{step.text}</p>
            {!step.done && (
              <Button
                asChild
                size="sm"
                variant={step === next ? 'primary' : 'secondary'}
                className="mt-2 self-start"
              >
                <Link href={step.href}>
                  {step.action} <ArrowRight aria-hidden="true" />
                </Link>
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}
