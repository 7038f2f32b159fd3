/** Choosing what writes sessions down: plain words, one button for whoever does not want to choose, and nothing that
 *  leaves the computer unasked. */
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SpeechModel } from '../../bindings'
import { faultWords, t } from '../../words/words'
import { modelLike, modelsLike, practiceModel } from './sample'

const stub = vi.hoisted(() => ({
  speechModels: vi.fn(),
  speechModelDownload: vi.fn(),
  speechModelCancel: vi.fn(),
  speechModelChoose: vi.fn(),
  speechModelDelete: vi.fn(),
  remoteRead: vi.fn(),
  remoteChange: vi.fn(),
  remoteKeySet: vi.fn(),
}))
const listen = () => Promise.resolve(() => undefined)
vi.mock('../../bindings', () => ({ commands: stub, events: { speechModelsChanged: { listen }, audioProgress: { listen } } }))
vi.stubGlobal('matchMedia', () => ({ matches: false }))
const { Models } = await import('./models.svelte')
const { default: FirstModel } = await import('./FirstModel.svelte')
const { default: ModelRow } = await import('./ModelRow.svelte')
const { default: PracticeModel } = await import('./PracticeModel.svelte')
const { default: RemoteCard } = await import('./RemoteCard.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const off = { on: false, endpoint: '', model: '', hasKey: false }

beforeEach(() => {
  for (const each of [stub.speechModels, stub.speechModelDownload, stub.speechModelCancel, stub.speechModelChoose, stub.speechModelDelete])
    each.mockImplementation(() => ok(modelsLike()))
  stub.remoteRead.mockImplementation(() => ok(off))
  stub.remoteChange.mockImplementation((change: object) => ok({ ...off, ...change }))
  stub.remoteKeySet.mockImplementation(() => ok({ ...off, hasKey: true }))
})

afterEach(() => void vi.clearAllMocks())

async function models(list: SpeechModel[] = [modelLike()], chosen: string | null = null) {
  stub.speechModels.mockImplementation(() => ok(modelsLike({ models: list, chosen })))
  const found = new Models()
  await found.load()
  return found
}

test('the first look is one model and one button', async () => {
  render(FirstModel, { models: await models(), model: modelLike(), onall: () => undefined })
  await userEvent.click(screen.getByRole('button', { name: t('speech.first_deed') }))
  expect(stub.speechModelDownload).toHaveBeenCalledWith('parakeet')
})

test.each<[SpeechModel['state'], string, keyof typeof stub]>([
  [{ kind: 'downloading', done: 1 }, t('speech.pause'), 'speechModelCancel'],
  [{ kind: 'part', done: 1 }, t('speech.go_on'), 'speechModelDownload'],
  [{ kind: 'part', done: 1 }, t('speech.throw_away'), 'speechModelDelete'],
  [{ kind: 'failed', code: 'network_unreachable' }, t('design.try_again'), 'speechModelDownload'],
  [{ kind: 'installed' }, t('speech.use_named', { name: 'Parakeet TDT 0.6B v3' }), 'speechModelChoose'],
  [{ kind: 'absent' }, t('speech.download_named', { name: 'Parakeet TDT 0.6B v3' }), 'speechModelDownload'],
])('a model that is %o has its next step', async (state, name, command) => {
  const model = modelLike({ state })
  render(ModelRow, { models: await models([model]), model })
  await userEvent.click(screen.getByRole('button', { name }))
  expect(stub[command]).toHaveBeenCalledWith('parakeet')
})

test('a download that failed says why, what is safe and what to do', async () => {
  const model = modelLike({ state: { kind: 'failed', code: 'network_unreachable' } })
  render(ModelRow, { models: await models([model]), model })
  expect(screen.getByRole('alert').textContent).toContain(faultWords('network_unreachable').what)
})

test('how often it is wrong is one plain sentence', async () => {
  render(ModelRow, { models: await models(), model: modelLike() })
  expect(screen.getByText(new RegExp('About 2 words in 100 are wrong'))).toBeTruthy()
})

test('a model too large for this computer is named and not offered', async () => {
  const model = modelLike({ fits: 'no' })
  render(ModelRow, { models: await models([model]), model })
  expect(screen.getByText(t('speech.fits.no'))).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})

test('the practice model is taken only after it was said what it is', async () => {
  render(PracticeModel, { models: await models([practiceModel]), model: practiceModel })
  await userEvent.click(screen.getByRole('button', { name: t('speech.practice_use') }))
  expect(stub.speechModelChoose).not.toHaveBeenCalled()
  expect((await screen.findByRole('alertdialog')).textContent).toContain(t('speech.practice_text'))
  await userEvent.click(screen.getByRole('button', { name: t('speech.practice_deed') }))
  expect(stub.speechModelChoose).toHaveBeenCalledWith('practice')
})

test('sound may be sent away only after the address is known and the question answered', async () => {
  render(RemoteCard)
  expect(await screen.findByText(t('speech.remote_first'))).toBeTruthy()
  expect(screen.getByRole('switch').hasAttribute('disabled')).toBe(true)
})

test('switching it on is asked about and names who hears it; switching it off is at once', async () => {
  stub.remoteRead.mockImplementation(() => ok({ ...off, endpoint: 'https://speech.example.org/v1', model: 'whisper-1' }))
  render(RemoteCard)
  await userEvent.click(await screen.findByRole('switch'))
  expect(stub.remoteChange).not.toHaveBeenCalled()
  expect((await screen.findByRole('alertdialog')).textContent).toContain('speech.example.org')
  await userEvent.click(screen.getByRole('button', { name: t('speech.remote_deed') }))
  await vi.waitFor(() => expect(stub.remoteChange).toHaveBeenCalledWith(expect.objectContaining({ on: true })))
})

test('a key is sent once and stands nowhere afterwards', async () => {
  stub.remoteRead.mockImplementation(() => ok({ ...off, endpoint: 'https://speech.example.org/v1', model: 'whisper-1' }))
  render(RemoteCard)
  const field = await screen.findByLabelText<HTMLInputElement>(t('speech.remote_key'))
  await userEvent.type(field, 'sk-secret')
  await userEvent.click(screen.getByRole('button', { name: t('speech.remote_key_save') }))
  expect(stub.remoteKeySet).toHaveBeenCalledWith('sk-secret')
  await vi.waitFor(() => expect(field.value).toBe(''))
  expect(document.body.innerHTML).not.toContain('sk-secret')
  expect(screen.getByText(t('speech.remote_key_kept'))).toBeTruthy()
})
