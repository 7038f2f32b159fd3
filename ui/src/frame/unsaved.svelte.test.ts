/** Half-written text: when it is written down, when it comes back, and that a lock does not lose it. */
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const store = vi.hoisted(() => new Map<string, string>())
const refuse = vi.hoisted(() => ({ now: false }))
const written = vi.hoisted(() => ({ times: 0 }))

vi.mock('../bindings', () => {
  const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
  const locked = () => Promise.resolve({ status: 'error' as const, error: { code: 'locked', reference: 'K7Q2M9XD' } })
  return {
    commands: {
      unsavedRead: (place: string) => ok(store.get(place) ?? null),
      unsavedDrop: (place: string) => ok(store.delete(place) ? null : null),
      unsavedKeep: (place: string, text: string) => {
        if (refuse.now) return locked()
        written.times += 1
        store.set(place, text)
        return ok(null)
      },
    },
  }
})

const { flushUnsaved, keepUnsaved, SETTLES_MS } = await import('./unsaved.svelte')

class Form {
  text = $state('')
}

let leave: () => void = () => undefined

function openForm(form: Form, restored: string[] = []) {
  let unsaved!: ReturnType<typeof keepUnsaved>
  leave = $effect.root(() => {
    unsaved = keepUnsaved(
      'note',
      () => form.text,
      (text) => {
        restored.push(text)
        form.text = text
      },
    )
  })
  flushSync()
  return unsaved
}

function type(form: Form, text: string) {
  form.text = text
  flushSync()
}

beforeEach(() => {
  vi.useFakeTimers()
  store.clear()
  refuse.now = false
  written.times = 0
})

afterEach(() => {
  leave()
  vi.useRealTimers()
})

test('typing is written down once it settles, and not at every letter', async () => {
  const form = new Form()
  openForm(form)
  for (const text of ['s', 'sh', 'she']) type(form, text)
  expect(store.size).toBe(0)
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.get('note')).toBe('she')
  expect(written.times).toBe(1)
})

test('what a form begins with is nobody’s typing', async () => {
  const form = new Form()
  form.text = 'as stored'
  openForm(form)
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.size).toBe(0)
})

test('what was kept comes back when the place is opened again', async () => {
  store.set('note', 'half a sentence')
  const form = new Form()
  const restored: string[] = []
  openForm(form, restored)
  await vi.advanceTimersByTimeAsync(0)
  expect(form.text).toBe('half a sentence')
  expect(restored).toEqual(['half a sentence'])
})

test('what somebody has already begun to type is not overwritten by what was kept', async () => {
  store.set('note', 'old')
  const form = new Form()
  openForm(form)
  type(form, 'new')
  await vi.advanceTimersByTimeAsync(0)
  expect(form.text).toBe('new')
})

test('a lock does not wait for the typing to settle', async () => {
  const form = new Form()
  openForm(form)
  type(form, 'unfinished')
  await flushUnsaved()
  expect(store.get('note')).toBe('unfinished')
})

test('leaving the screen writes down the rest', async () => {
  const form = new Form()
  openForm(form)
  type(form, 'on the way out')
  leave()
  await vi.advanceTimersByTimeAsync(0)
  expect(store.get('note')).toBe('on the way out')
})

test('once saved it is gone, and a late clock does not bring it back', async () => {
  const form = new Form()
  const unsaved = openForm(form)
  type(form, 'saved by now')
  await unsaved.drop()
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.size).toBe(0)
})

test('once saved, what was set aside goes on being kept', async () => {
  const form = new Form()
  const unsaved = openForm(form)
  type(form, 'saved by now')
  await unsaved.drop('about somebody else')
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.get('note')).toBe('about somebody else')
})

test('emptied again it keeps nothing', async () => {
  const form = new Form()
  openForm(form)
  type(form, 'something')
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  type(form, '')
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.size).toBe(0)
})

test('a refusal loses nothing: the next flush writes it', async () => {
  const form = new Form()
  openForm(form)
  refuse.now = true
  type(form, 'kept in the form')
  await vi.advanceTimersByTimeAsync(SETTLES_MS)
  expect(store.size).toBe(0)
  refuse.now = false
  await flushUnsaved()
  expect(store.get('note')).toBe('kept in the form')
})
