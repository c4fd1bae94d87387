import { type Ctx, isAdmin, NephosError } from '../../kernel/index.ts'

/** Only administrators make images public. @throws NephosError forbidden */
export function requirePublisher(ctx: Ctx, visibility: string | undefined): void {
  if (visibility === 'public' && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only administrators make images public.', {
      field: 'visibility',
      remedy:
        'Share it with projects by name, make it a community image, or ask an administrator to publish it.',
    })
}
