/** What is said of the words while they are not there: what is safe, and the one thing to press. */
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Transcribing as Work } from '../../bindings'
import { faultWords, t } from '../../words/words'
import { recordingLike } from '../sessions/sample'
import { transcriptLike, workLike } from './sample'
import { standingOf } from './standing'

const stub = vi.hoisted(() => ({ transcriptsStart: vi.fn(), transcriptsRetry: vi.fn(), transcriptsStop: vi.fn(), transcriptsOfSession: vi.fn() }))
vi.mock('../../bindings', () => ({ commands: stub, events: { transcribingMoved: { listen: () => Promise.resolve(() => undefined) } } }))
const { Transcribing } = await import('./transcribing.svelte')
const { default: TranscribingState } = await import('./TranscribingState.svelte')
const { default: TranscriptFacts } = await import('./TranscriptFacts.svelte')

beforeEach(() => {
  for (const each of [stub.transcriptsStart, stub.transcriptsRetry, stub.transcriptsStop]) each.mockImplementation(() => Promise.resolve({ status: 'ok', data: null }))
  stub.transcriptsOfSession.mockImplementation(() => Promise.resolve({ status: 'ok', data: [] }))
})

afterEach(() => {
  location.hash = ''
  vi.clearAllMocks()
})

const job = (change: Partial<NonNullable<Work['job']>>) => ({ id: 'job', state: 'waiting' as const, why: null, doneMs: 0, totalMs: 0, ...change })

function shown(change: Partial<Work>, elsewhere: string | null = null, recording = recordingLike()) {
  const standing = workLike({ transcripts: [], ...change })
  const sendAway = vi.fn()
  render(TranscribingState, { work: new Transcribing('talk'), standing, stands: standingOf(standing), recording, elsewhere, sendAway })
  return sendAway
}

test('without a model there is one thing to press, and the sound is said to be safe', async () => {
  shown({ job: job({}), waitsFor: 'model' })
  expect(screen.getByText(/sound is safe/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.choose_model') }))
  expect(location.hash).toBe('#/speech')
})

test('while it runs one sees how far it is, and can stop it', async () => {
  shown({ job: job({ state: 'running', doneMs: 724_000, totalMs: 2_950_000 }) })
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('24')
  expect(screen.getByText(/12:04 of 49:10/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.stop') }))
  expect(stub.transcriptsStop).toHaveBeenCalledWith('sound')
})

test('what failed says what, what is safe and what to do, and is tried again as it was asked for', async () => {
  shown({ job: job({ state: 'stopped', why: 'engine_failed' }), transcripts: [transcriptLike()] })
  const { what, safe, do: todo } = faultWords('engine_failed')
  for (const sentence of [what, safe, todo]) expect(screen.getByRole('alert').textContent).toContain(sentence)
  await userEvent.click(screen.getByRole('button', { name: t('design.try_again') }))
  expect(stub.transcriptsRetry).toHaveBeenCalledWith('job')
  expect(stub.transcriptsStart).not.toHaveBeenCalled()
})

test('what Attune itself broke off is not said to have been stopped by anybody', async () => {
  shown({ job: job({ state: 'stopped', why: null }) })
  for (const part of ['what', 'safe', 'do'] as const) expect(screen.getByRole('alert').textContent).toContain(t(`transcripts.broke_off.${part}`))
  expect(screen.queryByText(t('transcripts.stopped'))).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: t('design.try_again') }))
  expect(stub.transcriptsRetry).toHaveBeenCalledWith('job')
})

test('what a person stopped goes on as it was asked for', async () => {
  shown({ job: job({ state: 'stopped', why: 'cancelled' }) })
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.write') }))
  expect(stub.transcriptsRetry).toHaveBeenCalledWith('job')
  expect(stub.transcriptsStart).not.toHaveBeenCalled()
})

test('where nothing was asked for, the whole is written down', async () => {
  shown({})
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.write') }))
  expect(stub.transcriptsStart).toHaveBeenCalledWith('sound', null, false)
  expect(stub.transcriptsRetry).not.toHaveBeenCalled()
})

test('what may not be sent away can be written here, unless that would push words aside', async () => {
  const stopped = job({ state: 'stopped', why: 'remote_not_allowed' })
  shown({ job: stopped, transcripts: [transcriptLike()] })
  expect(screen.queryByRole('button', { name: t('transcripts.write_here') })).toBeNull()
  expect(screen.getByRole('button', { name: t('design.try_again') })).toBeTruthy()
  shown({ job: stopped })
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.write_here') }))
  expect(stub.transcriptsStart).toHaveBeenCalledWith('sound', null, false)
})

test.each(['model', 'recording', null] as const)('what waits for %s can be left', async (waitsFor) => {
  shown({ job: job({}), waitsFor })
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.leave') }))
  expect(stub.transcriptsStop).toHaveBeenCalledWith('sound')
})

test('sending sound away is offered only where somebody switched it on, and asks first', async () => {
  shown({})
  expect(screen.queryByRole('button', { name: /Let/ })).toBeNull()
  const sendAway = shown({}, 'speech.example.org')
  await userEvent.click(screen.getByRole('button', { name: t('transcripts.send_away', { host: 'speech.example.org' }) }))
  expect(sendAway).toHaveBeenCalledOnce()
  expect(stub.transcriptsStart).not.toHaveBeenCalled()
})

test('where the sound is gone nothing is promised', () => {
  shown({}, null, recordingLike({ state: 'deleted' }))
  expect(screen.getByText(t('transcripts.no_sound'))).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})

test('a half transcript says that it is one, how much is missing and why', () => {
  const holes = [{ t0Ms: 10_000, t1Ms: 15_000, why: 'engine' as const }]
  render(TranscriptFacts, {
    transcript: transcriptLike({ degraded: ['missing_parts', 'speakers_guessed'], holes, coveredMs: 30_000, speechMs: 40_000, remote: true }),
    formerNow: true,
  })
  expect(screen.getByText(t('transcripts.covered', { percent: '75' }))).toBeTruthy()
  expect(screen.getByText(t('transcripts.degraded.missing_parts', { count: 1, length: '0:05' }))).toBeTruthy()
  expect(screen.getByText(t('transcripts.degraded.speakers_guessed'))).toBeTruthy()
  expect(screen.getByText(t('transcripts.was_remote'))).toBeTruthy()
  expect(screen.getByText(t('transcripts.former'))).toBeTruthy()
})

test('what the practice model wrote is called practice before anything else', () => {
  render(TranscriptFacts, { transcript: transcriptLike({ practice: true, degraded: ['practice_model'] }), formerNow: false })
  expect(screen.getByRole('status').textContent).toContain(t('transcripts.practice_text'))
  expect(screen.getByText(t('transcripts.practice_word'))).toBeTruthy()
})
