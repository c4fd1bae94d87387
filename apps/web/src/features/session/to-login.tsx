'use client'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { paths } from '#paths.ts'

/** Leads to the login and remembers the page, with its filters. */
export function ToLogin() {
  const router = useRouter()
  useEffect(() => {
    const { pathname, search } = window.location
    router.replace(paths.login(pathname + search))
  }, [router])
  return null
}
