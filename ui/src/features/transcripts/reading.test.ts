/** Walking through a transcript by keys, finding in it, and keeping what is being typed. */
import { beforeEach, expect, test, vi } from 'vitest'
import { recordingLike } from '../sessions/sample'
import { openedLike, said, talk } from './sample'

const stub = vi.hoisted(() => ({ playerSeek: vi.fn(), playerPlay: vi.fn(), transcriptsOpen: vi.fn() }))
vi.mock('../../bindings', () => ({
  commands: stub,
  events: { playerMoved: { listen: () => Promise.resolve(() => undefined) } },
}))

const { Hearing } = await import('./hearing.svelte')
const { Reading, readBack, writtenDown } = await import('./reading.svelte')
const { OpenTranscript } = await import('./transcript.svelte')

const state = { revision: 1, recording: 'sound', playing: true, atMs: 0, durationMs: 60_000, speed: 1, skipSilence: false, fault: null }

function read(segments = talk) {
  const open = new OpenTranscript('words')
  open.now = openedLike({}, segments)
  return new Reading(open, new Hearing('sound'), () => recordingLike())
}

beforeEach(() => {
  stub.playerSeek.mockImplementation((atMs: number) => Promise.resolve({ status: 'ok', data: { ...state, atMs } }))
  stub.playerPlay.mockImplementation(() => Promise.resolve({ status: 'ok', data: state }))
})

test('the arrows walk along turns and stop at the ends', () => {
  const reading = read()
  reading.byLine(-1)
  expect(reading.cursor.line).toBe(0)
  for (let i = 0; i < 9; i++) reading.byLine(1)
  expect(reading.cursor).toEqual({ line: 3, word: null })
})

test('along the words one comes from one turn into the next, over what is no turn', () => {
  const reading = read([said(1, 0, 0, 'Yes. No.'), said(2, 1, 60_000, 'Why?')])
  expect(reading.lines.map(({ kind }) => kind)).toEqual(['turn', 'silence', 'turn'])
  for (let i = 0; i < 3; i++) reading.byWord(1)
  expect(reading.cursor).toEqual({ line: 2, word: 0 })
  reading.byWord(1)
  expect(reading.cursor).toEqual({ line: 2, word: 0 })
  reading.byWord(-1)
  expect(reading.cursor).toEqual({ line: 0, word: 1 })
})

test('what is heard is the word under the cursor, else the turn from its beginning', async () => {
  const reading = read()
  reading.toWord(1, 3)
  reading.hear()
  await vi.waitFor(() => expect(stub.playerSeek).toHaveBeenLastCalledWith(4_900 - 150))
  reading.toLine(2)
  reading.hear()
  await vi.waitFor(() => expect(stub.playerSeek).toHaveBeenLastCalledWith(9_000 - 150))
})

test('editing takes the sentence of the word under the cursor', () => {
  const reading = read()
  reading.edit(1)
  expect(reading.editing).toEqual({ segment: 2, text: 'I had a panic attack.' })
  reading.toWord(1, 6)
  reading.edit(1)
  expect(reading.editing).toEqual({ segment: 3, text: 'It was at work.' })
})

test('no key changes anything before somebody has been at the words', () => {
  const reading = read()
  expect(reading.meant).toBeNull()
  reading.toLine(2)
  expect(reading.meant).toBe(2)
})

test('while it plays, the turn one means is the one that is heard', async () => {
  const reading = read()
  reading.toLine(0)
  await reading.hearing.from(9_300)
  expect(reading.meant).toBe(2)
  reading.following = false
  expect(reading.meant).toBe(0)
})

test('finding begins where one is and goes round', () => {
  const reading = read()
  reading.searching = true
  reading.toLine(3)
  reading.look('i')
  expect(reading.match?.line).toBe(3)
  expect([reading.matchNumber, reading.matches.length]).toEqual([4, 6])
  for (let i = 0; i < 3; i++) reading.byMatch(1)
  expect(reading.matchNumber).toBe(1)
  reading.byMatch(-1)
  expect(reading.matchNumber).toBe(6)
})

test('what is being typed survives as it is, and what is not ours is nothing', () => {
  expect(readBack(writtenDown({ segment: 4, text: 'scary {"' }))).toEqual({ segment: 4, text: 'scary {"' })
  expect(writtenDown(null)).toBe('')
  expect(readBack('somebody’s note')).toBeNull()
  expect(readBack('{"segment":"4"}')).toBeNull()
})
