/** Languages and licences as a person reads them. */
import { expect, test } from 'vitest'
import { languagesWords, licenceName } from './languages'

test('a few languages are named, many are counted', () => {
  expect(languagesWords(['en'])).toBe('English')
  expect(languagesWords(['en', 'sv'])).toBe('English and Swedish')
  expect(languagesWords(['bg', 'hr', 'cs', 'da', 'nl', 'en'])).toBe('Bulgarian, Croatian, Czech, Danish and 2 more languages')
  expect(languagesWords([])).toBe('Its languages are not known.')
})

test('a licence has its name', () => {
  expect(licenceName('cc-by-4.0')).toBe('CC BY 4.0')
  expect(licenceName('somebody’s own')).toBe('somebody’s own')
})
