import { Prisma } from '@nephos/db'

/** Writes null into a column of JSON. The database client tells the column's null from the JSON value null. */
export const noJson = Prisma.DbNull

/** A value for a column of JSON: something that `JSON.stringify` keeps whole. */
export const jsonColumn = (value: object): Prisma.InputJsonObject => value as Prisma.InputJsonObject
