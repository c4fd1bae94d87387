/** Names of the streams of a cloud. */
export const streamNames = { jobs: 'JOBS', events: 'EVENTS', dead: 'DEAD' } as const
