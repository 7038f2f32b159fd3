/** Sessions and recordings for the tests of this slice, whole and made from one another. */
import type { Health, Recording, Session } from '../../bindings'

export const healthy: Health = { levelDb: -24, peakDb: -6, gaps: [], pauses: [], devices: [], warnings: [] }

export function recordingLike(change: Partial<Recording> = {}): Recording {
  return {
    id: 'sound',
    session: 'talk',
    patient: 'maya',
    part: 1,
    file: 'file',
    source: 'microphone',
    codec: 'lossless',
    state: 'kept',
    beganAt: '2026-04-14T10:00:00Z',
    endedAt: '2026-04-14T10:49:10Z',
    durationMs: 2_950_000,
    bytes: 40_000_000,
    bookmarks: [],
    health: healthy,
    deletedAt: null,
    deletedBy: null,
    ...change,
  }
}

export function sessionLike(change: Partial<Session> = {}): Session {
  return {
    id: 'talk',
    patient: 'maya',
    patientName: 'Maya Okafor',
    clinician: 'me',
    startedAt: '2026-04-14T10:00:00Z',
    endedAt: '2026-04-14T10:49:10Z',
    plannedMinutes: 50,
    place: 'room',
    attendees: [],
    state: 'recorded',
    confirmedAt: '2026-04-14T10:00:00Z',
    consent: 'paper',
    recordings: [recordingLike()],
    ...change,
  }
}
