/** What was said in the tests of this slice: short, whole, and made from one another. */
import type {
  OpenTranscript,
  Transcribing,
  Transcript,
  TranscriptSegment,
  TranscriptSpeaker,
  TranscriptWord,
} from '../../bindings'

/** A word takes 300 ms and follows the one before at once. */
export function wordsFrom(t0Ms: number, text: string, p = 0.95): TranscriptWord[] {
  return text.split(' ').map((each, i) => ({ t0Ms: t0Ms + i * 300, t1Ms: t0Ms + i * 300 + 280, text: each, p, typed: false }))
}

export function said(id: number, speaker: number, t0Ms: number, text: string, change: Partial<TranscriptSegment> = {}): TranscriptSegment {
  const words = wordsFrom(t0Ms, text)
  const t1Ms = words.at(-1)?.t1Ms ?? t0Ms
  return { id, speaker, t0Ms, t1Ms, confidence: 0.9, words, corrected: false, speakerByPerson: false, ...change }
}

export const you: TranscriptSpeaker = { role: 'clinician', knownBy: 'guess', confidence: 0.4, name: null }
export const client: TranscriptSpeaker = { role: 'client', knownBy: 'guess', confidence: 0.4, name: null }

export function transcriptLike(change: Partial<Transcript> = {}): Transcript {
  return {
    id: 'words',
    recording: 'sound',
    session: 'talk',
    patient: 'maya',
    state: 'kept',
    current: true,
    degraded: [],
    madeAt: '2026-04-14T10:52:00Z',
    language: 'en',
    engine: 'local 1',
    model: 'Parakeet TDT 0.6B v3',
    practice: false,
    remote: false,
    lengthMs: 60_000,
    speechMs: 40_000,
    coveredMs: 40_000,
    holes: [],
    speakers: [you, client],
    corrections: 0,
    deletedAt: null,
    deletedBy: null,
    ...change,
  }
}

export function openedLike(change: Partial<Transcript> = {}, segments = talk): OpenTranscript {
  return { transcript: transcriptLike(change), segments }
}

/** Five sentences of two people. */
export const talk: TranscriptSegment[] = [
  said(1, 0, 1_000, 'What happened on Monday?'),
  said(2, 1, 4_000, 'I had a panic attack.'),
  said(3, 1, 6_500, 'It was at work.'),
  said(4, 0, 9_000, 'That sounds very scary.'),
  said(5, 1, 12_000, 'I thought I am going to lose my job.'),
]

export function workLike(change: Partial<Transcribing> = {}): Transcribing {
  return { recording: 'sound', job: null, waitsFor: null, transcripts: [transcriptLike()], ...change }
}
