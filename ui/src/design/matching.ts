/** Whether what someone typed finds a label: every typed word starts some word of it, accents and case
 *  aside. For lists already on the screen; people are found in Rust, which also forgives typing errors. */
export function matches(label: string, typed: string): boolean {
  const words = plain(label).split(/[^\p{L}\p{N}]+/u)
  return plain(typed)
    .split(/\s+/)
    .every((piece) => words.some((word) => word.startsWith(piece)))
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
