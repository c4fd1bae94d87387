'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { volumeReason } from '#features/volumes/actions.ts'
import { type VolumeRow, volumeLabel } from '#features/volumes/row.ts'
import { useVolume, useVolumeAsker } from '#features/volumes/use-volume.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { SecretDialog } from '#ui/secret-dialog.tsx'
import { offerText, readOffer } from './row.ts'

/** Offers a volume to another project; the key is then shown once. */
export function VolumeTransferPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Transfer volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <OfferForm volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function OfferForm({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft({ name: '' })
  const offer = useMutation(trpc.volume.transfers.create.mutationOptions())
  const name = volumeLabel(volume)
  const input = { volumeId: volume.id, name: draft.name.trim() }
  if (offer.data)
    return (
      <SecretDialog
        title={`Offer of ${name}`}
        description="Give both lines to somebody of the other project. Whoever has them can take the volume. The key is shown this once."
        secret={offerText(offer.data)}
        what="Transfer and key"
        fileName={`transfer-${offer.data.id.slice(-8)}.txt`}
        onDone={onClose}
      >
        <p className="text-sm text-muted">
          They accept it under Volumes, Transfers. Until then the volume is set aside here, and the offer can
          be withdrawn.
        </p>
      </SecretDialog>
    )
  return (
    <FormPanel
      title="Transfer volume"
      description={`${name}, ${volume.sizeGib} GiB, goes to the project that accepts it${
        volume.snapshotCount > 0 ? `, with its ${count(volume.snapshotCount, 'snapshot')}` : ''
      }, and counts for that project from then on. Nothing is copied.`}
      submit="Offer it"
      mutation={offer}
      fields={['name', 'volumeId']}
      reason={volumeReason('transfer', volume, asker)}
      dirty={dirty}
      onSubmit={() => offer.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name of the offer"
            optional
            error={errors.name ?? errors.volumeId}
            hint="For you: to whom it is offered."
          >
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <ApiCall verb="volume.transfers.create" input={input} />
        </>
      )}
    </FormPanel>
  )
}

/** Takes over a volume that another project offers. */
export function TransferAcceptPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { project } = useSession()
  const [draft, change, dirty] = useDraft({ id: '', authKey: '' })
  const input = { id: draft.id.trim(), authKey: draft.authKey.trim() }
  const accept = useMutation(
    trpc.volume.transfers.accept.mutationOptions({
      onSuccess: (volume) => {
        toast.success(`${volumeLabel(volume)} belongs to ${project?.name ?? 'this project'} now`)
        router.push(paths.volume(volume.id))
      },
    }),
  )
  return (
    <FormPanel
      title="Accept transfer"
      description={`The volume, with its snapshots, comes to ${project?.name ?? 'this project'} and counts for its quota.`}
      submit="Accept"
      mutation={accept}
      fields={['id', 'authKey']}
      reason={readOnly ?? (!input.id ? 'Enter the transfer.' : input.authKey ? null : 'Enter its key.')}
      dirty={dirty}
      onSubmit={() => accept.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Transfer"
            error={errors.id}
            hint="Its ID, as you were given it. Paste both lines here, and the key is filled in as well."
          >
            <Input
              value={draft.id}
              autoFocus
              spellCheck={false}
              autoComplete="off"
              className="font-mono text-[13px]"
              onPaste={(event) => {
                const offer = readOffer(event.clipboardData.getData('text'))
                if (!offer) return
                event.preventDefault()
                change(offer)
              }}
              onChange={(event) => change({ id: event.target.value })}
            />
          </Field>
          <Field label="Key" error={errors.authKey}>
            <Input
              type="password"
              value={draft.authKey}
              maxLength={255}
              spellCheck={false}
              autoComplete="off"
              className="font-mono text-[13px]"
              onChange={(event) => change({ authKey: event.target.value })}
            />
          </Field>
          <ApiCall
            verb="volume.transfers.accept"
            input={{ id: input.id || 'TRANSFER', authKey: '$TRANSFER_KEY' }}
          />
        </>
      )}
    </FormPanel>
  )
}
