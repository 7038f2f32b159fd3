/** One crisis line: what to know before calling is said in our own words and language, beside a name that is not ours. */
import { render, screen } from '@testing-library/svelte'
import { afterEach, expect, test } from 'vitest'
import type { CrisisLine, CrisisLines } from '../../bindings'
import { speak, t } from '../../words/words'
import Line from './CrisisLine.svelte'
import HelpNow from './HelpNow.svelte'
import { Lines } from './lines.svelte'

const line: CrisisLine = {
  name: 'Samaritans',
  call: '116 123',
  text: null,
  noteKey: 'free_day_and_night',
  web: null,
  verifiedOn: null,
}

afterEach(() => speak('en'))

test('what to know before calling follows the language of the screen', () => {
  speak('pseudo')
  render(Line, { line })
  expect(screen.getByText(t('safety.note.free_day_and_night')).textContent).toMatch(/^\[.*\]$/)
  expect(screen.getByRole('heading', { name: 'Samaritans' })).toBeTruthy()
})

test('two numbers of one line stand side by side', () => {
  const lines = new Lines()
  const both: CrisisLines = { country: 'NL', emergency: ['112'], lines: [line, { ...line, call: '0800 0113' }] }
  lines.found = both
  render(HelpNow, { lines })
  expect(screen.getAllByRole('heading', { name: 'Samaritans' })).toHaveLength(2)
})
