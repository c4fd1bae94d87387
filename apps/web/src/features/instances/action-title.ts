const titles: Record<string, string> = {
  create: 'Created',
  start: 'Started',
  stop: 'Stopped',
  reboot: 'Rebooted',
  delete: 'Deleted',
  forceDelete: 'Deleted for good',
  restore: 'Restored',
  rename: 'Renamed',
  update: 'Edited',
  pause: 'Paused',
  unpause: 'Unpaused',
  suspend: 'Suspended',
  resume: 'Resumed',
  rescue: 'Rescued',
  unrescue: 'Rescue ended',
  rebuild: 'Rebuilt',
  createImage: 'Image created',
  createBackup: 'Backed up',
  shelve: 'Shelved',
  shelveOffload: 'Taken off its host',
  unshelve: 'Unshelved',
  schedule: 'Backups scheduled',
  unschedule: 'Scheduled backups ended',
  resize: 'Resized',
  migrate: 'Migrated',
  liveMigrate: 'Live migrated',
  abort: 'Migration aborted',
  forceComplete: 'Migration hastened',
  evacuate: 'Evacuated',
  confirmResize: 'Resize confirmed',
  revertResize: 'Resize reverted',
  lock: 'Locked',
  unlock: 'Unlocked',
  changePassword: 'Password changed',
  triggerCrashDump: 'Crash dump triggered',
  resetState: 'State reset',
  setMetadata: 'Metadata changed',
  setTags: 'Tags changed',
  addTag: 'Tag added',
  removeTag: 'Tag removed',
  detachInterface: 'Interface detached',
  crashed: 'The guest crashed',
  autoRestart: 'Started again after the crash',
}

/** What was done to an instance, or happened to it, in words. Unknown words are put apart: `doThat` → "Do that". */
export function actionTitle(
  action: string,
  detail: unknown,
): { title: string; bad: boolean; note: string | null } {
  const words = action.replaceAll(/([A-Z])/g, ' $1').toLowerCase()
  return {
    title: titles[action] ?? words.charAt(0).toUpperCase() + words.slice(1),
    bad: action === 'crashed',
    note: noteOf(action, detail),
  }
}

function noteOf(action: string, detail: unknown): string | null {
  if (detail === null || typeof detail !== 'object') return null
  const { reason, userName, before, after, state, restart, of, flavorName } = detail as Record<
    string,
    unknown
  >
  if (action === 'lock' || action === 'unlock') return typeof reason === 'string' ? reason : null
  if (action === 'changePassword') return typeof userName === 'string' ? `of ${userName}` : null
  if (action === 'resize') return typeof flavorName === 'string' ? `to ${flavorName}` : null
  if (action === 'resetState') return `to ${state}`
  if (action === 'autoRestart') return `${restart} of at most ${of} within an hour`
  if (action === 'rename') return `from ${before} to ${after}`
  return null
}
