/** Playing: a jump is where one jumped to, whatever arrives late, and nothing plays into a recording. */
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
  recording: 'sound',
  playing: false,
  atMs: 0,
  durationMs: 60_000,
  speed: 1,
  skipSilence: false,
  fault: null,
}
const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const moves = (state: Partial<PlayerState>) => told.moved({ payload: { state: { ...still, ...state } } })

beforeEach(() => {
  told.playerOpen.mockImplementation(() => ok(still))
  told.playerPlay.mockImplementation(() => ok({ ...still, playing: true }))
  told.playerSeek.mockImplementation((atMs: number) => ok({ ...still, atMs }))
  told.playerSpeed.mockImplementation((speed: number) => ok({ ...still, speed }))
  told.playerSkipSilence.mockImplementation((skipSilence: boolean) => ok({ ...still, skipSilence }))
  told.playerClose.mockImplementation(() => ok({ ...still, recording: null }))
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

test('leaving lets go of the loudspeaker', async () => {
  const { leave } = await opened()
  leave()
  expect(told.playerClose).toHaveBeenCalledOnce()
})
