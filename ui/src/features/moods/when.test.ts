/** The moments offered for a mood felt earlier. */
import { expect, test } from 'vitest'
import { fromField, offered, toField, WHENS } from './when'

const noon = new Date(2026, 3, 14, 12, 30, 40)

test('now is left to the store to stamp', () => {
  expect(offered('now', noon)).toBeNull()
})

test('earlier today never slips into yesterday', () => {
  expect(offered('earlier', new Date(2026, 3, 14, 0, 40))).toEqual(new Date(2026, 3, 14, 0, 0))
  expect(offered('earlier', noon)).toEqual(new Date(2026, 3, 14, 10, 30))
})

test('yesterday is the evening before, also over the turn of a month', () => {
  expect(offered('yesterday', new Date(2026, 4, 1, 9))).toEqual(new Date(2026, 3, 30, 20))
})

test('no offered moment lies ahead', () => {
  for (const when of WHENS) expect(offered(when, noon)?.getTime() ?? 0).toBeLessThanOrEqual(noon.getTime())
})

test('a field gives back the moment put into it, and nothing while half typed', () => {
  const moment = new Date(2026, 0, 5, 7, 4)
  expect(fromField(toField(moment))).toEqual(moment)
  expect(fromField('')).toBeNull()
})
