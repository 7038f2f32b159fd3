/** The drawing of a recording, and the way from one bookmark to the next. */
import { expect, test } from 'vitest'
import { healthy } from '../sessions/sample'
import { bars, gapSpans, neighbour, share } from './drawing'

const wave = (peaks: number[]) => ({ durationMs: 1000, peaks, silent: [] as [number, number][] })

test('every point is a bar inside the box, a silent one too', () => {
  expect(bars(wave([0, 0.5, 1]))).toBe('M0.5 49.0V51.0M1.5 28.0V72.0M2.5 6.0V94.0')
})

test('a voice from far away is drawn as high as one close by, and an empty room is not drawn as a voice', () => {
  expect(bars(wave([0.05, 0.1]))).toBe(bars(wave([0.5, 1])))
  expect(bars(wave([0.001]))).toBe('M0.5 49.0V51.0')
})

test('a gap can be seen however short, and ends with the recording', () => {
  const health = { ...healthy, gaps: [{ atMs: 500, ms: 0, why: 'device' as const }, { atMs: 990, ms: 500, why: 'slept' as const }] }
  const [short, last] = gapSpans(health, 1000)
  expect(short).toEqual({ from: 0.5, width: 0.003 })
  expect(last?.width).toBeCloseTo(0.01)
})

test('a recording of no length has every moment at its beginning', () => {
  expect(share(500, 0)).toBe(0)
  expect(gapSpans({ ...healthy, gaps: [{ atMs: 1, ms: 1, why: 'device' }] }, 0)).toEqual([])
})

test('next and previous lead past where one is', () => {
  expect(neighbour([30_000, 10_000], 0, 1)).toBe(10_000)
  expect(neighbour([10_000, 30_000], 10_000, 1)).toBe(30_000)
  expect(neighbour([10_000, 30_000], 30_000, 1)).toBeNull()
  expect(neighbour([10_000, 30_000], 30_800, -1)).toBe(10_000)
  expect(neighbour([10_000], 10_000, -1)).toBeNull()
})
