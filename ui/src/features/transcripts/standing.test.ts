/** How the words of a recording stand: what is under way before what there is, and nothing half that looks whole. */
import { expect, test } from 'vitest'
import type { Work } from '../../bindings'
import { transcriptLike, workLike } from './sample'
import { coveredPercent, fileName, formerOf, missingMs, standingOf } from './standing'

const job = (change: Partial<Work>): Work => ({ id: 'job', state: 'waiting', why: null, doneMs: 0, totalMs: 0, ...change })

test.each([
  ['running', workLike({ job: job({ state: 'running' }) })],
  ['waits_model', workLike({ job: job({}), waitsFor: 'model', transcripts: [] })],
  ['waits_recording', workLike({ job: job({}), waitsFor: 'recording', transcripts: [] })],
  ['waits_turn', workLike({ job: job({}), transcripts: [] })],
  ['failed', workLike({ job: job({ state: 'stopped', why: 'engine_failed' }), transcripts: [] })],
  ['failed', workLike({ job: job({ state: 'stopped', why: null }), transcripts: [] })],
  ['failed', workLike({ job: job({ state: 'stopped', why: 'engine_failed' }) })],
  ['stopped', workLike({ job: job({ state: 'stopped', why: 'cancelled' }), transcripts: [] })],
  ['written', workLike()],
  ['deleted', workLike({ transcripts: [transcriptLike({ state: 'deleted', current: false })] })],
  ['nothing', workLike({ transcripts: [] })],
])('it is %s', (word, work) => {
  expect(standingOf(work)).toBe(word)
})

test.each(['cancelled', 'transcript_deleted'] as const)('what a person ended (%s) leaves what there was before', (why) => {
  const stopped = { job: job({ state: 'stopped', why }) }
  expect(standingOf(workLike(stopped))).toBe('written')
  expect(standingOf(workLike({ ...stopped, transcripts: [transcriptLike({ state: 'deleted', current: false })] }))).toBe('deleted')
})

test('what is missing is never called the whole', () => {
  const hole = { t0Ms: 10_000, t1Ms: 10_100, why: 'engine' as const }
  expect(coveredPercent(transcriptLike())).toBe(100)
  expect(coveredPercent(transcriptLike({ speechMs: 100_000, coveredMs: 99_900, holes: [hole] }))).toBe(99)
  expect(coveredPercent(transcriptLike({ speechMs: 0, coveredMs: 0 }))).toBe(100)
  expect(missingMs(transcriptLike({ holes: [hole, hole] }))).toBe(200)
})

test('former transcripts are those that have words and do not count now', () => {
  const transcripts = [transcriptLike(), transcriptLike({ id: 'before', current: false }), transcriptLike({ id: 'gone', current: false, state: 'deleted' })]
  expect(formerOf(workLike({ transcripts })).map(({ id }) => id)).toEqual(['before'])
})

test('a file names nobody', () => {
  expect(fileName({ beganAt: '2026-04-14T10:00:00Z', part: 2 })).toBe('session-2026-04-14-2-transcript')
})
