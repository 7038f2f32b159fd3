/** Reaching the one session of the sample practice that has sound, once it is written down: by the real engine with the
 *  practice model, as everything else here is real. */
import { expect, type Locator, type Page } from '@playwright/test'
import type { Session, Transcribing, Transcript } from '../src/bindings'
import type { Bridge } from './bridge'
import { ask, openSample, visit } from './steps'
import { inEnglish, type Words } from './words'

/** The engine listens to close on three minutes on whatever machine this is. */
const WRITTEN = { timeout: 90_000 }

export async function theSession(bridge: Bridge): Promise<Session> {
  const lately = await ask<Session[]>(bridge, 'sessions_lately', { limit: 100 })
  const heard = lately.find(({ recordings }) => recordings.length > 0)
  if (heard === undefined) throw new Error('the sample practice has no session with sound')
  return heard
}

/** What was said, as a list of turns. */
export function text(page: Page, words: Words = inEnglish): Locator {
  return page.getByRole('list', { name: words.t('transcripts.text') })
}

/** The words of the sample session, on the screen. */
export async function readWords(page: Page, bridge: Bridge, words: Words = inEnglish): Promise<Session> {
  await openSample(page, bridge, words)
  const session = await theSession(bridge)
  await visit(page, `/sessions/${session.id}`)
  await expect(text(page, words)).toBeVisible(WRITTEN)
  return session
}

/** The transcript that counts. */
export async function theTranscript(bridge: Bridge, session: string): Promise<Transcript> {
  const [work] = await ask<Transcribing[]>(bridge, 'transcripts_of_session', { session })
  const current = work?.transcripts.find((each) => each.current)
  if (current === undefined) throw new Error('nothing is written down')
  return current
}
