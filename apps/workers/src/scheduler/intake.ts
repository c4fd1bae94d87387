/** How many placements one scheduler has under way, and how many it decides and claims together. */
export const intake = { concurrency: 64, largestBatch: 32 } as const
