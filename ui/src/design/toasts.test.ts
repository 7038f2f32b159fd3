/** How long a toast stays, and that undo undoes once. */
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FaultError } from '../backend/call'
import { STAYS_MS, toasts } from './toasts.svelte'
import Toasts from './Toasts.svelte'

afterEach(() => toasts.clear())

describe('the time it stays', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('it is at least eight seconds', () => {
    toasts.say({ text: 'Saved.' })
    vi.advanceTimersByTime(7_999)
    expect(toasts.shown).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(toasts.shown).toHaveLength(0)
  })

  test('it begins anew after the pointer or the focus has left', () => {
    toasts.say({ text: 'Saved.' })
    toasts.pause()
    vi.advanceTimersByTime(10 * STAYS_MS)
    expect(toasts.shown).toHaveLength(1)
    toasts.resume()
    vi.advanceTimersByTime(STAYS_MS)
    expect(toasts.shown).toHaveLength(0)
  })

  test('no more than three stand at once', () => {
    for (const text of ['1', '2', '3', '4']) toasts.say({ text })
    expect(toasts.shown.map((toast) => toast.text)).toEqual(['2', '3', '4'])
  })
})

describe('undo', () => {
  test('it takes back the latest that can be, once', async () => {
    const undone: string[] = []
    toasts.say({ text: 'Archived.', undo: async () => void undone.push('archive') })
    toasts.say({ text: 'Saved.' })
    const [first, second] = await Promise.all([toasts.undoLatest(), toasts.undoLatest()])
    expect([first, second]).toEqual([true, false])
    expect(undone).toEqual(['archive'])
    expect(toasts.shown.map((toast) => toast.text)).toEqual(['Saved.'])
  })

  test('one that fails says so in its own place', async () => {
    const refused = new FaultError({ code: 'gone', reference: 'K7Q2M9XD' })
    toasts.say({ text: 'Archived.', undo: () => Promise.reject(refused) })
    await toasts.undoLatest()
    expect(toasts.shown[0]?.fault?.code).toBe('gone')
  })

  test('Ctrl+Z takes it back, but inside a field it belongs to the typing', async () => {
    const user = userEvent.setup()
    const undo = vi.fn(() => Promise.resolve())
    render(Toasts)
    const field = document.body.appendChild(document.createElement('input'))
    toasts.say({ text: 'Archived.', undo })
    await screen.findByText('Archived.')
    field.focus()
    await user.keyboard('{Control>}z{/Control}')
    expect(undo).not.toHaveBeenCalled()
    field.remove()
    await user.keyboard('{Control>}z{/Control}')
    expect(undo).toHaveBeenCalledOnce()
  })

  test('a lock leaves nothing standing', () => {
    toasts.say({ text: 'Archived.', undo: () => Promise.resolve() })
    toasts.clear()
    expect(toasts.shown).toEqual([])
  })
})
