import { EyeOff, Lock } from 'lucide-react'
import { Badge, type Tone } from '#ui/badge.tsx'
import { type ImageRow, visibilityWords } from './row.ts'

const tones: Record<ImageRow['visibility'], Tone> = {
  private: 'neutral',
  shared: 'ok',
  community: 'warn',
  public: 'accent',
}

type Answer = NonNullable<ImageRow['membership']>['status']
const answerTones: Record<Answer, Tone> = { pending: 'accent', accepted: 'ok', rejected: 'neutral' }
const answerWords: Record<Answer, string> = {
  pending: 'offered to you',
  accepted: 'shared with you',
  rejected: 'rejected',
}

/** Who sees an image, as a word. */
export function VisibilityBadge({ row }: { row: Pick<ImageRow, 'visibility' | 'membership'> }) {
  const { label } = visibilityWords[row.visibility]
  return (
    <Badge tone={row.membership ? answerTones[row.membership.status] : tones[row.visibility]}>
      {row.membership ? answerWords[row.membership.status] : label.toLowerCase()}
    </Badge>
  )
}

/** What else is said of an image beside its name. */
export function ImageMarks({ row }: { row: ImageRow }) {
  return (
    <>
      <VisibilityBadge row={row} />
      {row.protected && (
        <Badge>
          <Lock className="size-3" aria-hidden="true" /> protected
        </Badge>
      )}
      {row.hidden && (
        <Badge>
          <EyeOff className="size-3" aria-hidden="true" /> hidden
        </Badge>
      )}
    </>
  )
}
