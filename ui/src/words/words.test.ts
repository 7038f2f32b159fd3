/** What `t` promises: plurals, values, a sentence for every code, and a disguise that nothing escapes. */
import { afterEach, describe, expect, test } from 'vitest'
import bindings from '../bindings.ts?raw'
import type { Code } from '../bindings'
import en from './en.json'
import { pseudo } from './pseudo'
import { faultSentence, faultWords, known, speak, t, type Key } from './words'

const codes = [...(/export type Code =(.+?);\n/s.exec(bindings)?.[1] ?? '').matchAll(/"([a-z_]+)"/g)].map(
  ([, code]) => code as Code,
)

const VALUES = /\{\w+\}/g

afterEach(() => speak('en'))

describe('sentences', () => {
  test('a value stands where its name was', () => {
    expect(t('desk.greet', { name: 'Ingrid' })).toBe('Welcome back, Ingrid')
  })

  test('what a person typed is never read as a place for another value', () => {
    expect(t('desk.greet', { name: '{name} $& {other}' })).toBe('Welcome back, {name} $& {other}')
  })

  test('a missing value is an error and not a hole in a sentence', () => {
    expect(() => t('desk.greet')).toThrow('{name}')
  })

  test('one and many are told apart', () => {
    expect(t('settings.minutes', { count: 1 })).toBe('1 minute')
    expect(t('settings.minutes', { count: 5 })).toBe('5 minutes')
    expect(t('settings.minutes', { count: 4000 })).toBe('4,000 minutes')
  })

  test('words nobody wrote are not found, nor are the names of objects', () => {
    expect(known('password.warning.nothing_like_it')).toBe(false)
    expect(known('errors.wrong_password')).toBe(false)
    expect(known('constructor.name')).toBe(false)
    expect(known('settings.minutes')).toBe(true)
  })
})

describe('faults', () => {
  test('the codes are read off the bindings', () => {
    expect(codes.length).toBeGreaterThan(30)
  })

  test.each(codes)('%s says what happened and what to do, in whole sentences', (code) => {
    const { what, safe, do: todo } = faultWords(code)
    for (const sentence of [what, todo, ...(safe === null ? [] : [safe])]) expect(sentence).toMatch(/^\p{Lu}.*[.!?]$/su)
  })

  test('no sentence is left over from a code that is gone', () => {
    expect(Object.keys(en.errors).sort()).toEqual([...codes].sort())
  })

  test('none says practice to somebody whose own application it may be, except about its name', () => {
    const neutral = Object.entries(en.errors).filter(([code]) => !code.startsWith('practice_name'))
    expect(neutral.filter(([, words]) => /practice/i.test(JSON.stringify(words)))).toEqual([])
  })

  test('as one line it keeps its order', () => {
    expect(faultSentence('wrong_pin')).toBe('That is not the PIN. Nothing was changed. Try again, or use your password.')
  })
})

describe('the pseudo language', () => {
  test('every sentence is bracketed, at least 40 % longer, and keeps its values', () => {
    const disguised = leaves(pseudo(en as never))
    for (const [i, [key, english]] of leaves(en).entries()) {
      const [, other = ''] = disguised[i] ?? []
      expect(other, key).toMatch(/^\[.+\]$/s)
      expect(bare(other).length, key).toBeGreaterThanOrEqual(bare(english).length * 1.4)
      expect(other.match(VALUES), key).toEqual(english.match(VALUES))
    }
  })

  test('it is spoken after being asked for', () => {
    speak('pseudo')
    expect(t('desk.greet', { name: 'Ingrid' })).toMatch(/^\[.*Ingrid.*\]$/)
    expect(t('settings.minutes', { count: 1 })).toMatch(/^\[1 /)
    expect(document.documentElement.lang).toBe('en')
  })
})

function bare(sentence: string): string {
  return sentence.replace(VALUES, '')
}

function leaves(words: unknown, path = ''): [Key, string][] {
  if (typeof words === 'string') return [[path as Key, words]]
  return Object.entries(words as object).flatMap(([key, below]) => leaves(below, path === '' ? key : `${path}.${key}`))
}
