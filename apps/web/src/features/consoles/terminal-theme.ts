import type { ITheme } from '@xterm/xterm'

/** Colours of the terminal; each is readable on its background. */
export const terminalTheme = (dark: boolean): ITheme => (dark ? night : day)

const night: ITheme = {
  background: '#0d0f14',
  foreground: '#e8eaf0',
  cursor: '#7cc0f8',
  cursorAccent: '#0d0f14',
  selectionBackground: '#33507a',
  black: '#2b303b',
  red: '#ff7b72',
  green: '#6fd88c',
  yellow: '#e8c468',
  blue: '#79b8ff',
  magenta: '#d2a8ff',
  cyan: '#6fd3df',
  white: '#d3d7e0',
  brightBlack: '#8b93a5',
  brightRed: '#ffa198',
  brightGreen: '#93ecab',
  brightYellow: '#f5dc94',
  brightBlue: '#a5d0ff',
  brightMagenta: '#e4c9ff',
  brightCyan: '#9be8f0',
  brightWhite: '#ffffff',
}

const day: ITheme = {
  background: '#fbfcfe',
  foreground: '#1d2330',
  cursor: '#1f5fbf',
  cursorAccent: '#fbfcfe',
  selectionBackground: '#b9d3f5',
  black: '#1d2330',
  red: '#b3261e',
  green: '#1b6e36',
  yellow: '#7a5500',
  blue: '#1f5fbf',
  magenta: '#7d3cac',
  cyan: '#0b6775',
  white: '#5b6475',
  brightBlack: '#5b6475',
  brightRed: '#9c1c15',
  brightGreen: '#145a2b',
  brightYellow: '#664700',
  brightBlue: '#174c9c',
  brightMagenta: '#672d91',
  brightCyan: '#085562',
  brightWhite: '#1d2330',
}
