/** One transcript: opened once, and what is put right stands before it is read again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FaultError } from '../../backend/call'
import { openedLike, talk, transcriptLike } from './sample'
import { OpenTranscript } from './transcript.svelte'

const stub = vi.hoisted(() => ({
  transcriptsOpen: vi.fn(),
  transcriptsRead: vi.fn(),
  transcriptsCorrect: vi.fn(),
  transcriptsSay: vi.fn(),
  transcriptsName: vi.fn(),
  transcriptsDelete: vi.fn(),
  transcriptsExport: vi.fn(),
  recordingsChoose: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = () => Promise.resolve({ status: 'error', error: { code: 'gone', reference: 'a1b2c3d4' } })

beforeEach(() => {
  stub.transcriptsOpen.mockImplementation(() => ok(openedLike()))
  stub.transcriptsRead.mockImplementation(() => ok(openedLike({ corrections: 1 })))
  stub.transcriptsCorrect.mockImplementation(() => ok(openedLike({ corrections: 2 })))
  stub.transcriptsSay.mockImplementation(() => ok(openedLike()))
  stub.transcriptsName.mockImplementation(() => ok(openedLike()))
  stub.transcriptsDelete.mockImplementation(() => ok(transcriptLike({ state: 'deleted', current: false })))
  stub.transcriptsExport.mockImplementation(() => ok(null))
})

afterEach(() => void vi.clearAllMocks())

async function opened() {
  const open = new OpenTranscript('words')
  await open.load()
  return open
}

test('it is opened once, and what changes elsewhere is only read', async () => {
  const open = await opened()
  await Promise.all([open.load(), open.load()])
  expect(stub.transcriptsOpen).toHaveBeenCalledOnce()
  expect(open.now?.transcript.corrections).toBe(1)
})

test('one that could not be opened is opened by the next try', async () => {
  stub.transcriptsOpen.mockImplementationOnce(refused)
  const open = await opened()
  expect(open.fault?.code).toBe('gone')
  await open.load()
  expect(open.now).not.toBeNull()
})

test('a correction stands at once, and a reading still on its way does not undo it', async () => {
  const open = await opened()
  const late = open.load()
  await open.correct(2, 'I had two panic attacks.')
  await late
  expect(open.now?.transcript.corrections).toBe(2)
})

test('who said it can be taken back, each part to whoever it was', async () => {
  const open = await opened()
  const undo = await open.say([1, 2, 3], 1)
  expect(stub.transcriptsSay).toHaveBeenCalledWith('words', [1, 2, 3], 1)
  await undo()
  expect(stub.transcriptsSay.mock.calls.slice(1)).toEqual([
    ['words', [1], 0],
    ['words', [2, 3], 1],
  ])
})

test('a name of nothing takes the name', async () => {
  const open = await opened()
  await open.name(1, 'other', '  ')
  expect(stub.transcriptsName).toHaveBeenCalledWith('words', 1, 'other', null)
})

test('deleting leaves who and when, and no word', async () => {
  const open = await opened()
  await open.delete()
  expect(open.now).toMatchObject({ segments: [], transcript: { state: 'deleted' } })
})

test('a copy is offered under a name that says nobody’s, and thinking better of it writes nothing', async () => {
  stub.recordingsChoose.mockImplementationOnce(() => ok(null))
  const open = await opened()
  expect(await open.export('vtt', 'session-2026-04-14-1-transcript')).toBe(false)
  expect(stub.recordingsChoose).toHaveBeenCalledWith(true, 'session-2026-04-14-1-transcript.vtt')
  expect(stub.transcriptsExport).not.toHaveBeenCalled()
})

test('what the store refuses is thrown to whoever pressed', async () => {
  stub.transcriptsCorrect.mockImplementationOnce(refused)
  const open = await opened()
  await expect(open.correct(2, 'no')).rejects.toThrow(FaultError)
  expect(open.now?.segments).toEqual(talk)
})
