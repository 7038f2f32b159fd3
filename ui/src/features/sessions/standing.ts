/** How a session stands, as one word beside it: what is the matter first, what is well last. It judges a recording by
 *  what is missing of it and by nothing that was said. */
import type { Recording, Session } from '../../bindings'

export type Standing = 'recording' | 'interrupted' | 'deleted' | 'gaps' | 'recovered' | 'recorded' | 'unrecorded'

/** How long after its end a session can go on in another part: somebody comes back from the door. */
export const CONTINUES_FOR_MS = 30 * 60 * 1000

export function standing(session: Session): Standing {
  const { state, recordings } = session
  if (state === 'recording' || state === 'interrupted') return state
  if (recordings.length === 0) return 'unrecorded'
  if (recordings.every((each) => each.state === 'deleted')) return 'deleted'
  if (recordings.some((each) => each.state !== 'deleted' && each.health.gaps.length > 0)) return 'gaps'
  if (recordings.some((each) => each.state === 'recovered')) return 'recovered'
  return 'recorded'
}

export function gapsOf(session: Session): number {
  return session.recordings.reduce((sum, { health }) => sum + health.gaps.length, 0)
}

/** What was kept of it, in whole minutes; at least one where there is anything. */
export function minutesKept(session: Session): number | null {
  const ms = session.recordings.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return ms === 0 ? null : Math.max(1, Math.round(ms / 60_000))
}

/** The moment up to which a recording is whole. */
export function keptUntil({ endedAt, beganAt, durationMs }: Recording): string {
  return endedAt ?? new Date(Date.parse(beganAt) + durationMs).toISOString()
}

export function canGoOn(session: Session, now: Date): boolean {
  if (session.state === 'interrupted') return true
  if (session.state !== 'recorded' || session.endedAt === null) return false
  // What came from a file was not recorded here, and nobody of it need be in the room.
  if (session.recordings.some(({ source }) => source === 'imported')) return false
  return now.getTime() - Date.parse(session.endedAt) < CONTINUES_FOR_MS
}

/** Those that wait for somebody first, each group newest first. */
export function needingFirst(sessions: Session[]): Session[] {
  const waiting = sessions.filter(({ state }) => state === 'interrupted')
  return [...waiting, ...sessions.filter(({ state }) => state !== 'interrupted')]
}
