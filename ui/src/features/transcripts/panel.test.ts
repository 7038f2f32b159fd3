/** A transcript on the screen: whichever one is read, the present or a former, stays as the store has it. */
import { render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TranscriptSegment } from '../../bindings'
import { t } from '../../words/words'
import { recordingLike, sessionLike } from '../sessions/sample'
import { openedLike, said, talk, transcriptLike, workLike } from './sample'

const told = vi.hoisted(() => ({
  changed: [] as ((event: unknown) => void)[],
  transcriptsOpen: vi.fn(),
  transcriptsRead: vi.fn(),
  transcriptsOfSession: vi.fn(),
  transcriptsStart: vi.fn(),
  remoteRead: vi.fn(),
  remoteAllowed: vi.fn(),
  unsavedRead: vi.fn(),
  unsavedDrop: vi.fn(),
}))
vi.mock('../../bindings', () => {
  const silent = { listen: () => Promise.resolve(() => undefined) }
  const practiceChanged = { listen: (heard: (event: unknown) => void) => (told.changed.push(heard), Promise.resolve(() => undefined)) }
  return { commands: told, events: { practiceChanged, playerMoved: silent, transcribingMoved: silent } }
})
vi.stubGlobal('matchMedia', () => ({ matches: false }))

const { Transcribing } = await import('./transcribing.svelte')
const { default: TranscriptCard } = await import('./TranscriptCard.svelte')
const { default: TranscriptPanel } = await import('./TranscriptPanel.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const changes = (topic: string) => told.changed.forEach((heard) => heard({ payload: { topics: [topic] } }))
const former = transcriptLike({ id: 'before', current: false })
const elsewhere = { on: true, endpoint: 'https://speech.example.org/v1', model: 'whisper-1', hasKey: true }

beforeEach(() => {
  told.changed.length = 0
  told.transcriptsOpen.mockImplementation(() => ok(openedLike({ id: 'before', current: false })))
  told.transcriptsOfSession.mockImplementation(() => ok([workLike({ transcripts: [] })]))
  told.transcriptsStart.mockImplementation(() => ok(null))
  told.remoteRead.mockImplementation(() => ok(elsewhere))
  told.unsavedRead.mockImplementation(() => ok(null))
  told.unsavedDrop.mockImplementation(() => ok(null))
})

afterEach(() => void vi.clearAllMocks())

test('a former transcript of which a part is written again is read again, without counting as opened', async () => {
  const written: TranscriptSegment[] = [...talk, said(6, 0, 20_000, 'Nobody had written this down.')]
  render(TranscriptPanel, {
    work: new Transcribing('talk'),
    session: sessionLike(),
    recording: recordingLike(),
    transcript: former,
    former: [former],
    current: transcriptLike(),
    elsewhere: null,
    sendAway: () => undefined,
    onchoose: () => undefined,
  })
  const words = await screen.findByRole('list', { name: t('transcripts.text') })
  expect(words.textContent).not.toContain('Nobody')
  told.transcriptsRead.mockImplementation(() => ok(openedLike({ id: 'before', current: false }, written)))
  changes('transcripts')
  await vi.waitFor(() => expect(words.textContent).toContain('Nobody had written this down.'))
  expect(told.transcriptsRead).toHaveBeenCalledWith('before')
  expect(told.transcriptsOpen).toHaveBeenCalledOnce()
})

const sending = () => screen.findByRole('button', { name: t('transcripts.send_away', { host: 'speech.example.org' }) })

test('sound is sent away after a question, and where that was answered before, without', async () => {
  told.remoteAllowed.mockImplementation(() => ok(true))
  render(TranscriptCard, { session: sessionLike(), recording: recordingLike() })
  ;(await sending()).click()
  await vi.waitFor(() => expect(told.transcriptsStart).toHaveBeenCalledWith('sound', null, true))
  expect(screen.queryByRole('dialog')).toBeNull()

  told.remoteAllowed.mockImplementation(() => ok(false))
  ;(await sending()).click()
  expect((await screen.findByRole('dialog')).textContent).toContain(t('transcripts.remote_agreed'))
  expect(told.transcriptsStart).toHaveBeenCalledOnce()
})

test('where it cannot be found out whether it was agreed to, nothing is sent and that is said', async () => {
  told.remoteAllowed.mockImplementation(() => Promise.resolve({ status: 'error', error: { code: 'unexpected', reference: 'a1b2c3d4' } }))
  render(TranscriptCard, { session: sessionLike(), recording: recordingLike() })
  ;(await sending()).click()
  expect((await screen.findByRole('alert')).textContent).toContain(t('errors.unexpected.what'))
  expect(told.transcriptsStart).not.toHaveBeenCalled()
})
