'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { FieldError } from '#ui/field.tsx'
import { splitBytes } from '#ui/format.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { imageReason } from '../actions.ts'
import type { ImageRow } from '../row.ts'
import { useImage, useImageAsker } from '../use-image.ts'
import { useImageStores } from './use-image-stores.ts'
import { kindOfStore, storesWithout } from './words.ts'

/** Copies an image to further stores. */
export function ImageCopyPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Copy to stores" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useImageAsker()
  const known = useImageStores()
  const [draft, change, dirty] = useDraft({ stores: [] as string[], partly: false })
  const left = storesWithout(known ?? [], image)
  const input = {
    id: image.id,
    method: 'copy-image' as const,
    stores: draft.stores,
    allStoresMustSucceed: !draft.partly,
  }
  const copy = useMutation(
    trpc.image.images.import.mutationOptions({
      onSuccess: () => {
        toast.success(`${image.name} is being copied`)
        onClose()
      },
    }),
  )
  const reason =
    imageReason('copy', image, asker) ??
    (known && left.length === 0
      ? 'Every store has it, or gets it just now.'
      : draft.stores.length === 0
        ? 'Choose a store.'
        : null)
  return (
    <FormPanel
      title="Copy to stores"
      description={`${image.name}, ${splitBytes(image.size ?? 0).join(' ')}. Machines then start from it also when one of its stores is away.`}
      submit="Copy"
      mutation={copy}
      fields={['stores']}
      reason={reason}
      dirty={dirty}
      onSubmit={() => copy.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {!known && <Skeleton className="h-9" />}
          {known && left.length === 0 && (
            <p className="text-sm text-muted">
              {known.length === 1
                ? `This cloud has one store, ${known[0]!.name}. More are added with the setting image_stores.`
                : 'Every store has it, or gets it just now.'}
            </p>
          )}
          {left.map((store) => (
            <CheckField
              key={store.name}
              label={store.name}
              hint={kindOfStore(store)}
              checked={draft.stores.includes(store.name)}
              onChange={(on) =>
                change({
                  stores: left
                    .map(({ name }) => name)
                    .filter((name) => (name === store.name ? on : draft.stores.includes(name))),
                })
              }
            />
          ))}
          {errors.stores && <FieldError>{errors.stores}</FieldError>}
          {draft.stores.length > 1 && (
            <CheckField
              label="Keep what succeeds"
              hint="When one of the stores fails, the others keep their copy. Otherwise all of them are emptied again."
              checked={draft.partly}
              onChange={(partly) => change({ partly })}
            />
          )}
          <ApiCall verb="image.images.import" input={input} />
        </>
      )}
    </FormPanel>
  )
}
