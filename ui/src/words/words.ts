/** Every word a person reads, found by key.
 *
 *  `en.json` is the source; the types below are read off it, so a key that does not exist is a compile
 *  error. A second language is one more file with the same keys. The pseudo language is made from the
 *  English: accented, longer, bracketed, so that a word that escaped this file and a layout that cannot
 *  grow both show at once.
 *
 *  It refuses to hold words outside the JSON, and to guess: a missing value throws in development. */
import type { Code, Language } from '../bindings'
import en from './en.json'
import { pseudo } from './pseudo'


type Plural = { one?: string; other: string }
type Keys<T> = {
  [K in keyof T & string]: T[K] extends string | Plural ? K : `${K}.${Keys<T[K]>}`
}[keyof T & string]

/** A dotted path to a sentence in `en.json`. */
export type Key = Keys<typeof en>
export type { Language }
export type Values = Record<string, string | number>

type Tree = { [key: string]: string | Tree }

const sources: Record<Language, () => Tree> = {
  en: () => en as Tree,
  pseudo: () => pseudo(en as Tree) as Tree,
}

let language: Language = 'en'
let tree: Tree = sources.en()
let plural = new Intl.PluralRules('en')

/** Switches every later `t`. What is already on screen is drawn again by whoever calls this. */
export function speak(next: Language): void {
  language = next
  tree = sources[next]()
  plural = new Intl.PluralRules(languageTag())
  document.documentElement.lang = languageTag()
}

export function spoken(): Language {
  return language
}

/** The language as `Intl` and `lang=` want it: the pseudo language is English underneath. */
export function languageTag(): string {
  return language === 'pseudo' ? 'en' : language
}

/** The sentence under `key`, with `{name}` replaced by `values.name`; `count` chooses the plural. */
export function t(key: Key, values: Values = {}): string {
  const found = find(key)
  if (found === undefined) throw new Error(`no words under ${key}`)
  const sentence = typeof found === 'string' ? found : pick(found, values)
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${key} wants {${name}}`)
    return typeof value === 'number' ? value.toLocaleString(languageTag()) : (value ?? whole)
  })
}

/** Whether there are words under a key that arrives from outside, such as a password warning. */
export function known(key: string): key is Key {
  const found = find(key)
  return typeof found === 'string' || (found !== undefined && 'other' in found)
}

/** What a code says: what happened, what is safe, what to do. */
export type FaultWords = { what: string; safe: string | null; do: string }

export function faultWords(code: Code): FaultWords {
  const safe = `errors.${code}.safe`
  return {
    what: t(`errors.${code}.what`),
    safe: known(safe) ? t(safe) : null,
    do: t(`errors.${code}.do`),
  }
}

/** The same as one line, for a field or a toast. */
export function faultSentence(code: Code): string {
  const { what, safe, do: todo } = faultWords(code)
  return [what, safe, todo].filter(Boolean).join(' ')
}

function find(key: string): string | Tree | undefined {
  let at: string | Tree | undefined = tree
  for (const step of key.split('.')) {
    if (at === undefined || typeof at === 'string' || !Object.hasOwn(at, step)) return undefined
    at = at[step]
  }
  return at
}

function pick(forms: Tree, values: Values): string {
  const form = forms[plural.select(Number(values['count'] ?? 0))] ?? forms['other']
  if (typeof form !== 'string') throw new Error('a plural needs the form "other"')
  return form
}
