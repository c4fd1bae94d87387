/** Verbs of this domain, nested by noun. */
export const operationVerbs = {}
