/** Models for the tests of this slice, made from one another. */
import type { SpeechModel, SpeechModels } from '../../bindings'

export function modelLike(change: Partial<SpeechModel> = {}): SpeechModel {
  return {
    id: 'parakeet',
    family: 'parakeet',
    name: 'Parakeet TDT 0.6B v3',
    languages: ['en', 'de', 'sv', 'fr', 'es', 'it'],
    bytes: 485_425_504,
    licence: 'cc-by-4.0',
    wer: 1.98,
    speed: 'many_languages',
    fits: 'well',
    advised: true,
    practice: false,
    brought: false,
    state: { kind: 'absent' },
    ...change,
  }
}

export const practiceModel = modelLike({
  id: 'practice',
  name: 'practice',
  languages: ['en'],
  bytes: 2_900_000,
  wer: null,
  speed: 'fast',
  advised: false,
  practice: true,
  state: { kind: 'installed' },
})

export function modelsLike(change: Partial<SpeechModels> = {}): SpeechModels {
  return { models: [modelLike(), practiceModel], chosen: null, memoryBytes: 16_000_000_000, cores: 8, free: 120_000_000_000, ...change }
}
