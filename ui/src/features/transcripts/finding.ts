/** Finding in a transcript: what is typed, wherever it was said, whatever its capitals, accents and commas. A match may
 *  run over several words and never over the end of a turn. */
import type { Line } from './turns'

export type Match = { line: number; from: number; to: number }

/** From `from` to `to`, both included, as words of that line. */
export function findIn(lines: readonly Line[], query: string): Match[] {
  const wanted = plain(query).trim()
  if (wanted === '') return []
  const found: Match[] = []
  lines.forEach((line, at) => {
    if (line.kind !== 'turn') return
    const begins: number[] = []
    let text = ''
    for (const { word } of line.words) {
      begins.push(text.length)
      text += `${plain(word.text)} `
    }
    for (let hit = text.indexOf(wanted); hit !== -1; hit = text.indexOf(wanted, hit + wanted.length)) {
      found.push({ line: at, from: wordAt(begins, hit), to: wordAt(begins, hit + wanted.length - 1) })
    }
  })
  return found
}

/** Small letters without accents and signs, so that "I'm fine" finds “I’m fine,”. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[’'‘`]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/ +/gu, ' ')
    .replace(/^ | $/gu, '')
}

function wordAt(begins: readonly number[], at: number): number {
  let word = 0
  while ((begins[word + 1] ?? Number.POSITIVE_INFINITY) <= at) word += 1
  return word
}
