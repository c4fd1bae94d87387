'use client'
import { useTheme } from 'next-themes'
import { Toaster as Sonner } from 'sonner'

/** Where `toast()` of sonner shows up. Put once around the application. */
export function Toaster() {
  const { resolvedTheme } = useTheme()
  return (
    <Sonner
      theme={resolvedTheme === 'light' ? 'light' : 'dark'}
      position="bottom-right"
      style={{ fontFamily: 'inherit' }}
      toastOptions={{
        actionButtonStyle: {
          background: 'transparent',
          color: 'var(--accent-text)',
          border: '1px solid var(--line-strong)',
        },
        style: {
          background: 'var(--surface)',
          color: 'var(--fg)',
          border: '1px solid var(--line-strong)',
          boxShadow: 'var(--shadow-pop)',
        },
        classNames: { description: '!text-muted' },
      }}
    />
  )
}
