'use client'
import { CopyPlus, Database, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import type { ImageRow } from '../row.ts'
import { useImageAsker } from '../use-image.ts'
import { useImageStores } from './use-image-stores.ts'
import { kindOfStore, storeLooks, storesWithout, whyNotDrop } from './words.ts'

type Place = ImageRow['stores'][number] & { id: string }

/** The stores that have an image. Nothing for those to whom it makes no difference. */
export function ImageStoresCard({
  image,
  copy,
  className,
}: {
  image: ImageRow
  copy: ResolvedAction
  className?: string
}) {
  const stores = useImageStores()
  const { isAdmin } = useImageAsker()
  const confirm = useConfirm()
  const api = useTRPCClient()
  if (!stores || (stores.length === 1 && image.stores.every(({ name }) => name === stores[0]?.name)))
    return null
  const drop = async (store: string) => {
    const yes = await confirm({
      title: `Remove this image from ${store}?`,
      consequence: `is read from its other stores from then on. What ${store} has of it is removed.`,
      names: [image.name],
      noun: 'image',
      verb: 'Remove',
    })
    if (!yes) return
    try {
      await api.image.stores.drop.mutate({ id: image.id, store })
      toast.success(`${image.name} is no longer in ${store}`)
    } catch (refused) {
      toastRefusal(`Cannot remove ${image.name} from ${store}`, refused)
    }
  }
  const columns: readonly Column<Place>[] = [
    { key: 'name', header: 'Store', cell: (row) => <span className="font-medium">{row.name}</span> },
    { key: 'status', header: 'State', cell: (row) => <StateCell {...storeLooks[row.status]} /> },
    {
      key: 'kind',
      header: 'Kind',
      from: 'sm',
      cell: (row) => {
        const store = stores.find(({ name }) => name === row.name)
        return <span className="text-muted">{store ? kindOfStore(store) : 'Not in the configuration'}</span>
      },
    },
  ]
  const full = storesWithout(stores, image).length === 0 ? 'Every store has it.' : null
  return (
    <Card
      title="Stores"
      className={className}
      flush
      action={
        <Button size="sm" reason={copy.reason ?? full} onClick={copy.run}>
          <CopyPlus aria-hidden="true" /> Copy to stores
        </Button>
      }
    >
      <DataTable<Place>
        label={`Stores of ${image.name}`}
        columns={columns}
        rows={image.stores.map((place) => ({ ...place, id: place.name }))}
        nameOf={(row) => row.name}
        menu={(row) => (
          <ActionMenu
            name={row.name}
            id={row.name}
            actions={[
              {
                id: 'drop',
                label: 'Remove from this store',
                icon: Trash2,
                danger: true,
                reason: whyNotDrop(image, row.name, isAdmin),
                run: () => void drop(row.name),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Database} title="In no store yet">
            Once its file has arrived, this shows which stores have it.
          </EmptyState>
        }
      />
    </Card>
  )
}
