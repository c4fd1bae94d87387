'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { type RouterInputs, useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { VolumeTypeRow } from './row.ts'

type TypeInput = RouterInputs['volume']['types']['create']

const none = 'none'

/** Adds a type of volumes. */
export function VolumeTypeNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const create = useMutation(
    trpc.volume.types.create.mutationOptions({
      onSuccess: (type) => {
        toast.success(`${type.name} created`)
        onClose()
      },
    }),
  )
  return (
    <Form
      title="Create volume type"
      description="Something that people can choose when they create a volume."
      submit="Create volume type"
      mutation={create}
      onSave={(input) => create.mutate(input)}
      onClose={onClose}
    />
  )
}

/** Changes a type of volumes. */
export function VolumeTypeEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.volume.types.show.queryOptions({ id: of }))
  const save = useMutation(
    trpc.volume.types.update.mutationOptions({
      onSuccess: (type) => {
        toast.success(`${type.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <PanelOf title="Edit volume type" query={query} onClose={onClose}>
      {(type) => (
        <Form
          type={type}
          title="Edit volume type"
          description={`${type.name}. Volumes keep the limits and abilities that they were made with.`}
          submit="Save"
          mutation={save}
          onSave={({ extraSpecs: _kept, ...input }) => save.mutate({ ...input, id: type.id })}
          onClose={onClose}
        />
      )}
    </PanelOf>
  )
}

function Form({
  type,
  title,
  description,
  submit,
  mutation,
  onSave,
  onClose,
}: {
  type?: VolumeTypeRow
  title: string
  description: string
  submit: string
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  onSave: (input: TypeInput) => void
  onClose: () => void
}) {
  const trpc = useTRPC()
  const backends = useQuery(trpc.volume.backends.list.queryOptions({ limit: 200 }, { enabled: !type })).data
    ?.items
  const qosSpecs = useQuery(trpc.volume.qosSpecs.list.queryOptions({ limit: 200 })).data?.items ?? []
  const [draft, change, dirty] = useDraft({
    name: type?.name ?? '',
    description: type?.description ?? '',
    isPublic: type?.isPublic ?? true,
    qosSpecId: type?.qosSpecId ?? none,
    keySize: type?.encryption ? String(type.encryption.keySize) : none,
    backend: none,
  })
  const input: TypeInput = {
    name: draft.name.trim(),
    description: draft.description.trim(),
    isPublic: draft.isPublic,
    qosSpecId: draft.qosSpecId === none ? null : draft.qosSpecId,
    encryption: draft.keySize === none ? null : { keySize: draft.keySize === '512' ? 512 : 256 },
    ...(draft.backend !== none && { extraSpecs: { volume_backend_name: draft.backend } }),
  }
  const kinds = [...new Set((backends ?? []).map(({ driver }) => driver))].sort()
  return (
    <FormPanel
      title={title}
      description={description}
      submit={submit}
      mutation={mutation}
      fields={['name', 'description', 'isPublic', 'qosSpecId', 'encryption', 'extraSpecs']}
      reason={!input.name ? 'Give it a name.' : type && !dirty ? 'Nothing has changed.' : null}
      dirty={dirty}
      onSubmit={() => onSave(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              placeholder="fast"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(value) => change({ description: value })}
          />
          {!type && (
            <Field
              label="Kept on"
              error={errors.extraSpecs}
              hint="Its extra specs can say more: single back ends, zones, what they must be able to do."
            >
              <Select
                value={draft.backend}
                onChange={(backend) => change({ backend })}
                options={[
                  { value: none, label: 'Any back end' },
                  ...kinds.map((kind) => ({ value: kind, label: `Back ends of the kind ${kind}` })),
                ]}
              />
            </Field>
          )}
          <Field
            label="Limits"
            error={errors.qosSpecId}
            hint="How fast its volumes may be, as a QoS spec says."
          >
            <Select
              value={draft.qosSpecId}
              onChange={(qosSpecId) => change({ qosSpecId })}
              options={[
                { value: none, label: 'No limits' },
                ...qosSpecs.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          </Field>
          <Field
            label="Encryption"
            error={errors.encryption}
            hint="Each volume has a key of its own, which the cloud keeps sealed. It cannot be changed once the type has volumes."
          >
            <Select
              value={draft.keySize}
              onChange={(keySize) => change({ keySize })}
              options={[
                { value: none, label: 'None', note: 'Volumes are stored as they are.' },
                { value: '256', label: 'LUKS, 256 bits', note: 'aes-xts-plain64' },
                { value: '512', label: 'LUKS, 512 bits', note: 'aes-xts-plain64' },
              ]}
            />
          </Field>
          <CheckField
            label="Public"
            hint="Every project can use it. Private ones are for the projects that you add to them."
            error={errors.isPublic}
            checked={draft.isPublic}
            onChange={(isPublic) => change({ isPublic })}
          />
          <ApiCall
            verb={type ? 'volume.types.update' : 'volume.types.create'}
            input={{ ...(type && { id: type.id }), ...input, name: input.name || 'fast' }}
          />
        </>
      )}
    </FormPanel>
  )
}
