/** The words while a session is recorded: only for whoever asked, and gone with the recording. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const told = vi.hoisted(() => ({ moved: (_: unknown): void => undefined, liveText: vi.fn(), speechModels: vi.fn() }))
vi.mock('../../bindings', () => ({
  commands: told,
  events: { liveTextMoved: { listen: (heard: (event: unknown) => void) => ((told.moved = heard), Promise.resolve(() => undefined)) } },
}))
const { LiveText } = await import('./liveText.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const text = { recording: 'sound', segments: [{ speaker: 0, t0Ms: 0, t1Ms: 900, text: 'How are you?', settled: false }], writtenMs: 900, heardMs: 30_000 }
const moves = () => told.moved({ payload: { text } })

beforeEach(() => {
  told.liveText.mockImplementation(() => ok(null))
  told.speechModels.mockImplementation(() => ok({ models: [{ id: 'practice', practice: true }], chosen: 'practice' }))
})

afterEach(() => void vi.clearAllMocks())

function followed() {
  const live = new LiveText()
  live.watch()
  return live
}

test('nothing is shown or kept before somebody asks', () => {
  const live = followed()
  moves()
  expect(live.now).toBeNull()
  expect(told.liveText).not.toHaveBeenCalled()
})

test('one press shows the words and how far they are behind, the next hides them', async () => {
  const live = followed()
  await live.toggle()
  moves()
  expect(told.liveText).toHaveBeenLastCalledWith(true)
  expect(live.now?.segments).toHaveLength(1)
  expect(live.behindMs).toBe(29_100)
  await live.toggle()
  expect(told.liveText).toHaveBeenLastCalledWith(false)
  expect(live.now).toBeNull()
})

test('what the practice model writes is known to be that', async () => {
  const live = followed()
  await live.show(true)
  expect(live.practice).toBe(true)
})

test('when the recording is over no word is left in the window', async () => {
  const live = followed()
  await live.show(true)
  moves()
  live.clear()
  moves()
  expect([live.shown, live.now]).toEqual([false, null])
})
