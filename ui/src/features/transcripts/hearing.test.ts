/** Pressing a word: it is heard from a breath before, and lit up from the press on. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PlayerState } from '../../bindings'

const told = vi.hoisted(() => ({ moved: (_: unknown): void => undefined, playerPlay: vi.fn(), playerPause: vi.fn(), playerSeek: vi.fn(), playerOpen: vi.fn(), recordingsWaveform: vi.fn() }))
vi.mock('../../bindings', () => ({
  commands: told,
  events: { playerMoved: { listen: (heard: (event: unknown) => void) => ((told.moved = heard), Promise.resolve(() => undefined)) } },
}))

const { recorder, AT_REST } = await import('../recording/recorder.svelte')
const { Player } = await import('../player/player.svelte')
const { Hearing } = await import('./hearing.svelte')

const rest: PlayerState = { revision: 0, recording: 'sound', playing: false, atMs: 0, durationMs: 60_000, speed: 1, skipSilence: false, fault: null }
let now = rest
const becomes = (change: Partial<PlayerState>) => {
  now = { ...now, ...change, revision: now.revision + 1 }
  return Promise.resolve({ status: 'ok' as const, data: now })
}
const moves = (change: Partial<PlayerState>) => {
  void becomes(change)
  told.moved({ payload: { state: now } })
}

beforeEach(() => {
  now = rest
  told.playerSeek.mockImplementation((atMs: number) => becomes({ atMs }))
  told.playerPlay.mockImplementation(() => becomes({ playing: true }))
  told.playerPause.mockImplementation(() => becomes({ playing: false }))
})

afterEach(() => {
  recorder.state = AT_REST
  vi.clearAllMocks()
})

function listening() {
  const hearing = new Hearing('sound')
  hearing.watch()
  return hearing
}

test('a word is lit up at once and stays so through the breath before it', async () => {
  const hearing = listening()
  const pressed = hearing.from(4_000)
  expect(hearing.atMs).toBe(4_000)
  await pressed
  expect(told.playerSeek).toHaveBeenCalledWith(3_850)
  expect(hearing.playing).toBe(true)
  moves({ atMs: 3_900 })
  expect(hearing.atMs).toBe(4_000)
  moves({ atMs: 4_350 })
  expect(hearing.atMs).toBe(4_350)
})

test('of two words pressed one after the other, the second is heard', async () => {
  const hearing = listening()
  await Promise.all([hearing.from(4_000), hearing.from(9_000)])
  expect(told.playerSeek.mock.calls).toEqual([[8_850]])
  moves({ atMs: 9_100 })
  expect(hearing.atMs).toBe(9_100)
})

test('a recording that lies at its beginning lights up nothing, and another’s sound neither', () => {
  const hearing = listening()
  moves({ atMs: 0 })
  expect(hearing.atMs).toBeNull()
  moves({ atMs: 7_000, playing: true, recording: 'another' })
  expect(hearing.atMs).toBeNull()
})

test('news that was overtaken is not listened to', async () => {
  const hearing = listening()
  await hearing.from(4_000)
  const late = { ...now, revision: 0, atMs: 50_000 }
  told.moved({ payload: { state: late } })
  expect(hearing.atMs).toBe(4_000)
})

test('while something is recorded nothing is played', async () => {
  recorder.state = { ...AT_REST, phase: 'recording' }
  const hearing = listening()
  await hearing.from(4_000)
  await hearing.toggle()
  expect(told.playerSeek).not.toHaveBeenCalled()
  expect(told.playerPlay).not.toHaveBeenCalled()
})

test('what stood in the way is said, and the word goes dark again', async () => {
  told.playerSeek.mockImplementationOnce(() => Promise.resolve({ status: 'error', error: { code: 'loudspeaker_missing', reference: 'a1b2c3d4' } }))
  const hearing = listening()
  await hearing.from(4_000)
  expect(hearing.fault?.code).toBe('loudspeaker_missing')
  expect(hearing.atMs).toBeNull()
})

test('one press plays and the next pauses', async () => {
  const hearing = listening()
  await Promise.all([hearing.toggle(), hearing.toggle()])
  expect(told.playerPlay).toHaveBeenCalledOnce()
  expect(told.playerPause).toHaveBeenCalledOnce()
})

test('what is pressed here and what is pressed on the player come about in the order in which they were pressed', async () => {
  told.recordingsWaveform.mockImplementation(() => Promise.resolve({ status: 'ok', data: { durationMs: 60_000, peaks: [], silent: [] } }))
  told.playerOpen.mockImplementation(() => becomes({}))
  const player = new Player('sound')
  await player.open(2)
  const hearing = listening()
  let arrives = (_: unknown): void => undefined
  told.playerSeek.mockImplementationOnce(() => new Promise((resolve) => (arrives = resolve)))
  const jumped = player.seek(30_000)
  await vi.waitFor(() => expect(told.playerSeek).toHaveBeenCalledOnce())
  const pressed = [jumped, hearing.from(4_000), player.seek(50_000)]
  expect(told.playerPlay).not.toHaveBeenCalled()
  arrives(await becomes({ atMs: 30_000 }))
  await Promise.all(pressed)
  expect(told.playerSeek.mock.calls.map(([atMs]) => atMs)).toEqual([30_000, 3_850, 50_000])
})
