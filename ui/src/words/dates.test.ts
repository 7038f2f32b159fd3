/** Dates typed in the order of the practice's country, whatever the computer speaks. */
import { afterEach, describe, expect, test } from 'vitest'
import { dateShape, keptDate, shownDate } from './dates'
import { setCountry } from './format'

afterEach(() => setCountry(null))

describe('a date as it is typed', () => {
  test.each([
    ['GB', 'dd/mm/yyyy', '04/05/1990'],
    ['US', 'mm/dd/yyyy', '05/04/1990'],
    ['DE', 'dd/mm/yyyy', '04/05/1990'],
  ])('in %s is %s', (country, shape, typed) => {
    setCountry(country)
    expect(dateShape()).toBe(shape)
    expect(keptDate(typed)).toBe('1990-05-04')
    expect(shownDate('1990-05-04')).toBe(typed)
  })

  test('may leave out noughts, and may be written with dots or hyphens', () => {
    setCountry('GB')
    for (const typed of ['4/5/1990', '4.5.1990', '04-05-1990', ' 4 / 5 / 1990 ', '1990-05-04']) {
      expect(keptDate(typed)).toBe('1990-05-04')
    }
  })

  test('that is none stays as it was typed', () => {
    setCountry('GB')
    for (const typed of ['', '31/02/1990', '4/5/90', '5 May 1990', '4/5', 'soon', '99/99/9999', '1/1/19901']) {
      expect(keptDate(typed)).toBe(typed)
      expect(shownDate(typed)).toBe(typed)
    }
  })
})
