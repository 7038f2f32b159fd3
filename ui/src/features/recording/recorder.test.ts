/** The recorder as the window knows it: what is shown is what Rust said last, and each piece of news is told once. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RecorderState } from '../../bindings'

const told = vi.hoisted(() => ({
  recordingState: vi.fn(),
  recordingPause: vi.fn(),
  recordingResume: vi.fn(),
  recordingStop: vi.fn(),
  recordingBookmark: vi.fn(),
  sessionsRead: vi.fn(),
}))
const heard = vi.hoisted(() => ({ changed: (_: unknown): void => undefined, level: (_: unknown): void => undefined }))
const listenAs = vi.hoisted(() => (name: 'changed' | 'level') => ({
  listen: (told: (event: unknown) => void) => {
    heard[name] = told
    return Promise.resolve(() => undefined)
  },
}))
vi.mock('../../bindings', () => ({
  commands: told,
  events: { recorderChanged: listenAs('changed'), recorderLevel: listenAs('level') },
}))

const { AT_REST, newsOf, Recorder } = await import('./recorder.svelte')

const like = (change: Partial<RecorderState>): RecorderState => ({ ...AT_REST, ...change })
const under: RecorderState = like({ phase: 'recording', session: 'talk', here: true, elapsedMs: 1_000 })
const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const level = (elapsedMs: number) =>
  heard.level({ payload: { peakDb: -20, rmsDb: -30, elapsedMs, speaking: true, channels: [] } })

beforeEach(() => {
  told.recordingState.mockImplementation(() => ok(under))
  told.recordingPause.mockImplementation(() => ok({ ...under, phase: 'paused', pausedFor: 'private' }))
  told.recordingStop.mockImplementation(() => ok(like({ ended: 'asked' })))
  told.recordingBookmark.mockImplementation(() => ok({ ...under, bookmarks: 1 }))
  told.sessionsRead.mockImplementation(() => ok({ patientName: 'Maya Okafor' }))
})

afterEach(() => void vi.clearAllMocks())

async function watching() {
  const recorder = new Recorder()
  recorder.watch()
  await vi.waitFor(() => expect(recorder.state).not.toBe(AT_REST))
  return recorder
}

test('a window that was loaded anew finds the recording where it is, and does not call it new', async () => {
  const recorder = await watching()
  expect(recorder.live).toBe(true)
  expect(recorder.elapsedMs).toBe(1_000)
  expect(recorder.news).toBeNull()
})

test('an answer that was on its way while something changed is out of date and not shown', async () => {
  let answer: (state: unknown) => void = () => undefined
  told.recordingState.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  const recorder = new Recorder()
  recorder.watch()
  heard.changed({ payload: { state: under } })
  answer({ status: 'ok', data: AT_REST })
  await Promise.resolve()
  expect(recorder.live).toBe(true)
})

test('the time is the one that is on the disk, and never runs back or on into another session', async () => {
  const recorder = await watching()
  level(4_200)
  expect(recorder.elapsedMs).toBe(4_200)
  heard.changed({ payload: { state: { ...under, elapsedMs: 4_000 } } })
  expect(recorder.elapsedMs).toBe(4_200)
  heard.changed({ payload: { state: { ...under, session: 'next', elapsedMs: 0 } } })
  expect(recorder.elapsedMs).toBe(0)
})

test('stopping answers whose session it was, and a refused press says why and changes nothing', async () => {
  const recorder = await watching()
  told.recordingStop.mockResolvedValueOnce({ status: 'error', error: { code: 'busy', reference: 'a1b2c3d4' } })
  expect(await recorder.stop()).toBeNull()
  expect(recorder.fault?.code).toBe('busy')
  expect(recorder.live).toBe(true)
  expect(await recorder.stop()).toBe('talk')
  expect(recorder.live).toBe(false)
})

test('a session of somebody who is not here is not led to', async () => {
  told.recordingState.mockImplementation(() => ok({ ...under, here: false }))
  const recorder = await watching()
  expect(await recorder.stop()).toBeNull()
  await recorder.learnName()
  expect(told.sessionsRead).not.toHaveBeenCalled()
})

test('a blank word is no word', async () => {
  const recorder = await watching()
  await recorder.bookmark('  ')
  expect(told.recordingBookmark).toHaveBeenLastCalledWith(null, null)
  await recorder.bookmark(' sister ', 61_500)
  expect(told.recordingBookmark).toHaveBeenLastCalledWith('sister', 61_500)
})

test('a bookmark whose word is kept by the press on Stop is kept before it is stopped', async () => {
  const recorder = await watching()
  let keep: (answer: unknown) => void = () => undefined
  told.recordingBookmark.mockImplementationOnce(() => new Promise((resolve) => (keep = resolve)))
  const marked = recorder.bookmark('sister', 61_500)
  const stopped = recorder.stop()
  await vi.waitFor(() => expect(told.recordingBookmark).toHaveBeenCalledOnce())
  expect(told.recordingStop).not.toHaveBeenCalled()
  keep({ status: 'ok', data: { ...under, bookmarks: 1 } })
  expect(await marked).toBe(true)
  expect(await stopped).toBe('talk')
})

test('a name is asked for once and forgotten with the lock', async () => {
  const recorder = await watching()
  await recorder.learnName()
  await recorder.learnName()
  expect(told.sessionsRead).toHaveBeenCalledOnce()
  expect(recorder.name).toEqual({ session: 'talk', name: 'Maya Okafor' })
  recorder.forgetName()
  expect(recorder.name).toBeNull()
})

test('why it ended by itself stays until it has been read', async () => {
  const recorder = await watching()
  heard.changed({ payload: { state: like({ ended: 'disk_full' }) } })
  heard.changed({ payload: { state: like({ phase: 'listening' }) } })
  expect(recorder.parting).toBe('disk_full')
  recorder.noted()
  expect(recorder.parting).toBeNull()
})

describe('news', () => {
  const phase = (now: RecorderState['phase'], bookmarks = 0) => like({ phase: now, bookmarks })

  test.each([
    ['idle', 'listening', null],
    ['listening', 'recording', 'started'],
    ['recording', 'paused', 'paused'],
    ['paused', 'recording', 'resumed'],
    ['recording', 'searching', 'searching'],
    ['searching', 'recording', 'resumed'],
    ['paused', 'searching', null],
    ['searching', 'paused', 'paused'],
    ['recording', 'stopping', null],
    ['stopping', 'idle', 'stopped'],
    ['recording', 'recording', null],
  ] as const)('from %s to %s is %s', (before, after, news) => {
    expect(newsOf(phase(before), phase(after))).toBe(news)
  })

  test('one bookmark more is news, and each press of them', () => {
    expect(newsOf(phase('recording', 1), phase('recording', 2))).toBe('bookmarked')
  })
})

test('what was announced while a press was answered is newer than the answer', async () => {
  const recorder = await watching()
  let answer: (state: unknown) => void = () => undefined
  told.recordingBookmark.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  const pressing = recorder.bookmark('')
  await vi.waitFor(() => expect(told.recordingBookmark).toHaveBeenCalledOnce())
  heard.changed({ payload: { state: { ...under, bookmarks: 1, warnings: ['no_signal'] } } })
  answer({ status: 'ok', data: { ...under, bookmarks: 1 } })
  await pressing
  expect(recorder.state.warnings).toEqual(['no_signal'])
})
