/** A recording as a drawing: bars for how loud it was, and where on the line something happened. All of it is in
 *  shares of the whole, so that the same drawing fits every width. */
import type { Health, Waveform } from '../../bindings'

/** A voice across a room is a tenth of what a microphone can take, and is drawn as high as one close by. Below this
 *  there is only the room. */
const FAINT = 0.05

/** One bar a point, mirrored about the middle of a box `peaks.length` wide and 100 high. */
export function bars({ peaks }: Waveform): string {
  const loudest = Math.max(FAINT, ...peaks.map((peak) => peak ?? 0))
  return peaks
    .map((peak, i) => {
      // A hair even where it was silent, so that the line of time is never interrupted.
      const half = Math.max(1, (Math.max(0, peak ?? 0) / loudest) * 44)
      return `M${i + 0.5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`
    })
    .join('')
}

export type Span = { from: number; width: number }

/** Where nothing was heard, as shares of the whole; never so thin that it could not be seen. */
export function gapSpans({ gaps }: Health, durationMs: number): Span[] {
  if (durationMs <= 0) return []
  return gaps.map(({ atMs, ms }) => {
    const from = share(atMs, durationMs)
    return { from, width: Math.min(1 - from, Math.max(0.003, ms / durationMs)) }
  })
}

export function share(atMs: number, durationMs: number): number {
  return durationMs <= 0 ? 0 : Math.min(1, Math.max(0, atMs / durationMs))
}

/** The place `step` places on from here. A moment counts as the place it is at. */
export function neighbour(places: number[], atMs: number, step: 1 | -1): number | null {
  // While it plays on, "previous" must lead past the one just heard.
  const REACH = 1500
  const beyond = places.filter((each) => (step === 1 ? each > atMs + 1 : each < atMs - REACH))
  if (beyond.length === 0) return null
  return step === 1 ? Math.min(...beyond) : Math.max(...beyond)
}
