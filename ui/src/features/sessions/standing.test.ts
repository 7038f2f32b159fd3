/** How a session stands: what is the matter with it comes before what is well. */
import { expect, test } from 'vitest'
import { healthy, recordingLike, sessionLike } from './sample'
import { canGoOn, keptUntil, minutesKept, needingFirst, standing } from './standing'

const gap = { ...healthy, gaps: [{ atMs: 1000, ms: 500, why: 'device' as const }] }

test.each([
  ['recording', sessionLike({ state: 'recording' })],
  ['interrupted', sessionLike({ state: 'interrupted', recordings: [recordingLike({ state: 'recovered' })] })],
  ['unrecorded', sessionLike({ state: 'unrecorded', recordings: [] })],
  ['gaps', sessionLike({ recordings: [recordingLike({ health: gap, state: 'recovered' })] })],
  ['recovered', sessionLike({ recordings: [recordingLike({ state: 'recovered' })] })],
  ['recorded', sessionLike()],
  ['deleted', sessionLike({ recordings: [recordingLike({ state: 'deleted', health: gap })] })],
])('it is %s', (word, session) => {
  expect(standing(session)).toBe(word)
})

test('one part that is still there keeps a session from being called deleted', () => {
  const session = sessionLike({ recordings: [recordingLike({ state: 'deleted' }), recordingLike({ id: 'two' })] })
  expect(standing(session)).toBe('recorded')
})

test('whatever was kept is at least a minute, and nothing is nothing', () => {
  expect(minutesKept(sessionLike())).toBe(49)
  expect(minutesKept(sessionLike({ recordings: [recordingLike({ durationMs: 900 })] }))).toBe(1)
  expect(minutesKept(sessionLike({ recordings: [] }))).toBeNull()
})

test('a recording that never ended is whole up to what was kept of it', () => {
  expect(keptUntil(recordingLike({ endedAt: null, durationMs: 60_000 }))).toBe('2026-04-14T10:01:00.000Z')
})

test('a session goes on while it is interrupted, or while its end is fresh', () => {
  const at = (minutes: number) => new Date(Date.parse('2026-04-14T10:49:10Z') + minutes * 60_000)
  expect(canGoOn(sessionLike(), at(29))).toBe(true)
  expect(canGoOn(sessionLike(), at(31))).toBe(false)
  expect(canGoOn(sessionLike({ state: 'interrupted' }), at(3000))).toBe(true)
  expect(canGoOn(sessionLike({ state: 'unrecorded' }), at(1))).toBe(false)
  expect(canGoOn(sessionLike({ recordings: [recordingLike({ source: 'imported' })] }), at(1))).toBe(false)
})

test('what needs somebody stands first, and the order is otherwise kept', () => {
  const list = ['a', 'b', 'c'].map((id) => sessionLike({ id, state: id === 'b' ? 'interrupted' : 'recorded' }))
  expect(needingFirst(list).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
})
