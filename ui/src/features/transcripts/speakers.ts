/** Who speaks, in words: a name somebody gave, else the person the role stands for. How it is known is said beside it,
 *  because a machine that tells voices apart can be wrong and a person must see when to look. */
import type { Session, TranscriptSegment, TranscriptSpeaker } from '../../bindings'
import { t } from '../../words/words'

export type Sure = 'very' | 'fairly' | 'hardly'

/** How sure it is of a voice says how much nearer it lies to itself than to the next: a half is far apart, a quarter is
 *  enough to tell two people in one room. */
const FAR_APART = 0.5
const APART = 0.25
/** Words that lie between two voices may be either's. */
export const UNSURE_SPEAKER = 0.1
/** A word less likely than this wants an ear; the files that are carried away draw the line at the same place. */
export const UNSURE_WORD = 0.5

export function sureness(confidence: number): Sure {
  if (confidence >= FAR_APART) return 'very'
  return confidence >= APART ? 'fairly' : 'hardly'
}

type Room = { patientName: string; mine: boolean }

export function roomOf(session: Session, me: string | undefined): Room {
  return { patientName: session.patientName, mine: session.clinician === me }
}

/** A name for each voice, no two alike. */
export function namesOf(speakers: readonly TranscriptSpeaker[], room: Room): string[] {
  const names = speakers.map((speaker) => speaker.name ?? nameOfRole(speaker, room))
  return names.map((name, i) => {
    const same = names.flatMap((each, at) => (each === name ? [at] : []))
    return same.length === 1 ? name : t('transcripts.numbered', { name, number: same.indexOf(i) + 1 })
  })
}

function nameOfRole({ role }: TranscriptSpeaker, { patientName, mine }: Room): string {
  if (role === 'clinician') return t(mine ? 'transcripts.you' : 'transcripts.role_clinician')
  if (role === 'client' && patientName !== '') return patientName
  return t(`transcripts.role_${role}`)
}

/** What was said of how a voice is known: "told apart by voice: fairly sure". */
export function knownWords({ knownBy, confidence }: TranscriptSpeaker): string {
  return t(`transcripts.known.${knownBy}`, { sure: t(`transcripts.sure.${sureness(confidence)}`) })
}

/** How long each voice spoke, in milliseconds. */
export function spokenMs(segments: readonly TranscriptSegment[], speakers: number): number[] {
  const spoken = Array.from({ length: speakers }, () => 0)
  for (const { speaker, t0Ms, t1Ms } of segments) spoken[speaker] = (spoken[speaker] ?? 0) + (t1Ms - t0Ms)
  return spoken
}
