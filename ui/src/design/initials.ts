/** One or two letters for a name in any script: the first of the first word and of the last. Letters are
 *  taken whole, so that an emoji or an accent written in two characters is not cut in half. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return ends.map((word) => firstLetter(word ?? '')).join('').toLocaleUpperCase()
}

function firstLetter(word: string): string {
  const bare = word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, '') || word
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(bare)) return segment
  return ''
}
