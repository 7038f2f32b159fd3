/** The words on the screen: by keys alone, put right in place, and never more sure than they are. */
import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TranscriptSegment } from '../../bindings'
import { t } from '../../words/words'
import { recordingLike } from '../sessions/sample'
import { openedLike, said, talk } from './sample'

const stub = vi.hoisted(() => ({ playerSeek: vi.fn(), playerPlay: vi.fn(), transcriptsCorrect: vi.fn() }))
vi.mock('../../bindings', () => ({
  commands: stub,
  events: { playerMoved: { listen: () => Promise.resolve(() => undefined) } },
}))
vi.stubGlobal('matchMedia', () => ({ matches: false }))
Element.prototype.scrollIntoView = () => undefined

const { Hearing } = await import('./hearing.svelte')
const { Reading } = await import('./reading.svelte')
const { OpenTranscript } = await import('./transcript.svelte')
const { default: TranscriptText } = await import('./TranscriptText.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const state = { revision: 1, recording: 'sound', playing: true, atMs: 0, durationMs: 60_000, speed: 1, skipSilence: false, fault: null }

beforeEach(() => {
  stub.playerSeek.mockImplementation((atMs: number) => ok({ ...state, playing: false, atMs }))
  stub.playerPlay.mockImplementation(() => ok(state))
  stub.transcriptsCorrect.mockImplementation((_: string, id: number, text: string) =>
    ok(openedLike({}, talk.map((each) => (each.id === id ? said(id, each.speaker, each.t0Ms, text, { corrected: true }) : each)))),
  )
})

afterEach(() => void vi.clearAllMocks())

function shown(segments: TranscriptSegment[] = talk, holes = openedLike().transcript.holes) {
  const open = new OpenTranscript('words')
  open.now = openedLike({ holes }, segments)
  const reading = new Reading(open, new Hearing('sound'), () => recordingLike())
  const heard = { onsaid: vi.fn(), onhistory: vi.fn(), onagain: vi.fn() }
  render(TranscriptText, { reading, names: ['You', 'Maya'], mine: 0, sounding: true, again: new Set<number>(), ...heard })
  return { reading, ...heard }
}

const turn = (name: RegExp | string) => screen.getByRole('group', { name })

test('it is one stop for the Tab key, named by who and when', async () => {
  shown()
  await userEvent.tab()
  expect(document.activeElement).toBe(turn('You 0:01'))
  expect([...document.querySelectorAll('[tabindex="0"]')].filter((each) => each.hasAttribute('data-line'))).toHaveLength(1)
})

test('the arrows walk along turns and words, and Enter plays from there', async () => {
  const user = userEvent.setup()
  shown()
  await user.tab()
  await user.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}')
  expect(document.activeElement?.textContent).toBe('had')
  expect(document.activeElement?.getAttribute('role')).toBe('button')
  await user.keyboard('{Enter}')
  await vi.waitFor(() => expect(stub.playerSeek).toHaveBeenCalledWith(4_300 - 150))
  await user.keyboard('{Escape}')
  expect(document.activeElement).toBe(turn('Maya 0:04'))
})

test('a word that is pressed is heard', async () => {
  const user = userEvent.setup()
  shown()
  await user.hover(turn('Maya 0:12'))
  await user.click(within(turn('Maya 0:12')).getByText('lose'))
  await vi.waitFor(() => expect(stub.playerSeek).toHaveBeenCalledWith(12_000 + 6 * 300 - 150))
})

test('words that were not heard clearly say so, and a line at rest is plain text', async () => {
  const doubtful = said(1, 0, 0, 'one two three')
  doubtful.words[1] = { ...doubtful.words[1]!, p: 0.2 }
  shown([said(9, 1, 60_000, 'Yes.'), doubtful])
  await userEvent.tab()
  await userEvent.keyboard('{End}')
  const line = turn('You 0:00')
  expect(line.querySelectorAll('[data-word]')).toHaveLength(0)
  expect(line.querySelector('[title]')?.textContent).toBe('two')
  expect(line.querySelector('[title]')?.getAttribute('title')).toBe(t('transcripts.unsure'))
})

test('what is put right is saved by its key, and the next key goes on from the turn', async () => {
  const user = userEvent.setup()
  const { reading } = shown()
  await user.tab()
  reading.edit(1)
  await tick()
  const field = screen.getByRole('textbox', { name: t('transcripts.edit_label', { name: 'Maya' }) })
  expect(document.activeElement).toBe(field)
  await user.clear(field)
  await user.type(field, 'I had two panic attacks.')
  await user.keyboard('{Control>}{Enter}{/Control}')
  expect(stub.transcriptsCorrect).toHaveBeenCalledWith('words', 2, 'I had two panic attacks.')
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(document.activeElement).toBe(turn('Maya 0:04'))
  expect(turn('Maya 0:04').textContent).toContain('I had two panic attacks.')
  expect(turn('Maya 0:04').textContent).toContain(t('transcripts.corrected'))
})

test('Escape leaves it as it was, and what was not changed is not a correction', async () => {
  const user = userEvent.setup()
  const { reading } = shown()
  reading.edit(1)
  await tick()
  await user.keyboard(' never{Escape}')
  expect(reading.editing).toBeNull()
  reading.edit(1)
  await tick()
  await user.keyboard('{Control>}{Enter}{/Control}')
  expect(stub.transcriptsCorrect).not.toHaveBeenCalled()
})

test('what the store refuses stays in the field with a sentence', async () => {
  const user = userEvent.setup()
  stub.transcriptsCorrect.mockImplementation(() => Promise.resolve({ status: 'error', error: { code: 'disk_full', reference: 'a1b2c3d4' } }))
  const { reading } = shown()
  reading.edit(1)
  await tick()
  await user.keyboard('!{Control>}{Enter}{/Control}')
  expect((await screen.findByRole('alert')).textContent).toContain(t('errors.disk_full.what'))
  expect(reading.editing?.text).toBe('I had a panic attack.!')
})

test('a hole says from when to when and can be written again', async () => {
  const user = userEvent.setup()
  const { onagain } = shown(talk, [{ t0Ms: 20_000, t1Ms: 25_000, why: 'engine' }])
  const hole = turn(t('transcripts.hole.engine', { from: '0:20', to: '0:25' }))
  await user.click(within(hole).getByRole('button', { name: t('transcripts.again') }))
  expect(onagain).toHaveBeenCalledWith(20_000, 25_000)
})

test('the deeds of a turn are there when one is at it, and name the other person', async () => {
  const user = userEvent.setup()
  const { onsaid } = shown()
  await user.hover(turn('Maya 0:04'))
  await user.click(within(turn('Maya 0:04')).getByRole('button', { name: new RegExp(t('transcripts.said_by', { name: 'You' })) }))
  expect(onsaid).toHaveBeenCalledWith(1)
})

test('what is found is marked, and the one that is looked at more so', async () => {
  const { reading } = shown()
  reading.searching = true
  reading.look('scary')
  await tick()
  expect(document.querySelector('.chosen')?.textContent).toBe('scary.')
})
