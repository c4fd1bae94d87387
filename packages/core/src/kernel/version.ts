/** The version of Nephos, as the root package.json has it. */
export const nephosVersion = '0.1.0'
