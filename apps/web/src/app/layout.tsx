import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Providers } from '#features/shell/providers.tsx'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Nephos', template: '%s · Nephos' },
  description: 'Your own cloud',
  robots: { index: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: dark)', color: '#12141a' },
    { media: '(prefers-color-scheme: light)', color: '#f7f8fa' },
  ],
}

// What a page shows depends on who asks and on settings read at start, never on the build.
export const dynamic = 'force-dynamic'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
