/** The edges of the day. */
import { expect, test } from 'vitest'
import { dayPart } from './greeting'

test.each([
  [0, 'night'],
  [4, 'night'],
  [5, 'morning'],
  [11, 'morning'],
  [12, 'afternoon'],
  [17, 'afternoon'],
  [18, 'evening'],
  [22, 'evening'],
  [23, 'night'],
])('at %i o’clock it is %s', (hour, part) => {
  expect(dayPart(new Date(2026, 3, 14, hour, 59))).toBe(part)
})
