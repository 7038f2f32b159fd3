/** How far the words of a session are: what Rust says last holds. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { workLike } from './sample'

const told = vi.hoisted(() => ({
  moved: (_: unknown): void => undefined,
  transcriptsOfSession: vi.fn(),
  transcriptsStart: vi.fn(),
  transcriptsStop: vi.fn(),
  transcriptsRetry: vi.fn(),
  remoteAllowed: vi.fn(),
  transcriptsAllowRemote: vi.fn(),
}))
vi.mock('../../bindings', () => ({
  commands: told,
  events: { transcribingMoved: { listen: (heard: (event: unknown) => void) => ((told.moved = heard), Promise.resolve(() => undefined)) } },
}))
const { currentOf, Transcribing } = await import('./transcribing.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const running = workLike({ job: { id: 'job', state: 'running', why: null, doneMs: 0, totalMs: 60_000 }, transcripts: [] })

beforeEach(() => {
  told.transcriptsOfSession.mockImplementation(() => ok([running]))
  told.transcriptsStart.mockImplementation(() => ok(null))
  told.transcriptsStop.mockImplementation(() => ok(null))
  told.transcriptsRetry.mockImplementation(() => ok(null))
  told.transcriptsAllowRemote.mockImplementation(() => ok(null))
})

afterEach(() => void vi.clearAllMocks())

async function followed() {
  const work = new Transcribing('talk')
  work.watch()
  await work.load()
  return work
}

test('it moves as Rust says, and news of a recording that has no work is nothing', async () => {
  const work = await followed()
  told.moved({ payload: { recording: 'sound', doneMs: 30_000, totalMs: 60_000 } })
  told.moved({ payload: { recording: 'another', doneMs: 1, totalMs: 2 } })
  expect(work.of('sound')?.job?.doneMs).toBe(30_000)
  expect(work.list).toHaveLength(1)
})

test('what a press came to stands before a list that was asked for earlier', async () => {
  const work = await followed()
  const late = work.load()
  told.transcriptsOfSession.mockImplementation(() => ok([workLike({ transcripts: [] })]))
  await Promise.all([work.stop('sound'), late])
  expect(work.of('sound')?.job).toBeNull()
})

test('sound is sent away only after it was allowed for this session', async () => {
  const work = await followed()
  await work.sendAway('sound')
  expect(told.transcriptsAllowRemote).toHaveBeenCalledWith('talk')
  expect(told.transcriptsStart).toHaveBeenCalledWith('sound', null, true)
  told.transcriptsAllowRemote.mockImplementationOnce(() => Promise.resolve({ status: 'error', error: { code: 'remote_not_allowed', reference: 'a1b2c3d4' } }))
  await expect(work.sendAway('sound')).rejects.toThrow()
  expect(told.transcriptsStart).toHaveBeenCalledOnce()
})

test('what was stopped begins anew by itself and is looked at again', async () => {
  const work = await followed()
  await work.retry('job')
  expect(told.transcriptsRetry).toHaveBeenCalledWith('job')
  expect(told.transcriptsStart).not.toHaveBeenCalled()
  expect(told.transcriptsOfSession).toHaveBeenCalledTimes(2)
})

test('what was agreed to for a session is not asked twice, and without that nothing is sent', async () => {
  const work = await followed()
  told.remoteAllowed.mockImplementation(() => ok(false))
  expect(await work.sendAgain('sound')).toBe(false)
  expect(told.transcriptsStart).not.toHaveBeenCalled()
  told.remoteAllowed.mockImplementation(() => ok(true))
  expect(await work.sendAgain('sound')).toBe(true)
  expect(told.remoteAllowed).toHaveBeenCalledWith('talk')
  expect(told.transcriptsStart).toHaveBeenCalledWith('sound', null, true)
  expect(told.transcriptsAllowRemote).not.toHaveBeenCalled()
})

test('the transcript is the one that counts now, else the newest that has words', () => {
  const [newest] = workLike().transcripts
  if (newest === undefined) throw new Error('the sample has one')
  const transcripts = [{ ...newest, id: 'gone', current: false, state: 'deleted' as const }, { ...newest, id: 'kept', current: false }]
  expect(currentOf(workLike({ transcripts }))?.id).toBe('kept')
  expect(currentOf(workLike())?.id).toBe('words')
  expect(currentOf(workLike({ transcripts: [] }))).toBeNull()
})
