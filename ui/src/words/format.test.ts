/** Dates and numbers in the conventions of the practice's country. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countries, countryHere } from './countries'
import { ago, bytes, clock, day, list, locale, setCountry, shortDay } from './format'

beforeEach(() => {
  vi.stubEnv('TZ', 'America/New_York')
})

afterEach(() => {
  setCountry(null)
  vi.unstubAllEnvs()
})

test('the country decides the order of a date, not the language', () => {
  setCountry('GB')
  expect(day('2026-04-14')).toBe('14 April 2026')
  setCountry('US')
  expect(day('2026-04-14')).toBe('April 14, 2026')
})

test('a birthday is the same day in every time zone', () => {
  setCountry('GB')
  expect(shortDay('1990-01-01')).toBe('1 Jan 1990')
})

test('a country nobody knows leaves the language alone', () => {
  setCountry('Atlantis')
  expect(locale()).toBe('en')
})

test('time past is said in the largest unit that fits', () => {
  const now = new Date('2026-04-14T10:12:00Z')
  expect(ago('2026-04-14T10:00:00Z', now)).toBe('12 minutes ago')
  expect(ago('2026-04-14T10:11:40Z', now)).toBe('just now')
  expect(ago('2026-04-13T10:00:00Z', now)).toBe('yesterday')
  expect(ago('2026-01-14T10:00:00Z', now)).toBe('3 months ago')
})

test('yesterday is the day before on the calendar, not any time a day and a half ago', () => {
  const morning = new Date(2026, 3, 14, 10)
  expect(ago(new Date(2026, 3, 13, 8), morning)).toBe('yesterday')
  expect(ago(new Date(2026, 3, 12, 20), morning)).toBe('2 days ago')
})

test('a size is said as a person would carry it', () => {
  expect(bytes(0)).toBe('0 byte')
  expect(bytes(4_823_456)).toBe('4.8 MB')
})

test('a list reads as a sentence would', () => {
  expect(list(['a', 'b', 'c'])).toBe('a, b, and c')
})

test('every country has a name and stands in reading order', () => {
  const all = countries()
  expect(all).toHaveLength(249)
  expect(all.filter(({ value, label }) => value === label)).toEqual([])
  expect(all.findIndex(({ value }) => value === 'AX')).toBeLessThan(all.findIndex(({ value }) => value === 'BE'))
})

test('the country of this computer is read off its languages, and "C" is none', () => {
  expect(countryHere(['C', 'en', 'de-AT', 'fr-FR'])).toBe('AT')
  expect(countryHere(['C'])).toBeNull()
})

test('a place in a recording has hours only where there are some', () => {
  expect([0, 59_999, 724_000, 3_724_000, -5].map(clock)).toEqual(['0:00', '0:59', '12:04', '1:02:04', '0:00'])
})
