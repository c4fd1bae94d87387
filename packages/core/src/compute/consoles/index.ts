export { type ConsoleClient, type ConsoleLimits, type ConsoleLink, linkConsole } from './link.ts'
export { type ConsoleGrant, redeemConsoleToken } from './redeem.ts'
export { consolePath } from './token.ts'
