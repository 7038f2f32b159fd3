/** One session: it is opened once, and what is done to it stands before it is read again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FaultError } from '../../backend/call'
import { recordingLike, sessionLike } from './sample'
import { OpenSession } from './session.svelte'

const stub = vi.hoisted(() => ({
  sessionsOpen: vi.fn(),
  sessionsRead: vi.fn(),
  sessionsSeen: vi.fn(),
  recordingsChoose: vi.fn(),
  recordingsExport: vi.fn(),
  recordingsDeleteAudio: vi.fn(),
  recordingsMakeSmaller: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = () => Promise.resolve({ status: 'error', error: { code: 'gone', reference: 'a1b2c3d4' } })

beforeEach(() => {
  stub.sessionsOpen.mockImplementation(() => ok(sessionLike({ state: 'interrupted' })))
  stub.sessionsRead.mockImplementation(() => ok(sessionLike()))
  stub.sessionsSeen.mockImplementation(() => ok(sessionLike()))
  stub.recordingsExport.mockImplementation(() => ok(null))
  stub.recordingsDeleteAudio.mockImplementation(() => ok(recordingLike({ state: 'deleted', bookmarks: [{ atMs: 5, word: 'sister' }] })))
})

afterEach(() => void vi.clearAllMocks())

test('it is opened once, and what changes elsewhere is only read', async () => {
  const open = new OpenSession('talk')
  await open.load()
  await Promise.all([open.load(), open.load()])
  expect(stub.sessionsOpen).toHaveBeenCalledOnce()
  expect(open.session?.state).toBe('recorded')
})

test('one that could not be opened is opened by the next try', async () => {
  stub.sessionsOpen.mockImplementationOnce(refused)
  const open = new OpenSession('talk')
  await open.load()
  expect(open.fault?.code).toBe('gone')
  await open.load()
  expect(stub.sessionsOpen).toHaveBeenCalledTimes(2)
})

test('deleting takes the audio of one part and leaves the session and its bookmarks', async () => {
  const open = new OpenSession('talk')
  await open.load()
  await open.deleteAudio(recordingLike())
  expect(open.session?.recordings).toMatchObject([{ state: 'deleted', bookmarks: [{ word: 'sister' }] }])
})

test('making it smaller changes that part and leaves the others and all that is said of it', async () => {
  const recordings = [recordingLike({ bookmarks: [{ atMs: 5, word: 'sister' }] }), recordingLike({ id: 'other', part: 2 })]
  stub.sessionsOpen.mockImplementation(() => ok(sessionLike({ recordings })))
  stub.recordingsMakeSmaller.mockImplementation(() => ok({ ...recordings[0], file: 'copy', codec: 'small' }))
  const open = new OpenSession('talk')
  await open.load()
  await open.makeSmaller(recordingLike())
  expect(open.session?.recordings).toMatchObject([
    { file: 'copy', codec: 'small', bookmarks: [{ word: 'sister' }] },
    { id: 'other', codec: 'lossless' },
  ])
})

test('the part shown is one that can be heard, until another is chosen', async () => {
  const recordings = [recordingLike({ id: 'gone', state: 'deleted' }), recordingLike({ id: 'here', part: 2 })]
  stub.sessionsOpen.mockImplementation(() => ok(sessionLike({ recordings })))
  const open = new OpenSession('talk')
  await open.load()
  expect(open.recording?.id).toBe('here')
  open.chosen = 'gone'
  expect(open.recording?.id).toBe('gone')
})

test('a copy is offered under a name that says nobody’s, and thinking better of it writes nothing', async () => {
  stub.recordingsChoose.mockImplementationOnce(() => ok(null))
  const open = new OpenSession('talk')
  await open.load()
  expect(await open.export(recordingLike(), 'wav')).toBe(false)
  expect(stub.recordingsChoose).toHaveBeenCalledWith(true, 'session-2026-04-14-1.wav')
  expect(stub.recordingsExport).not.toHaveBeenCalled()
  stub.recordingsChoose.mockImplementationOnce(() => ok('/somewhere.flac'))
  expect(await open.export(recordingLike(), 'flac')).toBe(true)
})

test('what the store refuses is thrown to whoever pressed', async () => {
  stub.recordingsDeleteAudio.mockImplementationOnce(refused)
  const open = new OpenSession('talk')
  await open.load()
  await expect(open.deleteAudio(recordingLike())).rejects.toThrow(FaultError)
  expect(open.session?.recordings[0]?.state).toBe('kept')
})
