/** How the words of one recording stand, as one word: what is under way before what there is, and what there is before
 *  what is missing. A session is never hidden by any of them. */
import type { Code, Recording, Transcribing, Transcript } from '../../bindings'
import { currentOf } from './transcribing.svelte'

export type Standing =
  | 'running'
  | 'waits_model'
  | 'waits_recording'
  | 'waits_turn'
  | 'failed'
  | 'stopped'
  | 'written'
  | 'deleted'
  | 'nothing'

/** A person had it so: they stopped it, or deleted what was being written again. Nothing went wrong, and what there was
 *  before is what there is. */
const BY_A_PERSON: readonly (Code | null)[] = ['cancelled', 'transcript_deleted']

export function standingOf({ job, waitsFor, transcripts }: Transcribing): Standing {
  if (job?.state === 'running') return 'running'
  if (job?.state === 'waiting') return waitsFor === null ? 'waits_turn' : `waits_${waitsFor}`
  // Without a reason Attune itself ended while it was at it, which nobody wanted.
  if (job?.state === 'stopped' && !BY_A_PERSON.includes(job.why)) return 'failed'
  if (transcripts.some(({ state }) => state === 'kept')) return 'written'
  if (transcripts.length > 0) return 'deleted'
  return job?.state === 'stopped' ? 'stopped' : 'nothing'
}

/** What is done about it on the page of the models. */
const ABOUT_MODELS: Code[] = ['model_missing', 'model_unreadable', 'model_foreign', 'model_newer', 'model_mismatch', 'model_too_large', 'language_unknown', 'engine_failed', 'key_refused', 'address_invalid']

export function isAboutModels(code: Code): boolean {
  return ABOUT_MODELS.includes(code)
}

/** Of the speech there is, how much is written down, in whole percent; never 100 while anything is missing. */
export function coveredPercent({ speechMs, coveredMs, holes }: Transcript): number {
  if (speechMs <= 0) return 100
  const percent = Math.min(100, Math.round((coveredMs / speechMs) * 100))
  return percent === 100 && holes.length > 0 ? 99 : percent
}

/** How much speech is not written down. */
export function missingMs({ holes }: Transcript): number {
  return holes.reduce((sum, { t0Ms, t1Ms }) => sum + (t1Ms - t0Ms), 0)
}

/** Those one may look back at: with words, and not the one that is shown by itself. */
export function formerOf(standing: Transcribing): Transcript[] {
  const current = currentOf(standing)
  return standing.transcripts.filter((each) => each.state === 'kept' && each !== current)
}

/** Names nobody: a folder of files is read by whoever opens it. */
export function fileName({ beganAt, part }: Pick<Recording, 'beganAt' | 'part'>): string {
  return `session-${beganAt.slice(0, 10)}-${part}-transcript`
}
