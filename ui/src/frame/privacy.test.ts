/** The privacy blur's guard: which keys pass, and what lies still under it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { privacy } from './privacy.svelte'

const heard = vi.fn<(key: string) => void>()
const listen = (event: KeyboardEvent) => heard(event.key)

function press(on: Element, key: string, held: KeyboardEventInit = {}): boolean {
  return on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held }))
}

beforeEach(() => {
  document.body.innerHTML = `
    <div id="app"><button id="under">5</button><div data-above-privacy><button id="show">Show</button></div></div>
    <div role="dialog" id="dialog"><button>Save</button></div>`
  addEventListener('keydown', listen)
})

afterEach(() => {
  privacy.reveal()
  removeEventListener('keydown', listen)
  heard.mockClear()
})

const at = (id: string) => document.getElementById(id) as HTMLElement

test('under the blur only its own key and the lock reach the window', () => {
  privacy.toggle()
  for (const key of ['5', 'n', '?', 'Escape', 'Enter']) press(document.body, key)
  for (const key of ['z', 'k']) press(document.body, key, { ctrlKey: true })
  expect(heard).not.toHaveBeenCalled()
  press(document.body, 'b', { ctrlKey: true })
  press(document.body, 'l', { ctrlKey: true })
  expect(heard.mock.calls).toEqual([['b'], ['l']])
})

test('the way back hears Enter, but nothing pressed there is a command', () => {
  privacy.toggle()
  const onShow = vi.fn()
  at('show').addEventListener('keydown', onShow)
  press(at('show'), 'Enter')
  expect(onShow).toHaveBeenCalledOnce()
  press(at('show'), '5')
  expect(onShow).toHaveBeenCalledOnce()
  expect(heard).not.toHaveBeenCalled()
})

test('a dialog that was open lies still, one that opens meanwhile too, and both wake up again', async () => {
  privacy.toggle()
  expect(at('dialog').inert).toBe(true)
  const late = document.body.appendChild(document.createElement('div'))
  await vi.waitFor(() => expect(late.inert).toBe(true))
  privacy.reveal()
  expect([at('dialog').inert, late.inert]).toEqual([false, false])
})

test('revealed, every key means what it meant, and the focus is where it was', async () => {
  at('under').focus()
  privacy.toggle()
  at('show').focus()
  privacy.reveal()
  await vi.waitFor(() => expect(document.activeElement).toBe(at('under')))
  press(document.body, '5')
  expect(heard).toHaveBeenCalledExactlyOnceWith('5')
})
