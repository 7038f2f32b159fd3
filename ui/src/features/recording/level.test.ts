/** What the meter shows of a level. */
import { expect, test } from 'vitest'
import { stepsOf } from './level'

test.each([
  [null, 0],
  [Number.NEGATIVE_INFINITY, 0],
  [-120, 0],
  [-60, 0],
  [-30, 5],
  [0, 10],
  [6, 10],
])('%s dB lights %i of ten steps', (db, lit) => {
  expect(stepsOf(db, 10)).toBe(lit)
})
