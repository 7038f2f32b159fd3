/** The pseudo language: English that cannot be mistaken for English and takes 40 % more room.
 *
 *  It exists to be looked at and tested against; nobody is meant to read it for long. `{values}` are
 *  left alone, because they are a person's own words or numbers. */
type Tree = { [key: string]: string | Tree }

const ACCENTED: Record<string, string> = {
  a: 'á', c: 'ç', d: 'ð', e: 'é', g: 'ĝ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ļ', n: 'ñ', o: 'ó', r: 'ŕ',
  s: 'š', t: 'ţ', u: 'ú', w: 'ŵ', y: 'ý', z: 'ž', A: 'Á', C: 'Ç', D: 'Ð', E: 'É', G: 'Ĝ', H: 'Ĥ', I: 'Í',
  N: 'Ñ', O: 'Ó', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Ú', W: 'Ŵ', Y: 'Ý', Z: 'Ž',
}
const GROWTH = 0.4
const FILL = 'one two three four five six seven eight nine ten '

/** The same tree with every sentence disguised. */
export function pseudo(words: string | Tree): string | Tree {
  if (typeof words === 'string') return disguise(words)
  return Object.fromEntries(Object.entries(words).map(([key, below]) => [key, pseudo(below)]))
}

function disguise(sentence: string): string {
  const extra = Math.ceil(sentence.replace(/\{\w+\}/g, '').length * GROWTH)
  const fill = FILL.repeat(Math.ceil(extra / FILL.length)).slice(0, extra).trimEnd()
  return `[${accent(sentence)} ${accent(fill)}]`
}

function accent(text: string): string {
  return text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : [...part].map((c) => ACCENTED[c] ?? c).join('')))
    .join('')
}
