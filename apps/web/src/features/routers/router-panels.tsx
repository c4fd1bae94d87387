'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type FormProps, noExternal, type PanelProps, useExternals, useRouterQuery } from './router-form.ts'
import { routerName } from './row.ts'
import { useJoinable } from './use-joinable.ts'

const none = 'none'

/** Makes a router, with its way out and a first network. */
export function RouterNewPanel({ onClose }: PanelProps) {
  const trpc = useTRPC()
  const externals = useExternals()
  const joinable = useJoinable()
  const [draft, change, dirty] = useDraft<{ name: string; gateway?: string; subnet: string }>({
    name: '',
    subnet: none,
  })
  // The one that there is, until somebody chooses.
  const gateway = draft.gateway ?? externals?.[0]?.id ?? none
  const create = useMutation(
    trpc.network.routers.create.mutationOptions({
      onSuccess: (row) => {
        toast.success(`Router ${routerName(row)} created`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Create router"
      submit="Create router"
      mutation={create}
      fields={['name', 'gateway', 'subnetIds']}
      reason={draft.name.trim() ? null : 'Give the router a name.'}
      dirty={dirty}
      onSubmit={() =>
        create.mutate({
          name: draft.name.trim(),
          ...(gateway !== none && { gateway: { networkId: gateway } }),
          ...(draft.subnet !== none && { subnetIds: [draft.subnet] }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field
            label="Gateway"
            error={errorBelow(errors, 'gateway')}
            hint={externals?.length === 0 ? noExternal : 'The external network that it leads to.'}
          >
            <Select
              value={gateway}
              onChange={(value) => change({ gateway: value })}
              options={[
                { value: none, label: 'No gateway' },
                ...(externals ?? []).map((one) => ({
                  value: one.id,
                  label: one.name,
                  note: one.subnets.map(({ cidr }) => cidr).join(', '),
                })),
              ]}
            />
          </Field>
          <Field
            label="First network"
            error={errorBelow(errors, 'subnetIds')}
            hint="It becomes the gateway of this subnet. More can be added afterwards."
          >
            <Select
              value={draft.subnet}
              onChange={(subnet) => change({ subnet })}
              options={[{ value: none, label: 'None yet' }, ...joinable]}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}

/** Renames and describes a router. */
export function RouterEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit router" query={useRouterQuery(of)} onClose={onClose}>
      {(router) => <EditForm router={router} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ router, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: router.name, description: router.description })
  const save = useMutation(
    trpc.network.routers.update.mutationOptions({
      onSuccess: (row) => {
        toast.success(`${routerName(row)} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit router"
      description={routerName(router)}
      submit="Save"
      mutation={save}
      fields={['name', 'description']}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({ id: router.id, name: draft.name.trim(), description: draft.description.trim() })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
        </>
      )}
    </FormPanel>
  )
}

/** Puts a router on one more subnet. */
export function RouterInterfacePanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Add interface" query={useRouterQuery(of)} onClose={onClose}>
      {(router) => <InterfaceForm router={router} onClose={onClose} />}
    </PanelOf>
  )
}

const fresh = 'gateway'

function InterfaceForm({ router, onClose }: FormProps) {
  const trpc = useTRPC()
  const joinable = useJoinable(router)
  const ports = useQuery(trpc.network.ports.list.queryOptions({ limit: 200 })).data?.items ?? []
  const free = ports.filter(({ deviceOwner, fixedIps }) => deviceOwner === '' && fixedIps.length > 0)
  const [draft, change, dirty] = useDraft<{ subnet?: string; port: string }>({ port: fresh })
  const subnet = joinable.find(({ value }) => value === draft.subnet)
  const here = free.filter(({ fixedIps }) => fixedIps.some(({ subnetId }) => subnetId === draft.subnet))
  const add = useMutation(
    trpc.network.routers.addInterface.mutationOptions({
      onSuccess: (added) => {
        toast.success(`${routerName(added.router)} joined ${subnet?.network ?? 'the network'}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Add interface"
      description={routerName(router)}
      submit="Add interface"
      mutation={add}
      fields={['subnetId', 'portId']}
      reason={draft.subnet ? null : 'Choose a subnet.'}
      dirty={dirty}
      onSubmit={() =>
        draft.subnet &&
        add.mutate({
          id: router.id,
          ...(draft.port === fresh ? { subnetId: draft.subnet } : { portId: draft.port }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Subnet" error={errors.subnetId}>
            <Select
              value={draft.subnet}
              placeholder="Choose a subnet"
              onChange={(value) => change({ subnet: value, port: fresh })}
              options={joinable}
            />
          </Field>
          {here.length > 0 && (
            <Field
              label="Address"
              error={errors.portId}
              hint="A port lets a second router join a subnet whose gateway is another one."
            >
              <Select
                value={draft.port}
                onChange={(port) => change({ port })}
                options={[
                  { value: fresh, label: "The subnet's gateway address" },
                  ...here.map((port) => ({
                    value: port.id,
                    label: port.fixedIps.map(({ ipAddress }) => ipAddress).join(', '),
                    note: `port ${port.name || port.macAddress}`,
                  })),
                ]}
              />
            </Field>
          )}
          {!here.length && errors.portId && <p className="text-xs text-bad-text">{errors.portId}</p>}
        </>
      )}
    </FormPanel>
  )
}
