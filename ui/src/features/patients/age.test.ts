/** Birthdays, the 29th of February among them. */
import { expect, test } from 'vitest'
import { age } from './age'

test('a year is added on the birthday and not the day before', () => {
  expect(age('1991-04-14', new Date(2026, 3, 13))).toBe(34)
  expect(age('1991-04-14', new Date(2026, 3, 14))).toBe(35)
})

test('someone born on a leap day has aged by the first of March', () => {
  expect(age('2004-02-29', new Date(2026, 1, 28))).toBe(21)
  expect(age('2004-02-29', new Date(2026, 2, 1))).toBe(22)
})

test('someone born today is nought', () => {
  expect(age('2026-04-14', new Date(2026, 3, 14))).toBe(0)
})
