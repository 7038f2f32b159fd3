/** That the slices' rooms make one house: no two at one address, and every address leads somewhere. */
import { expect, test, vi } from 'vitest'

vi.mock('uplot', () => ({ default: class {} }))

const { roomAt, roomsOf, sidebar } = await import('./rooms')
const kinds = ['practice', 'personal'] as const

test.each(kinds)('a %s begins at a screen of its own', (kind) => {
  expect(roomAt(kind, '/')).not.toBeNull()
  expect(sidebar(kind)[0]?.path).toBe('/')
})

test.each(kinds)('no two screens of a %s share an address', (kind) => {
  const paths = roomsOf(kind).map(({ path }) => path.replace(/:\w+/g, ':'))
  expect(new Set(paths).size).toBe(paths.length)
})

test('a fixed address wins over one with a part', () => {
  expect(roomAt('practice', '/patients/new')?.parts).toEqual({})
})

test('a patient cannot reach the list of patients', () => {
  expect(roomAt('personal', '/patients')).toBeNull()
})
