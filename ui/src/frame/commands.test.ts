/** The keys that stand for commands: when they are heard, and that single ones can be switched off. */
import { afterEach, expect, test, vi } from 'vitest'
import { preferences } from '../features/settings/preferences.svelte'
import { commandList, singleKey } from './commands.svelte'

const run = { letter: vi.fn(), chord: vi.fn() }
const withdraw = commandList.add({
  place: 'here',
  commands: () => [
    { label: 'Add', key: 'n', run: run.letter },
    { label: 'Search', key: 'mod k', run: run.chord },
  ],
})

const press = (key: string, held: KeyboardEventInit = {}) =>
  commandList.hear(new KeyboardEvent('keydown', { key, cancelable: true, ...held }))

afterEach(() => {
  preferences.now = { ...preferences.now, singleKeys: true }
  vi.clearAllMocks()
})

test('a single key runs its command', () => {
  expect(press('n')).toBe(true)
  expect(run.letter).toHaveBeenCalledOnce()
  expect(singleKey('N')).toBe('N')
})

test('switched off, a single key runs nothing and is printed nowhere, and chords go on', () => {
  preferences.now = { ...preferences.now, singleKeys: false }
  expect(press('n')).toBe(false)
  expect(run.letter).not.toHaveBeenCalled()
  expect(commandList.here.map(({ key }) => key)).toEqual([undefined, 'mod k'])
  expect(singleKey('N')).toBeUndefined()
  expect(press('k', { ctrlKey: true })).toBe(true)
  expect(run.chord).toHaveBeenCalledOnce()
})

test('a command that was withdrawn is not heard', () => {
  withdraw()
  expect(press('n')).toBe(false)
})
