/** Playing: a jump is where one jumped to, whatever arrives late, no press is lost, and nothing plays into a recording. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PlayerState } from '../../bindings'

const told = vi.hoisted(() => ({
  moved: (_: unknown): void => undefined,
  playerOpen: vi.fn(),
  playerPlay: vi.fn(),
  playerPause: vi.fn(),
  playerSeek: vi.fn(),
  playerSpeed: vi.fn(),
  playerSkipSilence: vi.fn(),
  playerClose: vi.fn(),
  recordingsWaveform: vi.fn(),
}))
vi.mock('../../bindings', () => ({
  commands: told,
  events: {
    playerMoved: {
      listen: (heard: (event: unknown) => void) => {
        told.moved = heard
        return Promise.resolve(() => undefined)
      },
    },
  },
}))

const { recorder, AT_REST } = await import('../recording/recorder.svelte')
const { Player } = await import('./player.svelte')

const still: PlayerState = {
  revision: 1,
  recording: 'sound',
  playing: false,
  atMs: 0,
  durationMs: 60_000,
  speed: 1,
  skipSilence: false,
  fault: null,
}
const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
/** What Rust says next, which is newer than all before. */
let revision = 0
const next = (state: Partial<PlayerState>): PlayerState => ({ ...still, ...state, revision: ++revision })
const moves = (state: Partial<PlayerState>) => told.moved({ payload: { state: next(state) } })
/** An answer that comes when it is told to. */
function later() {
  let arrives = (_: PlayerState): void => undefined
  const promise = new Promise((resolve) => (arrives = (data) => resolve({ status: 'ok', data })))
  return { promise, arrives }
}

beforeEach(() => {
  told.playerOpen.mockImplementation(() => ok(next({})))
  told.playerPlay.mockImplementation(() => ok(next({ playing: true })))
  told.playerPause.mockImplementation(() => ok(next({})))
  told.playerSeek.mockImplementation((atMs: number) => ok(next({ atMs })))
  told.playerSpeed.mockImplementation((speed: number) => ok(next({ speed })))
  told.playerSkipSilence.mockImplementation((skipSilence: boolean) => ok(next({ skipSilence })))
  told.playerClose.mockImplementation(() => ok(next({ recording: null })))
  told.recordingsWaveform.mockImplementation(() => ok({ durationMs: 60_000, peaks: [0, 1], silent: [] }))
})

afterEach(() => {
  recorder.state = AT_REST
  vi.clearAllMocks()
})

async function opened() {
  const player = new Player('sound')
  const leave = player.watch()
  await player.open(2)
  return { player, leave }
}

test('it moves as Rust says, and what another recording does is not heard', async () => {
  const { player } = await opened()
  moves({ atMs: 4_000, playing: true })
  moves({ atMs: 9_000, recording: 'another' })
  expect(player.atMs).toBe(4_000)
})

test('a jump stands at once, and the place before it does not come back', async () => {
  const { player } = await opened()
  const jumping = player.seek(30_000)
  moves({ atMs: 120, playing: true })
  expect(player.atMs).toBe(30_000)
  await jumping
  moves({ atMs: 30_200, playing: true })
  expect(player.atMs).toBe(30_200)
})

test('news that was overtaken by an answer is old, and so is an answer that was overtaken by news', async () => {
  const { player } = await opened()
  const overtaken = next({ atMs: 120 })
  await player.seek(30_000)
  told.moved({ payload: { state: overtaken } })
  expect(player.atMs).toBe(30_000)

  const answer = later()
  told.playerPlay.mockReturnValueOnce(answer.promise)
  const playing = player.toggle()
  await vi.waitFor(() => expect(told.playerPlay).toHaveBeenCalledOnce())
  const began = next({ atMs: 30_000, playing: true })
  moves({ atMs: 30_100, playing: true })
  answer.arrives(began)
  await playing
  expect(player.atMs).toBe(30_100)
})

test('jumps arrive in the order they were made, and of those that wait only the last is made', async () => {
  const { player } = await opened()
  const first = later()
  told.playerSeek.mockReturnValueOnce(first.promise)
  const jumps = [player.seek(10_000)]
  await vi.waitFor(() => expect(told.playerSeek).toHaveBeenCalledOnce())
  jumps.push(player.seek(20_000), player.seek(30_000))
  first.arrives(next({ atMs: 10_000 }))
  await Promise.all(jumps)
  expect(told.playerSeek.mock.calls).toEqual([[10_000], [30_000]])
  expect(player.atMs).toBe(30_000)
})

test('play pressed twice is play and then pause', async () => {
  const { player } = await opened()
  await Promise.all([player.toggle(), player.toggle()])
  expect(told.playerPlay).toHaveBeenCalledOnce()
  expect(told.playerPause).toHaveBeenCalledOnce()
  expect(player.playing).toBe(false)
})

test('what is pressed before it can be heard comes about once it can', async () => {
  const opening = later()
  told.playerOpen.mockReturnValueOnce(opening.promise)
  const player = new Player('sound')
  player.watch()
  const presses = [player.open(2), player.seek(20_000), player.speed(1.5), player.toggle()]
  expect(player.atMs).toBe(20_000)
  opening.arrives(next({}))
  await Promise.all(presses)
  expect(told.playerSeek).toHaveBeenCalledExactlyOnceWith(20_000)
  expect(told.playerSpeed).toHaveBeenCalledExactlyOnceWith(1.5)
  expect(told.playerPlay).toHaveBeenCalledOnce()
})

test('a jump that was refused goes back to where it stands, and says why', async () => {
  told.playerSeek.mockResolvedValueOnce({ status: 'error', error: { code: 'gone', reference: 'a1b2c3d4' } })
  const { player } = await opened()
  moves({ atMs: 4_000 })
  await player.seek(20_000)
  expect(player.atMs).toBe(4_000)
  expect(player.refused?.code).toBe('gone')
})

test('a jump ends inside the recording', async () => {
  const { player } = await opened()
  await player.by(-5_000)
  expect(told.playerSeek).toHaveBeenLastCalledWith(0)
  await player.seek(1e9)
  expect(told.playerSeek).toHaveBeenLastCalledWith(60_000)
})

test('without a loudspeaker it says so and stays where it was', async () => {
  told.playerPlay.mockResolvedValueOnce({ status: 'error', error: { code: 'loudspeaker_missing', reference: 'a1b2c3d4' } })
  const { player } = await opened()
  await player.toggle()
  expect(player.refused?.code).toBe('loudspeaker_missing')
  expect(player.playing).toBe(false)
})

test('a recording that cannot be heard can still be seen, travelled, and heard once a loudspeaker is there', async () => {
  told.playerOpen.mockResolvedValueOnce({ status: 'error', error: { code: 'loudspeaker_missing', reference: 'a1b2c3d4' } })
  const { player } = await opened()
  expect(player.fault).toBeNull()
  expect(player.refused?.code).toBe('loudspeaker_missing')
  await player.seek(20_000)
  expect(player.atMs).toBe(20_000)
  await player.speed(1.5)
  expect(told.playerSeek).not.toHaveBeenCalled()
  await player.toggle()
  expect(told.playerSpeed).toHaveBeenCalledWith(1.5)
  expect(told.playerSeek).toHaveBeenCalledExactlyOnceWith(20_000)
  expect(told.playerPlay).toHaveBeenCalledOnce()
  expect(player.refused).toBeNull()
})

test('one that is damaged says so in place of the line', async () => {
  told.recordingsWaveform.mockResolvedValueOnce({ status: 'error', error: { code: 'audio_damaged', reference: 'a1b2c3d4' } })
  const { player } = await opened()
  expect(player.fault?.code).toBe('audio_damaged')
  expect(player.state).toBeNull()
})

test('while something is being recorded nothing is played into it', async () => {
  const { player } = await opened()
  recorder.state = { ...AT_REST, phase: 'recording' }
  await player.toggle()
  expect(told.playerPlay).not.toHaveBeenCalled()
})

test('leaving lets go of the loudspeaker, while it is being opened too', async () => {
  const { leave } = await opened()
  leave()
  await vi.waitFor(() => expect(told.playerClose).toHaveBeenCalledOnce())

  const opening = later()
  told.playerOpen.mockReturnValueOnce(opening.promise)
  const other = new Player('sound')
  const leaveOther = other.watch()
  const opens = other.open(2)
  await vi.waitFor(() => expect(told.playerOpen).toHaveBeenCalledTimes(2))
  leaveOther()
  opening.arrives(next({}))
  await opens
  await vi.waitFor(() => expect(told.playerClose).toHaveBeenCalledTimes(2))
})

test('whoever leaves does not close it on whoever came', async () => {
  const { leave } = await opened()
  const coming = new Player('sound')
  const opens = coming.open(2)
  leave()
  await opens
  await coming.toggle()
  expect(told.playerClose).not.toHaveBeenCalled()
  expect(coming.playing).toBe(true)
})
