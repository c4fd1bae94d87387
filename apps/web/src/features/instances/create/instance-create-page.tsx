'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useId, useMemo, useState } from 'react'
import { toast } from 'sonner'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { useClientConfig, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { fieldErrors, readError } from '#trpc/error.ts'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { count as counted } from '#ui/format.ts'
import { PageHeader } from '#ui/page-header.tsx'
import { type MetadataItem, metadataOf, metadataProblem } from '../metadata-items.tsx'
import type { RestartPolicy } from '../restart-policy-field.tsx'
import {
  type BootChoice,
  bootProblem,
  type ExtraVolume,
  firstBoot,
  needsImage,
  volumesInput,
} from './boot.ts'
import { BootSection, ExtraVolumesSection } from './boot-section.tsx'
import { amountsOf, defaultFlavor, defaultNetwork, equivalentCurl, exceeded, suggestName } from './choices.ts'
import { OptionsSection } from './options-section.tsx'
import { FlavorSection, ImageSection, NameSection, NetworkSection } from './sections.tsx'
import { SecurityGroupSection } from './security-group-section.tsx'
import { Summary } from './summary.tsx'
import { useChoices } from './use-choices.ts'

/** Everything that was entered; undefined where nobody chose yet and the default stands. */
export interface Draft {
  name: string
  count: number
  imageId?: string
  boot: BootChoice
  extraVolumes: ExtraVolume[]
  flavorId?: string
  networkIds?: string[]
  securityGroupIds?: string[]
  keyName?: string | null
  userData: string
  description: string
  metadata: MetadataItem[]
  availabilityZone?: string
  serverGroupId?: string
  configDrive: boolean
  restartPolicy: RestartPolicy
}

const fields = [
  'name',
  'count',
  'imageId',
  'volumes',
  'flavorId',
  'networkIds',
  'securityGroupIds',
  'keyName',
  'userData',
  'description',
  'metadata',
  'availabilityZone',
  'serverGroupId',
  'configDrive',
  'restartPolicy',
]

const sourceWords = {
  image: null,
  'new-volume': 'new volume from',
  volume: 'a volume',
  snapshot: 'a snapshot',
} as const

/** Creates instances on one page: with what is filled in, a click is enough. */
export function InstanceCreatePage() {
  const trpc = useTRPC()
  const router = useRouter()
  const preset = useSearchParams()
  const readOnly = useWhyReadOnly()
  const { apiUrl } = useClientConfig()
  const formId = useId()
  const choices = useChoices()
  const [suggested, setSuggested] = useState('')
  // Made in the browser: the server would make another one.
  useEffect(() => setSuggested(suggestName()), [])
  const [draft, setDraft] = useState<Draft>({
    name: '',
    count: 1,
    imageId: preset.get('image') ?? undefined,
    boot: preset.get('volume')
      ? { ...firstBoot, from: 'volume', volumeId: preset.get('volume')! }
      : firstBoot,
    extraVolumes: [],
    flavorId: preset.get('flavor') ?? undefined,
    networkIds: preset.get('network') ? [preset.get('network')!] : undefined,
    keyName: preset.get('key') ?? undefined,
    userData: '',
    description: '',
    metadata: [],
    serverGroupId: preset.get('group') ?? undefined,
    configDrive: false,
    restartPolicy: 'never',
  })
  const [dirty, setDirty] = useState(false)
  const change = (patch: Partial<Draft>) => {
    setDirty(true)
    setDraft((before) => ({ ...before, ...patch }))
  }

  const { boot, extraVolumes } = draft
  const chosenImage = choices.images?.find(({ id }) => id === draft.imageId) ?? choices.images?.[0]
  const image = needsImage(boot) ? chosenImage : undefined
  const flavor =
    choices.flavors?.find(({ id }) => id === draft.flavorId) ??
    defaultFlavor(choices.flavors ?? [], boot.from === 'image' ? image : undefined)
  const networkIds = useMemo(() => {
    if (draft.networkIds) return draft.networkIds
    const network = defaultNetwork(choices.networks ?? [])
    return network ? [network.id] : []
  }, [draft.networkIds, choices.networks])
  const defaultGroup = choices.securityGroups?.find(({ isDefault }) => isDefault)
  const securityGroupIds = draft.securityGroupIds ?? (defaultGroup ? [defaultGroup.id] : [])
  const keyName = draft.keyName === undefined ? (choices.keyPairs?.[0]?.name ?? null) : draft.keyName
  const name = draft.name.trim() || suggested
  const amounts = amountsOf(flavor, networkIds.length, draft.count)
  const over = exceeded(choices.quotas, amounts)

  const volumes = volumesInput(boot, extraVolumes, image?.id)
  const input = {
    name,
    flavorId: flavor?.id ?? '',
    ...(boot.from === 'image' && { imageId: image?.id ?? '' }),
    ...(volumes.length > 0 && { volumes }),
    networkIds,
    ...(draft.securityGroupIds && { securityGroupIds: draft.securityGroupIds }),
    count: draft.count,
    ...(keyName && { keyName }),
    ...(draft.userData && { userData: draft.userData, userDataEncoding: 'text' as const }),
    ...(draft.description && { description: draft.description }),
    ...(draft.metadata.length > 0 && { metadata: metadataOf(draft.metadata) }),
    ...(draft.availabilityZone && { availabilityZone: draft.availabilityZone }),
    ...(draft.serverGroupId && { serverGroupId: draft.serverGroupId }),
    ...(draft.configDrive && { configDrive: true }),
    ...(draft.restartPolicy !== 'never' && { restartPolicy: draft.restartPolicy }),
  }
  const create = useMutation(
    trpc.compute.instances.create.mutationOptions({
      onSuccess: ({ instances }) => {
        release()
        const [first] = instances
        toast.success(
          instances.length === 1
            ? `Creating ${first!.name}`
            : `Creating ${counted(instances.length, 'instance')}`,
        )
        router.push(instances.length === 1 && first ? paths.instance(first.id) : paths.instances())
      },
    }),
  )
  const release = useUnsavedGuard(dirty && !create.isSuccess)
  const error = create.error ? readError(create.error) : null
  const errors = fieldErrors(error)
  const known = Object.keys(errors).some((field) => fields.includes(field.split('.')[0]!))

  const missing =
    !choices.images || !choices.flavors || !choices.networks
      ? 'The form is still loading.'
      : needsImage(boot) && !image
        ? 'There is no image to boot from yet.'
        : !flavor
          ? 'No flavor fits this image.'
          : networkIds.length === 0
            ? 'There is no network to join yet.'
            : (bootProblem(boot, extraVolumes, draft.count) ?? metadataProblem(draft.metadata))
  const reason =
    readOnly ?? missing ?? (over.length > 0 ? `It would exceed the quota of ${over.join(' and ')}.` : null)

  return (
    <>
      <BackLink href={paths.instances()}>Instances</BackLink>
      <PageHeader
        title="Create instance"
        description="A virtual machine: what it boots from, how large it is, where it is reached."
      />
      {choices.error && (
        <ErrorPanel error={readError(choices.error)} onRetry={choices.refetch} className="mb-4" />
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <form
          id={formId}
          className="flex min-w-0 flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!reason && !create.isPending) create.mutate(input)
          }}
        >
          <NameSection draft={draft} suggested={suggested} errors={errors} onChange={change} />
          <BootSection
            boot={boot}
            errors={errors}
            onChange={(patch) => change({ boot: { ...boot, ...patch } })}
          />
          {needsImage(boot) && (
            <ImageSection
              images={choices.images}
              value={image?.id}
              error={errors.imageId ?? errors['volumes.0.imageId']}
              onChange={(imageId) => change({ imageId })}
            />
          )}
          <FlavorSection
            flavors={choices.flavors}
            image={boot.from === 'image' ? image : undefined}
            value={flavor?.id}
            error={errors.flavorId}
            onChange={(flavorId) => change({ flavorId })}
          />
          <ExtraVolumesSection
            extra={extraVolumes}
            offset={volumes.length - extraVolumes.length}
            errors={errors}
            onChange={(next) => change({ extraVolumes: next })}
          />
          <NetworkSection
            networks={choices.networks}
            value={networkIds}
            error={Object.entries(errors).find(([field]) => field.startsWith('networkIds'))?.[1]}
            onChange={(next) => change({ networkIds: next })}
          />
          <SecurityGroupSection
            groups={choices.securityGroups}
            value={securityGroupIds}
            error={Object.entries(errors).find(([field]) => field.startsWith('securityGroupIds'))?.[1]}
            onChange={(next) => change({ securityGroupIds: next })}
          />
          <OptionsSection
            keyPairs={choices.keyPairs}
            zones={choices.zones}
            serverGroups={choices.serverGroups}
            keyName={keyName}
            draft={draft}
            errors={errors}
            onChange={change}
          />
        </form>
        <Summary
          name={name}
          count={draft.count}
          image={image}
          source={sourceWords[boot.from]}
          flavor={flavor}
          networks={choices.networks?.filter(({ id }) => networkIds.includes(id)) ?? []}
          keyName={keyName}
          quotas={choices.quotas}
          amounts={amounts}
          room={
            flavor && (image || !needsImage(boot))
              ? {
                  flavorId: flavor.id,
                  ...(image && { imageId: image.id }),
                  availabilityZone: draft.availabilityZone,
                  serverGroupId: draft.serverGroupId,
                }
              : null
          }
          curl={equivalentCurl(apiUrl, 'compute.instances.create', input)}
        >
          {error && (!known || error.code !== 'invalid_input') && <ErrorPanel error={error} />}
          {known && error?.code === 'invalid_input' && (
            <p role="alert" className="text-sm text-bad-text">
              Something above needs a look.
            </p>
          )}
          <Button
            type="submit"
            form={formId}
            variant="primary"
            className="w-full"
            loading={create.isPending}
            reason={reason}
          >
            {draft.count === 1 ? 'Create instance' : `Create ${draft.count} instances`}
          </Button>
          {reason && <p className="text-xs text-warn-text">{reason}</p>}
        </Summary>
      </div>
    </>
  )
}
