'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type FormProps, noExternal, type PanelProps, useExternals, useRouterQuery } from './router-form.ts'
import { routerName } from './row.ts'

/** Gives a router its way out, or another one. */
export function RouterGatewayPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Gateway" query={useRouterQuery(of)} onClose={onClose}>
      {(router) => <GatewayForm router={router} onClose={onClose} />}
    </PanelOf>
  )
}

function GatewayForm({ router, onClose }: FormProps) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const externals = useExternals()
  const [draft, change, dirty] = useDraft<{ network?: string; snat: boolean; address: string }>({
    network: router.gateway?.networkId,
    snat: router.gateway?.enableSnat ?? true,
    address: '',
  })
  const network = draft.network ?? externals?.[0]?.id
  const save = useMutation(
    trpc.network.routers.update.mutationOptions({
      onSuccess: (row) => {
        toast.success(`${routerName(row)} leads to ${row.gateway?.networkName}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title={router.gateway ? 'Change gateway' : 'Set gateway'}
      description={routerName(router)}
      submit={router.gateway ? 'Save' : 'Set gateway'}
      mutation={save}
      fields={['gateway']}
      reason={
        externals?.length === 0
          ? noExternal
          : !network
            ? 'Choose an external network.'
            : router.gateway && !dirty
              ? 'Nothing has changed.'
              : null
      }
      dirty={dirty}
      onSubmit={() =>
        network &&
        save.mutate({
          id: router.id,
          gateway: {
            networkId: network,
            ...(isAdmin && { enableSnat: draft.snat }),
            ...(isAdmin && draft.address.trim() && { fixedIps: [{ ipAddress: draft.address.trim() }] }),
          },
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="External network"
            error={errors['gateway.networkId'] ?? errors.gateway}
            hint={externals?.length === 0 ? noExternal : undefined}
          >
            <Select
              value={network}
              placeholder="Choose an external network"
              onChange={(value) => change({ network: value })}
              options={(externals ?? []).map((one) => ({
                value: one.id,
                label: one.name,
                note: one.subnets.map(({ cidr }) => cidr).join(', '),
              }))}
            />
          </Field>
          <CheckField
            label="SNAT"
            hint="Instances without a floating IP reach the outside with the router's address."
            reason={isAdmin ? null : 'Only administrators switch it on or off.'}
            error={errors['gateway.enableSnat']}
            checked={draft.snat}
            onChange={(snat) => change({ snat })}
          />
          {isAdmin && (
            <Field
              label="Address"
              optional
              error={errorBelow(errors, 'gateway.fixedIps')}
              hint="Left out, a free one is taken, or the present one kept."
            >
              <Input
                value={draft.address}
                spellCheck={false}
                className="font-mono"
                placeholder={router.gateway?.fixedIps[0]?.ipAddress}
                onChange={(event) => change({ address: event.target.value })}
              />
            </Field>
          )}
        </>
      )}
    </FormPanel>
  )
}
