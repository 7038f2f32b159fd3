/** From decibels to what a meter can show. Speech across a room peaks near -30 dB; what lies under -60 dB is the
 *  microphone's own noise, and showing it would make a silent room look as if somebody spoke. */
const FLOOR_DB = -60

/** How many of `steps` are lit. */
export function stepsOf(db: number | null, steps: number): number {
  if (db === null || !Number.isFinite(db)) return 0
  const share = (db - FLOOR_DB) / -FLOOR_DB
  return Math.round(Math.min(1, Math.max(0, share)) * steps)
}
