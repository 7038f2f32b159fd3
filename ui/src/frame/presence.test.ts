/** Somebody is here: told often enough to keep the lock away, and not more often. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const told = vi.hoisted(() => ({ touches: 0, warn: (_: { payload: { seconds: number } }) => undefined as void }))

vi.mock('../bindings', () => ({
  commands: {
    deskTouch: () => {
      told.touches += 1
      return Promise.resolve({ status: 'ok', data: null })
    },
  },
  events: {
    lockNear: {
      listen: (heard: typeof told.warn) => {
        told.warn = heard
        return Promise.resolve(() => undefined)
      },
    },
  },
}))

const { presence, TOLD_EVERY_MS } = await import('./presence.svelte')
let stop: () => void

beforeEach(() => {
  vi.useFakeTimers()
  vi.advanceTimersByTime(TOLD_EVERY_MS)
  told.touches = 0
  stop = presence.watch()
})

afterEach(() => {
  stop()
  vi.useRealTimers()
})

test('many presses in a row are told once', () => {
  for (let i = 0; i < 20; i++) dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }))
  expect(told.touches).toBe(1)
  vi.advanceTimersByTime(TOLD_EVERY_MS)
  dispatchEvent(new Event('pointerdown'))
  expect(told.touches).toBe(2)
})

test('before a lock a press is told at once and the warning goes', () => {
  dispatchEvent(new Event('pointerdown'))
  told.warn({ payload: { seconds: 30 } })
  expect(presence.near).toBe(30)
  dispatchEvent(new Event('pointermove'))
  expect(told.touches).toBe(2)
  expect(presence.near).toBeNull()
})

test('the warning counts down to nothing and not below', () => {
  told.warn({ payload: { seconds: 2 } })
  vi.advanceTimersByTime(1_000)
  expect(presence.near).toBe(1)
  vi.advanceTimersByTime(5_000)
  expect(presence.near).toBe(0)
})

test('the warning is spoken when it begins and once near its end, not every second', () => {
  told.warn({ payload: { seconds: 30 } })
  const spoken = new Set<number | null>()
  for (let second = 0; second < 30; second++) {
    spoken.add(presence.said)
    vi.advanceTimersByTime(1_000)
  }
  expect([...spoken]).toEqual([30, 10])
})

test('once the keys are gone nothing is listened to', () => {
  stop()
  dispatchEvent(new Event('pointerdown'))
  expect(told.touches).toBe(0)
})
