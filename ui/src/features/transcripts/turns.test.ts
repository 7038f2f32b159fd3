/** From segments to what one reads: nothing is left out, nothing changes places, and every stretch without words says
 *  why. */
import { expect, test } from 'vitest'
import type { TranscriptSegment } from '../../bindings'
import { healthy } from '../sessions/sample'
import { said, talk } from './sample'
import { UNSURE_WORD } from './speakers'
import { linesOf, runsOf, WordLine, type Turn } from './turns'

const turns = (segments: TranscriptSegment[]) => linesOf(segments, [], null).filter((line): line is Turn => line.kind === 'turn')

test('what one voice says without another in between is one turn', () => {
  expect(turns(talk).map(({ speaker, segments }) => [speaker, segments.map(({ id }) => id)])).toEqual([
    [0, [1]],
    [1, [2, 3]],
    [0, [4]],
    [1, [5]],
  ])
})

test('after a correction of who spoke, the turns flow together anew', () => {
  const corrected = talk.map((each) => (each.id === 4 ? { ...each, speaker: 1, speakerByPerson: true } : each))
  expect(turns(corrected).map(({ segments }) => segments.map(({ id }) => id))).toEqual([[1], [2, 3, 4, 5]])
})

test('a monologue is set in paragraphs, and only the first carries the name', () => {
  const long = Array.from({ length: 20 }, (_, i) => said(i, 1, i * 6_000, 'and then I said that it was not like that at all'))
  const all = turns(long)
  expect(all.length).toBeGreaterThan(1)
  expect(all.map(({ continues }) => continues)).toEqual([false, ...all.slice(1).map(() => true)])
  expect(all.flatMap(({ segments }) => segments)).toEqual(long)
})

test('every segment stands somewhere, whatever lies between', () => {
  const health = { ...healthy, gaps: [{ atMs: 5_000, ms: 900, why: 'device' as const }], pauses: [{ atMs: 6_000, ms: 60_000, why: 'private' as const }] }
  const lines = linesOf(talk, [{ t0Ms: 10_800, t1Ms: 11_900, why: 'engine' }], { health })
  const ids = lines.flatMap<string | number>((line) => (line.kind === 'turn' ? line.segments.map(({ id }) => id) : [line.kind]))
  expect(ids).toEqual([1, 2, 'gap', 'pause', 3, 4, 'hole', 5])
})

test('what lies after the last word is said too', () => {
  expect(linesOf(talk, [{ t0Ms: 50_000, t1Ms: 55_000, why: 'cut_short' }], null).slice(-2).map(({ kind }) => kind)).toEqual(['silence', 'hole'])
})

test('a long silence is marked and a short one is not', () => {
  const lines = linesOf([said(1, 0, 0, 'Yes.'), said(2, 0, 5_000, 'Well.'), said(3, 0, 30_000, 'So.')], [], null)
  expect(lines.map(({ kind }) => kind)).toEqual(['turn', 'silence', 'turn'])
  expect(lines[1]).toMatchObject({ t0Ms: 5_280, t1Ms: 30_000 })
})

test('a turn is as sure as its least sure part, and sure once a person said so', () => {
  const doubtful = said(2, 0, 2_000, 'Mm.', { confidence: 0.2 })
  expect(turns([said(1, 0, 0, 'Yes.'), doubtful])[0]?.confidence).toBe(0.2)
  expect(turns([said(1, 0, 0, 'Yes.'), { ...doubtful, speakerByPerson: true }])[0]?.confidence).toBe(0.9)
})

test('the word that is heard is the last that began, and none before the first', () => {
  const line = new WordLine(linesOf(talk, [], null))
  expect(line.at(500)).toBeNull()
  expect(line.at(1_300)).toEqual({ line: 0, word: 1 })
  expect(line.at(3_500)).toEqual({ line: 0, word: 3 })
  expect(line.at(6_500)).toEqual({ line: 1, word: 5 })
  expect(line.at(99_000)).toEqual({ line: 3, word: 8 })
})

test('words of one kind are set together, and what a person typed is never doubted', () => {
  const [turn] = turns([said(1, 0, 0, 'one two three four')])
  const words = (turn?.words ?? []).map((each, i) => ({ ...each, word: { ...each.word, p: i === 1 || i === 2 ? 0.2 : 0.9, typed: i === 2 } }))
  expect(runsOf(words, UNSURE_WORD)).toEqual([
    { text: 'one', unsure: false },
    { text: 'two', unsure: true },
    { text: 'three four', unsure: false },
  ])
})

test('three hours are made into lines and looked up within a blink', () => {
  const long = Array.from({ length: 3_000 }, (_, i) => said(i, i % 2, i * 3_600, 'and so it went on for a long time'))
  const before = performance.now()
  const lines = linesOf(long, [], null)
  const words = new WordLine(lines)
  for (let ms = 0; ms < 10_800_000; ms += 1_000) words.at(ms)
  expect(words.words).toHaveLength(27_000)
  expect(performance.now() - before).toBeLessThan(1_000)
})
