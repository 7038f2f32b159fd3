/** Keys: which press is which chord, letters for a name, and what a typed piece finds in a list. */
import { describe, expect, test } from 'vitest'
import { initials } from './initials'
import { isTyping, keyLabel, pressed } from './keys'
import { matches } from './matching'

const press = (key: string, held: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...held })

describe('a chord', () => {
  test('is itself and nothing near it', () => {
    expect(pressed(press('k', { ctrlKey: true }), 'mod k')).toBe(true)
    expect(pressed(press('K', { ctrlKey: true, shiftKey: true }), 'mod k')).toBe(false)
    expect(pressed(press('k', { ctrlKey: true, altKey: true }), 'mod k')).toBe(false)
    expect(pressed(press('k', { metaKey: true }), 'mod k')).toBe(false)
    expect(pressed(press('k'), 'mod k')).toBe(false)
  })

  test('is found on a keyboard of another alphabet, and a letter alone is not', () => {
    expect(pressed(press('д', { code: 'KeyL', ctrlKey: true }), 'mod l')).toBe(true)
    expect(pressed(press('ζ', { code: 'KeyZ', ctrlKey: true }), 'mod z')).toBe(true)
    expect(pressed(press('т', { code: 'KeyN' }), 'n')).toBe(false)
    // A Latin letter is the one printed on the key, wherever that key lies.
    expect(pressed(press('l', { code: 'KeyP', ctrlKey: true }), 'mod p')).toBe(false)
  })

  test('a sign may need Shift on this keyboard', () => {
    expect(pressed(press('?', { shiftKey: true }), '?')).toBe(true)
    expect(pressed(press('?'), '?')).toBe(true)
    expect(pressed(press('N', { shiftKey: true }), 'n')).toBe(false)
  })

  test('is printed as it stands on the keys', () => {
    expect(keyLabel('mod shift k')).toBe('Ctrl Shift K')
  })

  test('a single key belongs to the text inside a field', () => {
    const field = document.createElement('textarea')
    expect(isTyping(field)).toBe(true)
    expect(isTyping(document.createElement('button'))).toBe(false)
    expect(isTyping(Object.assign(document.createElement('input'), { type: 'range' }))).toBe(false)
    expect(isTyping(null)).toBe(false)
  })
})

describe('initials', () => {
  test.each([
    ['Maya Okafor', 'MO'],
    ['  zoë van der ångström ', 'ZÅ'],
    ['李小龍', '李'],
    ['(Tom)', 'T'],
    ['👩‍👧 Ana', '👩‍👧A'],
    ['', ''],
  ])('of "%s" are "%s"', (name, letters) => {
    expect(initials(name)).toBe(letters)
  })
})

describe('matching a list', () => {
  test('finds the start of any word, accents and case aside', () => {
    expect(matches('Côte d’Ivoire', 'ivo')).toBe(true)
    expect(matches('Côte d’Ivoire', 'COTE')).toBe(true)
    expect(matches('United Kingdom', 'king un')).toBe(true)
    expect(matches('United Kingdom', 'ingdom')).toBe(false)
    expect(matches('anything', '')).toBe(true)
  })
})
