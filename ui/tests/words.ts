/** The application's own words, so that a test finds a button by what is written on it and never by how it is made.
 *
 *  It reads the same file the screens read; in the test language it disguises the words the same way. */
import { readFileSync } from 'node:fs'
import { pseudo } from '../src/words/pseudo'
import type { Key, Language, Values } from '../src/words/words'

type Tree = { [key: string]: string | Tree }

const english = JSON.parse(readFileSync(new URL('../src/words/en.json', import.meta.url), 'utf8')) as Tree

export class Words {
  readonly language: Language
  readonly #tree: Tree

  constructor(language: Language) {
    this.language = language
    this.#tree = language === 'pseudo' ? (pseudo(english) as Tree) : english
  }

  /** The sentence under a key, as `t` in the screens would say it. */
  t = (key: Key, values: Values = {}): string => {
    let found: string | Tree | undefined = this.#tree
    for (const step of key.split('.')) found = typeof found === 'object' ? found[step] : undefined
    if (typeof found === 'object') found = found[values['count'] === 1 && 'one' in found ? 'one' : 'other']
    if (typeof found !== 'string') throw new Error(`no words under ${key}`)
    return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }

  /** The same, matching any value where the sentence has a gap. */
  like = (key: Key, values: Values = {}): RegExp => {
    const pieces = this.t(key, values).split(/\{\w+\}/)
    return new RegExp(`^${pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`)
  }
}

export const inEnglish = new Words('en')
export const { t, like } = inEnglish
