/** The models as the page shows them: what suits comes first, and nothing that was overtaken holds. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SpeechModels } from '../../bindings'
import { modelLike, modelsLike } from './sample'

const told = vi.hoisted(() => ({
  changed: (_: unknown): void => undefined,
  speechModels: vi.fn(),
  speechModelDownload: vi.fn(),
  speechModelChoose: vi.fn(),
  speechModelChooseFile: vi.fn(),
  speechModelBringIn: vi.fn(),
}))
vi.mock('../../bindings', () => ({
  commands: told,
  events: { speechModelsChanged: { listen: (heard: (event: unknown) => void) => ((told.changed = heard), Promise.resolve(() => undefined)) } },
}))
const { Models, worthShowing, wrongInHundred } = await import('./models.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = () => Promise.resolve({ status: 'error', error: { code: 'disk_full', reference: 'a1b2c3d4' } })
const says = (models: SpeechModels) => told.changed({ payload: { models } })

beforeEach(() => {
  told.speechModels.mockImplementation(() => ok(modelsLike()))
  told.speechModelDownload.mockImplementation(() => ok(modelsLike()))
  told.speechModelChoose.mockImplementation((id: string | null) => ok(modelsLike({ chosen: id })))
})

afterEach(() => void vi.clearAllMocks())

async function looked() {
  const models = new Models()
  models.watch()
  await models.load()
  return models
}

test('somebody’s first look has one model to take, and the practice model is not it', async () => {
  const models = await looked()
  expect(models.first).toBe(true)
  expect(models.advised?.id).toBe('parakeet')
  expect(models.real.map(({ id }) => id)).not.toContain('practice')
  expect(models.practice?.id).toBe('practice')
})

test('a model that tells voices apart is not offered for writing', async () => {
  told.speechModels.mockImplementation(() => ok(modelsLike({ models: [modelLike({ id: 'sortformer', family: 'sortformer', state: { kind: 'installed' } }), modelLike({ id: 'another', family: 'sortformer' }), modelLike()] })))
  const models = await looked()
  expect(models.voices.map(({ id }) => id)).toEqual(['sortformer'])
  expect(models.real.map(({ id }) => id)).toEqual(['parakeet'])
})

test('progress is newer than an answer that was on its way', async () => {
  const models = new Models()
  models.watch()
  const loading = models.load()
  says(modelsLike({ models: [modelLike({ state: { kind: 'downloading', done: 5 } })] }))
  await loading
  expect(models.real[0]?.state).toEqual({ kind: 'downloading', done: 5 })
  expect(models.first).toBe(false)
})

test('what was refused is said at its model, and goes with the next press', async () => {
  const models = await looked()
  told.speechModelDownload.mockImplementationOnce(refused)
  expect(await models.download('parakeet')).toBe(false)
  expect(models.refused).toMatchObject({ id: 'parakeet', fault: { code: 'disk_full' } })
  expect(await models.download('parakeet')).toBe(true)
  expect(models.refused).toBeNull()
})

test('thinking better of a file brings nothing in', async () => {
  told.speechModelChooseFile.mockImplementationOnce(() => ok(null))
  const models = await looked()
  expect(await models.bringIn()).toBe(false)
  expect(told.speechModelBringIn).not.toHaveBeenCalled()
})

test('of many for one purpose a few are shown: what is here, what is advised, and the one that is wrong least', () => {
  const all = [
    modelLike({ id: 'a', advised: false, wer: 5 }),
    modelLike({ id: 'best', advised: false, wer: 1.9 }),
    modelLike({ id: 'huge', advised: false, wer: 1.1, fits: 'no' }),
    modelLike({ id: 'advised', wer: 4 }),
    modelLike({ id: 'here', advised: false, wer: null, state: { kind: 'installed' } }),
  ]
  expect(worthShowing(all, null).map(({ id }) => id)).toEqual(['best', 'advised', 'here'])
  expect(worthShowing(all, 'a').map(({ id }) => id)).toContain('a')
})

test('no model is said to be without fault', () => {
  expect([0.2, 1.98, 5.12].map(wrongInHundred)).toEqual([1, 2, 5])
})
