/** That the words and the screens agree: every key asked for exists, none lies unused, and no screen carries words
 *  of its own. */
import { parse } from 'svelte/compiler'
import { expect, test } from 'vitest'
import en from './en.json'
import { known } from './words'

const sources = import.meta.glob<string>(['../**/*.{svelte,ts}', '!../**/*.test.ts', '!../bindings.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const files = Object.entries(sources)
const sections = Object.keys(en)
const keys = paths(en)

/** `password.warning.${key}` stands for every key of that shape. */
const shapes = files
  .flatMap(([, text]) => [...text.matchAll(/`((?:[a-z_]+\.)[^`\s]*\$\{[^`]*)`/g)].map(([, shape]) => shape ?? ''))
  .filter((shape) => sections.some((section) => shape.startsWith(`${section}.`)))
  .map((shape) => new RegExp(`^${shape.replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[a-z0-9_]+')}$`))

test('there are screens to look at', () => {
  expect(files.length).toBeGreaterThan(50)
})

test('every key asked for exists', () => {
  const missing = files.flatMap(([file, text]) =>
    [...text.matchAll(/\bt\(\s*'([^']+)'/g)].filter(([, key]) => !known(key ?? '')).map(([, key]) => `${file}: ${key}`),
  )
  expect(missing).toEqual([])
})

test('every shape of a key fits at least one', () => {
  expect(shapes.filter((shape) => !keys.some((key) => shape.test(key)))).toEqual([])
})

test('no words lie unused', () => {
  const quoted = new Set(files.flatMap(([, text]) => [...text.matchAll(/'([a-z_]+\.[a-z0-9_.]+)'/g)].map(([, key]) => key)))
  expect(keys.filter((key) => !quoted.has(key) && !shapes.some((shape) => shape.test(key)))).toEqual([])
})

test('words of its own are found in a text, an attribute and a branch, and not in a call', () => {
  expect(ownWords('<p>Hello</p>')).toEqual(['Hello'])
  expect(ownWords('<Page heading="Hello"><i class="fine" /></Page>')).toEqual(['Hello'])
  expect(ownWords("{#if ready === 'yes'}{ready ? 'Hello' : 'There'}{/if}")).toEqual(['Hello', 'There'])
  expect(ownWords("<p aria-label={`Hello ${name}`}>{t('desk.back')}{at(time, 'day')} · 5</p>")).toEqual(['Hello'])
})

test('no screen carries words of its own', () => {
  const screens = files.filter(([file]) => file.endsWith('.svelte'))
  expect(screens.flatMap(([file, text]) => ownWords(text).map((words) => `${file}: ${words}`))).toEqual([])
})

/** Attributes whose value is read or spoken, on elements and on our components. */
const READ = ['alt', 'aria-label', 'deed', 'description', 'error', 'heading', 'hint', 'label', 'placeholder', 'subline', 'text', 'title']

type Node = { type: string; name?: string; data?: string; value?: unknown; callee?: { name?: string } }

function ownWords(source: string): string[] {
  const found: string[] = []
  walk(parse(source, { modern: true }).fragment, false)
  return found

  /** `read`: whether what stands here ends up before a person's eyes or ears. */
  function walk(part: unknown, read: boolean): void {
    if (Array.isArray(part)) return part.forEach((each) => walk(each, read))
    if (typeof part !== 'object' || part === null) return
    const node = part as Node
    if (node.type === 'CallExpression' && node.callee?.name === 't') return
    if (node.type === 'Text' && read && wordy(node.data)) found.push((node.data ?? '').trim())
    if (node.type === 'TemplateElement' && read) {
      const { cooked = '' } = node.value as { cooked?: string }
      if (wordy(cooked)) found.push(cooked.trim())
    }
    if (node.type === 'Literal' && read && typeof node.value === 'string' && wordy(node.value)) found.push(node.value)
    if (node.type === 'Attribute') return walk(node.value, READ.includes(node.name ?? ''))
    if (node.type === 'RegularElement' && node.name === 'style') return
    for (const [key, below] of Object.entries(node)) {
      const shown = node.type === 'Fragment' && key === 'nodes'
      // A condition, a key of a list or an argument is not shown; what a `{…}` or a branch yields is.
      if (!['test', 'key', 'context', 'metadata', 'parent'].includes(key)) walk(below, shown || (read && key !== 'arguments' && key !== 'attributes'))
    }
  }
}

function wordy(text: string | undefined): boolean {
  return text !== undefined && /\p{L}{2,}/u.test(text)
}

function paths(words: object, path = ''): string[] {
  return Object.entries(words).flatMap(([key, below]) => {
    const here = path === '' ? key : `${path}.${key}`
    return typeof below === 'string' || 'other' in below ? [here] : paths(below, here)
  })
}
