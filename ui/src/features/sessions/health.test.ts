/** The health of a recording in words: what is missing, and how loud it was. */
import { expect, test } from 'vitest'
import { heard, microphones, secondsMissing } from './health'
import { healthy, recordingLike } from './sample'

const like = (change: Partial<typeof healthy>) => recordingLike({ health: { ...healthy, ...change } })

test('a warning decides how loud it was, and without a level nothing is claimed', () => {
  expect(heard(like({}))).toBe('clear')
  expect(heard(like({ levelDb: null }))).toBe('unknown')
  expect(heard(like({ warnings: [{ atMs: 1, what: 'too_quiet' }] }))).toBe('quiet')
  expect(heard(like({ warnings: [{ atMs: 1, what: 'no_signal' }] }))).toBe('quiet')
  expect(heard(like({ warnings: [{ atMs: 1, what: 'too_quiet' }, { atMs: 2, what: 'clipping' }] }))).toBe('loud')
})

test('what is missing is counted in whole seconds, and a moment is one', () => {
  expect(secondsMissing(like({}))).toBe(0)
  expect(secondsMissing(like({ gaps: [{ atMs: 0, ms: 80, why: 'starved' }] }))).toBe(1)
  expect(secondsMissing(like({ gaps: [{ atMs: 0, ms: 1600, why: 'device' }, { atMs: 9, ms: 900, why: 'slept' }] }))).toBe(3)
})

test('a microphone that came back is named once', () => {
  const used = ['Desk', 'Lapel', 'Desk'].map((name, i) => ({ atMs: i, channel: 0, name }))
  expect(microphones(like({ devices: used }))).toEqual(['Desk', 'Lapel'])
})
