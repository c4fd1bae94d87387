'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '#paths.ts'
import { Badge } from '#ui/badge.tsx'
import { Card } from '#ui/card.tsx'
import { Checkbox } from '#ui/checkbox.tsx'
import { cn } from '#ui/cn.ts'
import { Field, FieldError } from '#ui/field.tsx'
import { splitBytes, splitMib } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { type Flavor, type Image, type Network, whyNoNetwork, whyTooSmall } from './choices.ts'
import type { Draft } from './instance-create-page.tsx'

type Errors = Record<string, string>

/** Name and number. */
export function NameSection({
  draft,
  suggested,
  errors,
  onChange,
}: {
  draft: Draft
  suggested: string
  errors: Errors
  onChange: (patch: Partial<Draft>) => void
}) {
  return (
    <Card>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
        <Field
          label="Name"
          error={errors.name}
          hint={
            draft.count > 1
              ? `They are named ${draft.name.trim() || suggested}-1 to -${draft.count}.`
              : undefined
          }
        >
          <Input
            value={draft.name}
            placeholder={suggested}
            onChange={(event) => onChange({ name: event.target.value })}
            maxLength={255}
            spellCheck={false}
            autoFocus
          />
        </Field>
        <Field label="How many" error={errors.count}>
          <Input
            type="number"
            min={1}
            max={100}
            value={draft.count}
            onChange={(event) =>
              onChange({ count: Math.min(100, Math.max(1, Math.floor(event.target.valueAsNumber) || 1)) })
            }
            className="tabular"
          />
        </Field>
      </div>
    </Card>
  )
}

const Loading = () => (
  <div className="grid gap-2 sm:grid-cols-2" aria-busy="true">
    <Skeleton className="h-14" />
    <Skeleton className="h-14" />
  </div>
)

/** What is not there yet, and where it is made. */
export function Missing({ children, href, action }: { children: ReactNode; href: string; action: string }) {
  return (
    <p className="text-sm text-muted">
      {children}{' '}
      <Link href={href} className="rounded text-accent-text underline underline-offset-2">
        {action}
      </Link>
    </p>
  )
}

/** What it boots from. */
export function ImageSection({
  images,
  value,
  error,
  onChange,
}: {
  images: readonly Image[] | undefined
  value: string | undefined
  error?: string
  onChange: (id: string) => void
}) {
  return (
    <Card title="Image">
      {!images ? (
        <Loading />
      ) : images.length === 0 ? (
        <Missing href={paths.imageNew()} action="Upload an image">
          There is no image to boot from.
        </Missing>
      ) : images.length > 8 ? (
        <Select
          aria-label="Image"
          value={value}
          onChange={onChange}
          options={images.map((image) => ({ value: image.id, label: image.name, note: imageFacts(image) }))}
        />
      ) : (
        <RadioCards
          label="Image"
          className="sm:grid-cols-2"
          value={value}
          onChange={onChange}
          invalid={Boolean(error)}
          options={images.map((image) => ({ value: image.id, title: image.name, facts: imageFacts(image) }))}
        />
      )}
      {error && <FieldError>{error}</FieldError>}
    </Card>
  )
}

const imageFacts = (image: Image): string =>
  [image.diskFormat, image.size !== null && splitBytes(image.size).join(' '), image.visibility]
    .filter(Boolean)
    .join(' · ')

/** How large it is. */
export function FlavorSection({
  flavors,
  image,
  value,
  error,
  onChange,
}: {
  flavors: readonly Flavor[] | undefined
  image: Image | undefined
  value: string | undefined
  error?: string
  onChange: (id: string) => void
}) {
  return (
    <Card title="Flavor">
      {!flavors ? (
        <Loading />
      ) : flavors.length === 0 ? (
        <Missing href={paths.admin.flavors()} action="Flavors">
          There is no flavor yet; an administrator creates them.
        </Missing>
      ) : (
        <RadioCards
          label="Flavor"
          className="grid-cols-1 min-[480px]:grid-cols-2 xl:grid-cols-3"
          value={value}
          onChange={onChange}
          invalid={Boolean(error)}
          options={flavors.map((flavor) => ({
            value: flavor.id,
            title: flavor.name,
            facts: (
              <span className="tabular">
                {flavor.vcpus} vCPU · {splitMib(flavor.ramMib).join(' ')} ·{' '}
                {flavor.diskGib > 0 ? `${flavor.diskGib} GiB disk` : 'disk of the image'}
                {flavor.ephemeralGib > 0 && ` · ${flavor.ephemeralGib} GiB ephemeral`}
                {flavor.swapMib > 0 && ` · ${splitMib(flavor.swapMib).join(' ')} swap`}
              </span>
            ),
            reason: flavor.disabled ? 'It is disabled.' : whyTooSmall(flavor, image),
          }))}
        />
      )}
      {error && <FieldError>{error}</FieldError>}
    </Card>
  )
}

/** Where it is reached, in the order of its interfaces. */
export function NetworkSection({
  networks,
  value,
  error,
  onChange,
}: {
  networks: readonly Network[] | undefined
  value: readonly string[]
  error?: string
  onChange: (ids: string[]) => void
}) {
  return (
    <Card title="Networks">
      {!networks ? (
        <Loading />
      ) : networks.length === 0 ? (
        <Missing href={paths.networkNew()} action="Create a network">
          There is no network to join.
        </Missing>
      ) : (
        <ul className="flex flex-col gap-2">
          {networks.map((network) => {
            const index = value.indexOf(network.id)
            const reason = whyNoNetwork(network)
            return (
              <li key={network.id}>
                {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is a button of radix */}
                <label
                  className={cn(
                    'flex cursor-pointer items-start gap-3 rounded-lg border px-3 py-2.5 transition-colors hover:bg-hover',
                    index >= 0 ? 'border-accent bg-accent-soft' : 'border-line-strong',
                    reason && 'cursor-not-allowed opacity-60',
                  )}
                >
                  <Checkbox
                    className="mt-0.5"
                    aria-label={network.name}
                    checked={index >= 0}
                    disabled={Boolean(reason)}
                    onCheckedChange={(on) =>
                      onChange(on === true ? [...value, network.id] : value.filter((id) => id !== network.id))
                    }
                  />
                  <span className="min-w-0 flex-1">
                    <span className="flex items-center gap-2 text-sm font-medium">
                      <span className="truncate">{network.name}</span>
                      {network.shared && <Badge>shared</Badge>}
                      {index >= 0 && value.length > 1 && <Badge tone="accent">eth{index}</Badge>}
                    </span>
                    <span className="tabular block truncate text-xs text-muted">
                      {reason ??
                        network.subnets
                          .map((subnet) =>
                            subnet.ipVersion === 6
                              ? subnet.cidr
                              : `${subnet.cidr}, ${subnet.total - subnet.used} addresses free`,
                          )
                          .join(' · ')}
                    </span>
                  </span>
                </label>
              </li>
            )
          })}
        </ul>
      )}
      {error && <FieldError>{error}</FieldError>}
    </Card>
  )
}
